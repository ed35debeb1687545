"""Reference numbers for the layers of gene models, from torch in float64.

Run `python -m concord_bridge.reference_numbers.gene_layers DIRECTORY`; inputs are rounded to float32 first,
so that TypeScript starts from the same numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from concord_bridge.published.feed import feeding
from concord_bridge.reference_numbers.fusion_layers import keep, single
from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260105

GENES = 6
PATHWAYS = [[0, 1, 2], [3], [4, 0, 5, 1]]
"""Two genes belong to two of them; gene 3 to none but its own."""

UNITS, OUT = 2, 3

P = 0.25
"""Rate of the alpha dropout."""


def case(
    name: str,
    inputs: dict[str, Tensor],
    weights: dict[str, Tensor],
    forward: Callable[[], Tensor],
    draws: dict[str, Tensor] | None = None,
) -> dict[str, Any]:
    """Output for one input; gradients at weights, and at inputs that want one, for a random upstream one."""
    leaves = {**{key: value for key, value in inputs.items() if value.requires_grad}, **weights}
    output = forward()
    upstream = single(*output.shape)
    output.backward(upstream)
    return {
        "name": name,
        "inputs": {key: numbers(value) for key, value in inputs.items()},
        "weights": {key: numbers(value) for key, value in weights.items()},
        "draws": {key: numbers(value) for key, value in (draws or {}).items()},
        "upstream": numbers(upstream),
        "output": numbers(output),
        "gradients": {key: numbers(leaf.grad) for key, leaf in leaves.items() if leaf.grad is not None},
    }


def masked_input_case() -> dict[str, Any]:
    """A dense product whose weights a mask silences; TypeScript is given the genes in pathway order."""
    genes = single(GENES)
    mask = torch.zeros(GENES, len(PATHWAYS), UNITS, dtype=torch.float64)
    for pathway, members in enumerate(PATHWAYS):
        mask[members, pathway] = 1
    weight, bias = single(GENES, len(PATHWAYS) * UNITS), single(len(PATHWAYS) * UNITS)
    weights = {"weight": weight.requires_grad_(), "bias": bias.requires_grad_()}
    packed = genes[[gene for members in PATHWAYS for gene in members]]
    return case(
        "maskedInputLayer",
        {"genes": packed},
        weights,
        lambda: (genes @ (weight * mask.flatten(1)) + bias).unflatten(0, (len(PATHWAYS), UNITS)),
    )


def masked_hidden_case() -> dict[str, Any]:
    """A dense product with a block-diagonal mask."""
    count = len(PATHWAYS)
    tokens, weight, bias = single(count, UNITS), single(count * UNITS, count * OUT), single(count * OUT)
    mask = torch.block_diag(*[torch.ones(UNITS, OUT, dtype=torch.float64)] * count)
    for leaf in (tokens, weight, bias):
        leaf.requires_grad_()
    return case(
        "maskedHiddenLayer",
        {"tokens": tokens},
        {"weight": weight, "bias": bias},
        lambda: (tokens.flatten() @ (weight * mask) + bias).unflatten(0, (count, OUT)),
    )


def self_normalising_case(training: bool) -> dict[str, Any]:
    """torch's Linear, ELU and AlphaDropout, twice; in training its masks are ours."""
    network = nn.Sequential(
        *(nn.Linear(5, 4), nn.ELU(), nn.AlphaDropout(P)),
        *(nn.Linear(4, 3), nn.ELU(), nn.AlphaDropout(P)),
    )
    network.double().train(training)
    for parameter in network.parameters():
        parameter.data = single(*parameter.shape)
    draws = {"genes.0.dropout": keep(1, 4), "genes.1.dropout": keep(1, 3)} if training else {}
    genes = single(1, 5)
    names = {"0.weight": "net.0.0.weight", "0.bias": "net.0.0.bias"}
    names |= {"3.weight": "net.1.0.weight", "3.bias": "net.1.0.bias"}
    weights = {names[key]: value for key, value in network.named_parameters()}

    def forward() -> Tensor:
        with feeding(draws.values()):
            return network(genes)

    kind = "training" if training else "evaluation"
    return case(f"selfNormalisingNetwork {kind}", {"genes": genes}, weights, forward, draws)


def main(directory: Path) -> None:
    """Write geneLayers.json."""
    torch.manual_seed(SEED)
    cases = [
        masked_input_case(),
        masked_hidden_case(),
        self_normalising_case(training=False),
        self_normalising_case(training=True),
    ]
    maker = made_by("concord_bridge.reference_numbers.gene_layers", SEED)
    write(directory / "geneLayers.json", {**maker, "genes": GENES, "pathways": PATHWAYS, "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
