"""Nyström attention, and the iteration that stands in for its pseudo-inverse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

KERNEL = 33
"""Rows of the kernel of the residual convolution."""


@dataclass(frozen=True)
class NystromOptions:
    """What fixes a Nyström attention; as TypeScript names it."""

    width: int
    heads: int
    head_width: int
    landmarks: int
    residual: bool
    dropout: float
    keep: str = "last"
    """Which rows are given back; `first` as the package up to 0.0.9, shifted by the zeros in front."""

    @staticmethod
    def of(options: Mapping[str, Any]) -> NystromOptions:
        """From the form in which TypeScript sends it."""
        names = ("width", "heads", "headWidth", "landmarks", "residual", "dropout", "keep")
        return NystromOptions(*(options[name] for name in names))


def iterated_inverse(matrix: Tensor, iterations: int = 6) -> Tensor:
    """Steps towards the pseudo-inverse of each [n, n], started from Aᵀ / (r c).

    r and c are the largest row sum and column sum of |A| over all heads, and get gradients.

    Source: arXiv 2102.03902, equation 11; lucidrains/nystrom-attention@fbe9eba, `moore_penrose_iter_pinv`.
    """
    magnitude = matrix.abs()
    inverse = matrix.mT / (magnitude.sum(2).max() * magnitude.sum(1).max())
    identity = torch.eye(matrix.shape[-1], dtype=matrix.dtype)
    for _ in range(iterations):
        product = matrix @ inverse
        inner = 15 * identity - product @ (7 * identity - product)
        inverse = 0.25 * inverse @ (13 * identity - product @ inner)
    return inverse


def nystrom_attention(
    forward: ForwardPass, layer: str, tokens: Tensor, options: NystromOptions, name: str | None = None
) -> Tensor:
    """softmax(q k̃ᵀ) · softmax(q̃ k̃ᵀ)⁺ · softmax(q̃ kᵀ) v, k̃ and q̃ the means of consecutive rows.

    Taps: `<name>.qkv`, `.gathered`, `.landmarkWeights`, `.inverse`, `.attended`, `.dropout`, `.out`.

    Args:
        forward: weights `<layer>.to_qkv`, `<layer>.to_out.0`, and `<layer>.res_conv` for the residual.
        layer: name of the layer.
        tokens: [tokens, width]; filled up with zero rows in front to a multiple of the landmarks.
        options: see NystromOptions.
        name: of taps and draws; the layer's own unless given.

    Source: arXiv 2102.03902; lucidrains/nystrom-attention@fbe9eba.
    """
    name = name or layer
    heads, landmarks, count = options.heads, options.landmarks, len(tokens)
    rows = math.ceil(count / landmarks) * landmarks
    kept = slice(rows - count, None) if options.keep == "last" else slice(None, count)

    padded = F.pad(tokens, (0, 0, rows - count, 0))
    qkv = forward.linear(f"{layer}.to_qkv", padded, f"{name}.qkv")
    query, key, value = qkv.unflatten(1, (3, heads, -1)).permute(1, 2, 0, 3)  # [heads, rows, head_width] each
    query = query * options.head_width**-0.5
    query_marks, key_marks = (part.unflatten(1, (landmarks, -1)).mean(2) for part in (query, key))

    gathered = forward.see(f"{name}.gathered", (query_marks @ key.mT).softmax(2) @ value)
    weights = forward.see(f"{name}.landmarkWeights", (query_marks @ key_marks.mT).softmax(2))
    inverse = forward.see(f"{name}.inverse", iterated_inverse(weights))
    spread = ((query @ key_marks.mT).softmax(2) @ inverse) @ gathered  # [heads, rows, head_width]
    if options.residual:
        kernel = forward.weight(f"{layer}.res_conv.weight")
        spread = spread + F.conv2d(value, kernel, padding=(KERNEL // 2, 0), groups=heads)

    attended = forward.see(f"{name}.attended", spread.transpose(0, 1).flatten(1)[kept])
    out = forward.linear(f"{layer}.to_out.0", attended, f"{name}.out")
    if not forward.training or options.dropout == 0:
        return out
    keep = forward.draw(f"{name}.dropout", (rows, options.width))[kept]
    return forward.see(f"{name}.dropout", out * keep / (1 - options.dropout))
