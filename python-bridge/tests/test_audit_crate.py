"""The folder of an audit as an RO-Crate."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from concord_bridge.audit.crate import write_crate

REPORT = {
    "claims": [{"id": "paper/first"}],
    "date": "2025-11-23T13:38:00.000Z",
    "command": "concord audit",
    "checkouts": [
        {"source": "somebody/code", "found": "1234567", "state": "as pinned", "digest": "abc"},
        {"source": "somebody/other", "state": "absent", "digest": ""},
    ],
}

VALIDATOR = os.environ.get("CONCORD_ROCRATE_VALIDATOR")
"""The official validator. It reads the context of RO-Crate 1.1 from the network or from its own cache."""


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    (tmp_path / "report.html").write_text("<p>")
    write_crate(tmp_path)
    return tmp_path


def test_it_describes_the_files_and_the_code_that_was_there(crate: Path) -> None:
    graph = json.loads((crate / "ro-crate-metadata.json").read_text())["@graph"]
    entities = {one["@id"]: one for one in graph}
    assert entities["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert [one["@id"] for one in entities["./"]["hasPart"]] == ["report.json", "report.html"]
    assert entities["#run"]["object"] == [{"@id": "https://github.com/somebody/code"}]
    assert entities["report.json"]["encodingFormat"] == "application/json"


@pytest.mark.skipif(not VALIDATOR, reason="CONCORD_ROCRATE_VALIDATOR names no rocrate-validator")
def test_the_official_validator_passes_it(crate: Path) -> None:
    assert VALIDATOR
    command = [VALIDATOR, "validate", "-l", "required", "-p", "ro-crate-1.1", "--no-paging", str(crate)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
