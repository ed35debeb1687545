"""The weights of the loss on the command line."""

from __future__ import annotations

import argparse
import ast

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.source import tree_of

CLAIM = Claim(
    sentence="The weights of the loss can be set on the command line to the values of the paper.",
    kind="code",
    source="zylbuaa/PIBD@bd5bd94, utils/process_args.py, lines 60–63",
    recorded="fails",
    meaning=(
        "They are read as whole numbers, while their defaults are 0.1 and 0.01: the defaults work, and "
        "giving the same values by hand is an error."
    ),
    reads=("PIBD/utils/process_args.py",),
)

WANTED = {"--alpha": "0.1", "--beta": "0.01", "--sigma": "0.1"}


def check(at: Checkouts) -> Finding:
    """Make a parser of the published lines of the three options, and give each its default."""
    rows = []
    for node in ast.walk(tree_of(at.path(CLAIM.reads[0]))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument"):
            continue
        name = getattr(node.args[0], "value", "")
        if name not in WANTED:
            continue
        parser = argparse.ArgumentParser(exit_on_error=False)
        line = ast.fix_missing_locations(ast.Module([ast.Expr(node)], []))
        exec(compile(line, "process_args.py", "exec"), {"parser": parser})
        try:
            parser.parse_args([name, WANTED[name]])
            rows.append((node.lineno, f"{name} {WANTED[name]}", True))
        except argparse.ArgumentError:
            rows.append((node.lineno, f"{name} {WANTED[name]}", False))
    return decide(
        all(row[2] for row in rows),
        "each can be given",
        "none can be given" if not any(row[2] for row in rows) else "some cannot be given",
        table("options", ("line", "given", "accepted"), rows),
    )
