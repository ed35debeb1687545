"""Reference numbers for principal components, from numpy's singular values.

Run `python -m concord_bridge.reference_numbers.principal_components DIRECTORY`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from concord_bridge.reference_numbers.write import write

SEED = 20260302


def components(rng: np.random.Generator, points: int, width: int) -> dict[str, Any]:
    """Scores of the first two components, turned so that the farthest point of each is positive."""
    data = rng.normal(size=(points, width)) * np.linspace(3, 0.5, width) + 5
    left, singular, _ = np.linalg.svd(data - data.mean(0), full_matrices=False)
    scores = left[:, :2] * singular[:2]
    farthest = scores[np.abs(scores).argmax(0), [0, 1]]
    return {
        "points": data.tolist(),
        "scores": (scores * np.sign(farthest)).tolist(),
        "shares": (singular[:2] ** 2 / (singular**2).sum()).tolist(),
    }


def main(directory: Path) -> None:
    """Write principalComponents.json."""
    rng = np.random.default_rng(SEED)
    content = {
        "maker": "python -m concord_bridge.reference_numbers.principal_components",
        "numpy": np.__version__,
        "seed": SEED,
        "cases": [components(rng, *shape) for shape in [(12, 3), (4, 9), (9, 9)]],
    }
    write(directory / "principalComponents.json", content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
