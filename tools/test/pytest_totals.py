"""A pytest plugin: how many tests passed, failed and were skipped, into the file CONCORD_TOTALS names."""

import json
import os
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import Any

COUNTED = {
    "passed": ("passed", "xfailed"),
    "failed": ("failed", "error", "xpassed"),
    "skipped": ("skipped",),
}


def totals(stats: Mapping[str, Sized]) -> dict[str, int]:
    """Add up pytest's outcomes: an expected failure passes; an unexpected pass or a broken fixture fails."""
    return {name: sum(len(stats.get(kind, ())) for kind in kinds) for name, kinds in COUNTED.items()}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write the totals when pytest has reported everything."""
    Path(os.environ["CONCORD_TOTALS"]).write_text(json.dumps(totals(terminalreporter.stats)))
