"""Reference numbers for the layers in which modalities meet, from torch.nn modules in float64.

Run `python -m concord_bridge.reference_numbers.fusion_layers DIRECTORY`; inputs and weights are rounded to
float32 first, so that TypeScript starts from the same numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from concord_bridge.published.feed import feeding
from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260103

WIDTH, HIDDEN, HEADS = 16, 12, 8

P = 0.25
"""Every dropout's rate."""


def single(*shape: int) -> Tensor:
    """Standard normal numbers that float32 holds exactly, as float64."""
    return torch.randn(*shape).float().double()


def keep(*shape: int) -> Tensor:
    """A mask that drops at the rate P."""
    return (torch.rand(*shape) >= P).double()


def case(
    name: str,
    layer: nn.Module,
    inputs: dict[str, Tensor],
    forward: Callable[..., Tensor],
    draws: dict[str, Tensor],
) -> dict[str, Any]:
    """A layer on random weights and one input; gradients at both, for a random upstream gradient."""
    layer.double()
    for parameter in layer.parameters():
        parameter.data = single(*parameter.shape) / 4
    leaves = {key: value.requires_grad_() for key, value in inputs.items()}
    output = forward(**leaves)
    upstream = single(*output.shape)
    output.backward(upstream)
    weights = {f"net.{key}": value for key, value in layer.named_parameters()}
    zero = torch.zeros(1, dtype=torch.float64)
    return {
        "name": name,
        "inputs": {key: numbers(value) for key, value in leaves.items()},
        "weights": {key: numbers(value) for key, value in weights.items()},
        "draws": {f"test.{key}.dropout": numbers(value) for key, value in draws.items()},
        "upstream": numbers(upstream),
        "output": numbers(output),
        "gradients": {
            key: numbers(zero.expand_as(leaf) if leaf.grad is None else leaf.grad)
            for key, leaf in {**leaves, **weights}.items()
        },
    }


def co_attention_case(queries: int, tokens: int) -> dict[str, Any]:
    """torch's attention of one head."""
    layer = nn.MultiheadAttention(WIDTH, 1, dtype=torch.float64)
    inputs = {"queries": single(queries, WIDTH), "tokens": single(tokens, WIDTH)}
    return case(
        f"coAttention {queries} × {tokens}",
        layer,
        inputs,
        lambda queries, tokens: layer(queries, tokens, tokens, need_weights=False)[0],
        {},
    )


def encoder_case(tokens: int, training: bool) -> dict[str, Any]:
    """torch's encoder layer; in training its draws are ours."""
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, P, "relu", dtype=torch.float64)
    layer.train(training)
    shapes = {"attended": (tokens, WIDTH), "hidden": (tokens, HIDDEN), "out": (tokens, WIDTH)}
    draws = {"attention": keep(HEADS, tokens, tokens), **{key: keep(*shapes[key]) for key in shapes}}
    fed = [draws["attention"][None], *(draws[key][:, None] for key in shapes)]

    def forward(tokens: Tensor) -> Tensor:
        with feeding(fed if training else []):
            return layer(tokens[:, None])[:, 0]

    name = f"encoderLayer {'training' if training else 'evaluation'}"
    return case(name, layer, {"tokens": single(tokens, WIDTH)}, forward, draws if training else {})


class Bilinear(nn.Module):
    """Linear maps under the published names."""

    def __init__(self, narrow: int, skip: bool) -> None:
        super().__init__()
        both = 2 * WIDTH
        for number in (1, 2):
            for part, fan in (("h", WIDTH), ("z", both), ("o", narrow)):
                self.add_module(f"linear_{part}{number}", nn.Sequential(nn.Linear(fan, narrow)))
        self.encoder1 = nn.Sequential(nn.Linear((narrow + 1) ** 2, HIDDEN))
        self.encoder2 = nn.Sequential(nn.Linear(HIDDEN + both * skip, HIDDEN))


def bilinear_case(
    name: str, gated: bool, skip: bool, encoder_dropout: bool, training: bool
) -> dict[str, Any]:
    """The outer product as a Kronecker product of rows."""
    narrow = WIDTH // 4
    layer = Bilinear(narrow, skip)
    widths = {"first": narrow, "second": narrow, "product": (narrow + 1) ** 2}
    if encoder_dropout:
        widths |= {"encoder1": HIDDEN, "encoder2": HIDDEN}
    draws = {key: keep(1, width) for key, width in widths.items()} if training else {}

    def drop(key: str, values: Tensor) -> Tensor:
        return values * draws[key] / (1 - P) if key in draws else values

    def encode(number: int, vector: Tensor, both: Tensor, key: str) -> Tensor:
        parts = [layer.get_submodule(f"linear_{part}{number}") for part in "hzo"]
        hidden = torch.relu(parts[0](vector))
        if gated:
            hidden = torch.sigmoid(parts[1](both)) * hidden
        return torch.cat([drop(key, torch.relu(parts[2](hidden))), torch.ones(1, 1).double()], 1)

    def forward(first: Tensor, second: Tensor) -> Tensor:
        both = torch.cat([first, second], 1)
        product = torch.kron(encode(1, first, both, "first"), encode(2, second, both, "second"))
        out = drop("encoder1", torch.relu(layer.encoder1(drop("product", product))))
        out = torch.cat([out, both], 1) if skip else out
        return drop("encoder2", torch.relu(layer.encoder2(out)))

    inputs = {"first": single(1, WIDTH), "second": single(1, WIDTH)}
    made = case(f"bilinearFusion {name}", layer, inputs, forward, draws)
    return {**made, "options": {"gates": [gated, gated], "skip": skip, "encoderDropout": encoder_dropout}}


def main(directory: Path) -> None:
    """Write fusionLayers.json."""
    torch.manual_seed(SEED)
    cases = [
        co_attention_case(3, 9),
        co_attention_case(2, 33),
        encoder_case(3, training=False),
        encoder_case(5, training=True),
        bilinear_case("evaluation", gated=True, skip=True, encoder_dropout=True, training=False),
        bilinear_case("gates, skip, training", gated=True, skip=True, encoder_dropout=True, training=True),
        bilinear_case("as PORPOISE", gated=False, skip=False, encoder_dropout=False, training=True),
        co_attention_case(9, 3),
        co_attention_case(150, 4),
    ]
    maker = made_by("concord_bridge.reference_numbers.fusion_layers", SEED)
    write(directory / "fusionLayers.json", {**maker, "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
