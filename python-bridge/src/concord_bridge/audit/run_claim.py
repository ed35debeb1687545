"""One claim, in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
import sysconfig
import traceback
from importlib import metadata
from pathlib import Path
from typing import Any

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import VERDICTS, Claim
from concord_bridge.audit.evidence import Finding
from concord_bridge.audit.registry import claim_of

sys.dont_write_bytecode = True

SEED = 7
"""Of every generator, before a check begins: a check gives the same numbers each time."""

PACKAGES = ("torch", "numpy", "pandas")


def run_claim(path: Path, published: Path) -> dict[str, Any]:
    """Run a claim's check.

    Args:
        path: of the claim's file.
        published: folder of the checkouts.

    Returns:
        verdict, why, evidence, stopped (true where the check itself broke off) and the versions it ran with.
        An exception is a verdict, too: the claim could not be tested.
    """
    names: tuple[str, ...] = ()
    try:
        names = claim_of(path.read_text(encoding="utf-8")).packages
        _seed()
        finding = _check(path)(Checkouts(published))
        if not isinstance(finding, Finding) or finding.verdict not in VERDICTS:
            raise TypeError(f"check returned {finding!r}; expected holds(…), fails(…) or cannot(…)")
        result = {
            "verdict": finding.verdict,
            "why": finding.why,
            "evidence": finding.evidence,
            "stopped": False,
        }
    except Exception as error:
        trace = "".join(traceback.format_exception(error)[-6:])
        result = {
            "verdict": "cannot be tested here",
            "why": f"the check stopped: {type(error).__name__}: {error}",
            "evidence": [{"name": "traceback", "text": trace}],
            "stopped": True,
        }
    versions = {"python": ".".join(map(str, sys.version_info[:3]))} | _versions((*PACKAGES, *names))
    return _without_places({**result, "versions": versions}, path, published)


def _check(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"concord_claim_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not isinstance(getattr(module, "CLAIM", None), Claim):
        raise TypeError("CLAIM is no Claim")
    return module.check


def _seed() -> None:
    import numpy as np
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)


def _versions(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _without_places(result: dict[str, Any], claim: Path, published: Path) -> dict[str, Any]:
    """Where claims and checkouts lie on this machine is nobody's evidence."""
    text = json.dumps(result)
    places = {str(published), str(published.resolve())}
    places |= {str(one.resolve().parent) for one in published.iterdir() if one.is_dir()}
    places |= {str(Path(__file__).parents[2]), str(claim.parents[1]), sysconfig.get_path("purelib")}
    places |= {sysconfig.get_path("stdlib"), sys.prefix}
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(f"{place}/", "")
    found: dict[str, Any] = json.loads(text)
    return found
