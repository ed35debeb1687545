"""The whole registry as JSON, for the runner."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from concord_bridge.audit.papers import Paper, read_paper
from concord_bridge.audit.registry import ClaimFile, claim_files


def listing(folder: Path) -> dict[str, Any]:
    """Papers, claims with what was recorded of them, and files that are broken."""
    files = claim_files(folder)
    papers: dict[str, Paper] = {}
    problems = [{"where": one.id, "problem": one.problem} for one in files if one.claim is None]
    for name in sorted({one.paper for one in files}):
        try:
            papers[name] = read_paper(folder / name)
        except ValueError as error:
            problems.append({"where": name, "problem": str(error)})
    claims = []
    for one in files:
        if one.claim is None or one.paper not in papers:
            continue
        known = {checkout.name for checkout in papers[one.paper].checkouts}
        strange = sorted({path.partition("/")[0] for path in one.claim.reads} - known)
        if strange:
            problem = f"reads of {', '.join(strange)}, which {one.paper}/paper.json does not list"
            problems.append({"where": one.id, "problem": problem})
            continue
        claims.append(_described(one, problems))
    return {
        "papers": {name: asdict(paper) for name, paper in papers.items()},
        "claims": claims,
        "problems": problems,
    }


def _described(one: ClaimFile, problems: list[dict[str, str]]) -> dict[str, Any]:
    recorded = one.path.with_suffix(".json")
    evidence = None
    if recorded.exists():
        try:
            evidence = json.loads(recorded.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            problems.append({"where": one.id, "problem": f"{recorded.name}: {error}"})
    assert one.claim is not None
    return {"id": one.id, "paper": one.paper, "path": str(one.path), **asdict(one.claim), "record": evidence}
