"""Alpha dropout with a given mask."""

from __future__ import annotations

import math

from torch import Tensor

SATURATION = -1.7580993408473766
"""What a unit dropped by alpha dropout becomes before the affine correction."""


def alpha_dropout(values: Tensor, keep: Tensor, p: float) -> Tensor:
    """Alpha dropout with a given mask [like values]: torch.nn.AlphaDropout's map, its draw taken out."""
    scale = 1 / math.sqrt((SATURATION**2 * p + 1) * (1 - p))
    return values * (keep * scale) + (keep - 1) * -SATURATION * scale - SATURATION * scale * p
