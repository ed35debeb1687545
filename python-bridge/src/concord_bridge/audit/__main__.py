"""`python -m concord_bridge.audit list|run`: what the runner of audits asks of Python."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from concord_bridge.audit.registry import CLAIMS


def main() -> None:
    """Answer in JSON: the listing on standard output, a claim's result in the file that is named."""
    parser = argparse.ArgumentParser(prog="concord_bridge.audit")
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list")
    listed.add_argument("--claims", type=Path, default=CLAIMS)
    run = commands.add_parser("run")
    run.add_argument("claim", type=Path)
    run.add_argument("--published", type=Path, required=True)
    run.add_argument("--out", type=Path, required=True)
    crate = commands.add_parser("crate")
    crate.add_argument("folder", type=Path)
    given = parser.parse_args()
    if given.command == "list":
        from concord_bridge.audit.listing import listing

        json.dump(listing(given.claims.resolve()), sys.stdout)
    elif given.command == "run":
        from concord_bridge.audit.run_claim import run_claim

        result = run_claim(given.claim.resolve(), given.published.absolute())
        given.out.write_text(json.dumps(result), encoding="utf-8")
    else:
        from concord_bridge.audit.crate import write_crate

        write_crate(given.folder)


main()
