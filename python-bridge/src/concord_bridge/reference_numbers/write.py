"""Write reference numbers beside the TypeScript tests that read them."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


def numbers(tensor: Tensor) -> dict[str, Any]:
    """Shape and values of a tensor, in the form that the TypeScript tests read."""
    values = tensor.detach().to(torch.float64).flatten().tolist()
    return {"shape": list(tensor.shape), "data": values}


def made_by(module: str, seed: int) -> dict[str, Any]:
    """Who made a reference file, with what."""
    return {
        "maker": f"python -m {module}",
        "torch": torch.__version__.split("+")[0],
        "python": platform.python_version_tuple()[0],
        "dtype": "float64",
        "seed": seed,
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """Write one reference file as compact JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
