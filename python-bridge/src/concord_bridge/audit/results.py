"""Results that a release may hold: risks of cases, weights."""

from __future__ import annotations

from pathlib import Path

ENDINGS = {".pt", ".pth", ".ckpt", ".tar", ".pkl", ".safetensors"}


def per_case_results(root: Path) -> list[Path]:
    """Files of a checkout that look like weights, pickled results, or tables of risks or results."""
    return sorted(
        path
        for path in root.rglob("*")
        if ".git" not in path.parts
        and path.is_file()
        and (
            path.suffix in ENDINGS
            or (path.suffix == ".csv" and ("risk" in path.name or "result" in path.name))
        )
    )
