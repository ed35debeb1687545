"""Reference numbers for the layers of Nyström models, from torch in float64.

Run `python -m concord_bridge.reference_numbers.nystrom DIRECTORY`. The attention is written for one head at a
time with whole score matrices, as the paper has it, not as concord_bridge.layers computes it.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from concord_bridge.reference_numbers.layers import case, single
from concord_bridge.reference_numbers.write import made_by, write

SEED = 20260103
CHANNELS = 6


def inverse(matrix: Tensor) -> Tensor:
    """Six steps of equation 11, expanded: Z ← ¼ (13 Z − 15 Z P + 7 Z P² − Z P³) with P = A Z."""
    rows, columns = matrix.abs().sum(2), matrix.abs().sum(1)
    z = matrix.transpose(1, 2) / rows.flatten().max() / columns.flatten().max()
    for _ in range(6):
        p = matrix @ z
        z = (13 * z - 15 * z @ p + 7 * z @ p @ p - z @ p @ p @ p) / 4
    return z


def nystrom(
    tokens: Tensor,
    qkv: Tensor,
    out: Tensor,
    bias: Tensor,
    convolution: Tensor | None,
    heads: int,
    landmarks: int,
    keep: str,
) -> Tensor:
    """Every head's matrices of equation 13, then the convolution of its values as a band matrix."""
    count = len(tokens)
    rows = math.ceil(count / landmarks) * landmarks
    padded = torch.cat([tokens.new_zeros(rows - count, tokens.shape[1]), tokens])
    query, key, value = (padded @ qkv.T).chunk(3, dim=1)
    width = query.shape[1] // heads
    length = rows // landmarks
    average = torch.kron(torch.eye(landmarks), torch.ones(1, length)).double() / length
    parts = [
        (q / math.sqrt(width), k, v)
        for q, k, v in zip(query.split(width, 1), key.split(width, 1), value.split(width, 1), strict=True)
    ]
    weights = torch.stack([torch.softmax(average @ q @ (average @ k).T, 1) for q, k, _ in parts])
    merged = []
    for head, ((q, k, v), inverted) in enumerate(zip(parts, inverse(weights), strict=True)):
        attention = torch.softmax(q @ (average @ k).T, 1) @ inverted @ torch.softmax(average @ q @ k.T, 1)
        attended = attention @ v
        if convolution is not None:
            reach = convolution.shape[2] // 2
            offset = torch.arange(rows)[None] - torch.arange(rows)[:, None] + reach
            inside = (offset >= 0) & (offset <= 2 * reach)
            band = convolution[head, 0, :, 0][offset.clamp(0, 2 * reach)] * inside
            attended = attended + band @ v
        merged.append(attended)
    projected = torch.cat(merged, 1) @ out.T + bias
    return projected[-count:] if keep == "last" else projected[:count]


def nystrom_case(
    name: str, count: int, heads: int, landmarks: int, keep: str, residual: bool
) -> dict[str, Any]:
    """One attention of heads of three channels, with its options beside the numbers."""
    inner = 3 * heads
    inputs = {
        "tokens": single(count, CHANNELS),
        "qkv": single(3 * inner, CHANNELS),
        "out": single(CHANNELS, inner),
        "bias": single(CHANNELS),
    }
    if residual:
        inputs["convolution"] = single(heads, 1, 33, 1, scale=0.3)

    def forward(**given: Tensor) -> Tensor:
        convolution = given.pop("convolution", None)
        return nystrom(**given, convolution=convolution, heads=heads, landmarks=landmarks, keep=keep)

    options = {"heads": heads, "landmarks": landmarks, "keep": keep, "residual": residual}
    return {**case(name, inputs, forward, set()), "options": options}


def ppeg(tokens: Tensor, **weights: Tensor) -> Tensor:
    """Torch's own convolution layers."""
    side = math.isqrt(len(tokens))
    image = tokens.T.reshape(1, CHANNELS, side, side)
    encoded = image.clone()
    for part, size in (("proj", 7), ("proj1", 5), ("proj2", 3)):
        layer = nn.Conv2d(CHANNELS, CHANNELS, size, 1, size // 2, groups=CHANNELS).double()
        given = {kind: weights[f"{part}_{kind}"] for kind in ("weight", "bias")}
        encoded = encoded + torch.func.functional_call(layer, given, image)
    return encoded.reshape(CHANNELS, -1).T


def ppeg_case(side: int) -> dict[str, Any]:
    """An image smaller or larger than the kernels."""
    inputs = {"tokens": single(side * side, CHANNELS)}
    for part, size in (("proj", 7), ("proj1", 5), ("proj2", 3)):
        inputs[f"{part}_weight"] = single(CHANNELS, 1, size, size)
        inputs[f"{part}_bias"] = single(CHANNELS)
    return case(f"ppeg {side}", inputs, ppeg, set())


def tied() -> Tensor:
    """A circulant and a smaller matrix: every row and column sum of the first is the largest."""
    circulant = torch.stack([torch.tensor([0.5, 0.25, 0.125, 0.125]).roll(i) for i in range(4)])
    return torch.stack([circulant, circulant.T * 0.5]).double()


def cases() -> list[dict[str, Any]]:
    """Padded or not, one head or several, fewer tokens than landmarks, both choices of rows, ties."""
    scores = {"query": single(2, 7, 3), "key": single(2, 5, 3), "value": single(2, 5, 4)}
    return [
        case("inverse", {"matrix": single(2, 5, 5)}, inverse, set()),
        case(
            "inverseOfAttention",
            {"scores": single(2, 5, 5, scale=2.0)},
            lambda scores: inverse(torch.softmax(scores, 2)),
            set(),
        ),
        case("inverse tied", {"matrix": tied()}, inverse, set()),
        case(
            "softAttention", scores, lambda query, key, value: torch.softmax(query @ key.mT, 2) @ value, set()
        ),
        nystrom_case("nystrom padded", 13, 2, 4, "last", True),
        nystrom_case("nystrom first rows", 13, 2, 4, "first", True),
        nystrom_case("nystrom exact", 12, 2, 4, "last", True),
        nystrom_case("nystrom one head", 14, 1, 4, "last", False),
        nystrom_case("nystrom few tokens", 3, 2, 8, "last", True),
        ppeg_case(2),
        ppeg_case(9),
    ]


def main(directory: Path) -> None:
    """Write nystrom.json."""
    torch.manual_seed(SEED)
    maker = made_by("concord_bridge.reference_numbers.nystrom", SEED)
    write(directory / "nystrom.json", {**maker, "cases": cases()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
