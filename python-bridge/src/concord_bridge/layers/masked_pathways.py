"""Dense layers whose masks let genes reach the units of their pathways only."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def gene_mask(pathways: Sequence[Sequence[int]], genes: int, units: int, like: Tensor) -> Tensor:
    """1 where a gene belongs to a unit's pathway: [genes, pathways · units]."""
    mask = torch.zeros(genes, len(pathways), dtype=like.dtype)
    for pathway, members in enumerate(pathways):
        mask[list(members), pathway] = 1
    return mask.repeat_interleave(units, dim=1)


def block_mask(pathways: int, first: int, second: int, like: Tensor) -> Tensor:
    """1 where both units belong to one pathway: [pathways · first, pathways · second]."""
    return torch.kron(torch.eye(pathways, dtype=like.dtype), torch.ones(first, second, dtype=like.dtype))


def masked_linear(values: Tensor, weight: Tensor, mask: Tensor, bias: Tensor) -> Tensor:
    """X (W ⊙ M) + b, W as published [in, out].

    Source: mahmoodlab/SurvPath@3f73ddd, models/model_MaskedOmics.py.
    """
    return values @ (weight * mask) + bias
