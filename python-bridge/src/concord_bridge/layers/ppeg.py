"""Pyramid position encoding, and the square that it needs."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass


def pad_to_square(tokens: Tensor) -> Tensor:
    """Tokens [tokens, channels] filled up to a square number by the first ones, once more.

    Source: szc19990412/TransMIL@9d6aee5, models/TransMIL.py.
    """
    side = math.isqrt(len(tokens) - 1) + 1
    return torch.cat([tokens, tokens[: side * side - len(tokens)]])


def ppeg(forward: ForwardPass, layer: str, tokens: Tensor, name: str | None = None) -> Tensor:
    """Tokens [side², channels] as an image, plus its depthwise convolutions with kernels of 7, 5 and 3.

    Source: arXiv 2106.00908, section 3.3; szc19990412/TransMIL@9d6aee5, models/TransMIL.py, `PPEG`.
    """
    side = math.isqrt(len(tokens))
    image = tokens.T.unflatten(1, (side, side))  # [channels, side, side]
    encoded = image
    for part, size in (("proj", 7), ("proj1", 5), ("proj2", 3)):
        weight, bias = (forward.weight(f"{layer}.{part}.{kind}") for kind in ("weight", "bias"))
        encoded = encoded + F.conv2d(image, weight, bias, padding=size // 2, groups=len(image))
    return forward.see(name or layer, encoded.flatten(1).T)
