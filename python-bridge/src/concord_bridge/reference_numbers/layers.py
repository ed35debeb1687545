"""Reference numbers for packages/nn, from torch.nn in float64.

Run `python -m concord_bridge.reference_numbers.layers DIRECTORY`; inputs are rounded to float32 first, so
that TypeScript starts from the same numbers.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260101


def single(*shape: int, scale: float = 1.0) -> Tensor:
    """Standard normal numbers that float32 holds exactly, as float64."""
    return (torch.randn(*shape) * scale).float().double()


def case(
    name: str, inputs: dict[str, Tensor], forward: Callable[..., Tensor], frozen: set[str]
) -> dict[str, Any]:
    """One layer on one input: its output, and the gradients for a random upstream gradient."""
    leaves = {key: value.clone().requires_grad_(key not in frozen) for key, value in inputs.items()}
    output = forward(**leaves)
    upstream = single(*output.shape)
    output.backward(upstream)
    return {
        "name": name,
        "inputs": {key: numbers(value) for key, value in inputs.items()},
        "upstream": numbers(upstream),
        "output": numbers(output),
        "gradients": {key: numbers(leaf.grad) for key, leaf in leaves.items() if leaf.grad is not None},
    }


def alpha_dropout_case(p: float) -> dict[str, Any]:
    """torch draws the mask itself; it is read off where the output is the constant of a dropped unit."""
    values = single(6, 5)
    leaf = values.clone().requires_grad_(True)
    output = F.alpha_dropout(leaf, p, training=True)
    upstream = single(6, 5)
    output.backward(upstream)
    assert leaf.grad is not None
    keep = (leaf.grad != 0).double()
    return {
        "name": f"alphaDropout {p}",
        "p": p,
        "inputs": {"input": numbers(values), "keep": numbers(keep)},
        "upstream": numbers(upstream),
        "output": numbers(output),
        "gradients": {"input": numbers(leaf.grad)},
    }


def cross_attention(query: Tensor, key: Tensor, value: Tensor, pathways: int) -> Tensor:
    """One masked softmax over all pairs: patches may not look at patches."""
    tokens = query.shape[0]
    scores = query @ key.T
    forbidden = torch.zeros(tokens, tokens, dtype=torch.bool)
    forbidden[pathways:, pathways:] = True
    return scores.masked_fill(forbidden, -torch.inf).softmax(-1) @ value


def pathway_input(weight: Tensor, bias: Tensor, genes: Tensor, sizes: list[int]) -> Tensor:
    """One torch Linear for each pathway, in a loop."""
    rows, start = [], 0
    for pathway, size in enumerate(sizes):
        block = slice(start, start + size)
        rows.append(F.linear(genes[block], weight[block].T, bias[pathway]))
        start += size
    return torch.stack(rows)


def pathway_hidden(tokens: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """One torch Linear for each pathway, in a loop."""
    return torch.stack([F.linear(tokens[i], weight[i], bias[i]) for i in range(len(tokens))])


def layer_cases() -> list[dict[str, Any]]:
    """Every layer of packages/nn that has a torch counterpart."""
    sizes = [3, 1, 4]
    genes = sum(sizes)
    attention = {name: single(9, 4) for name in ("query", "key", "value")}
    return [
        case("linear", {"input": single(5, 7), "weight": single(3, 7), "bias": single(3)}, F.linear, set()),
        case(
            "layerNorm",
            {"input": single(5, 8), "weight": single(8), "bias": single(8)},
            lambda input, weight, bias: F.layer_norm(input, (8,), weight, bias),
            set(),
        ),
        case("gelu", {"input": single(6, 6, scale=2.5)}, F.gelu, set()),
        case("elu", {"input": single(6, 6, scale=2.5)}, F.elu, set()),
        case(
            "dropout",
            {"input": single(4, 6), "keep": (torch.rand(4, 6) > 0.3).double()},
            lambda input, keep: input * keep / 0.7,
            {"keep"},
        ),
        alpha_dropout_case(0.25),
        alpha_dropout_case(0.5),
        case(
            "crossAttention",
            attention,
            lambda query, key, value: cross_attention(query, key, value, pathways=3),
            set(),
        ),
        case(
            "pathwayInputLayer",
            {"weight": single(genes, 4), "bias": single(len(sizes), 4), "genes": single(genes)},
            lambda weight, bias, genes: pathway_input(weight, bias, genes, sizes),
            {"genes"},
        ),
        case(
            "pathwayHiddenLayer",
            {"tokens": single(3, 4), "weight": single(3, 5, 4), "bias": single(3, 5)},
            pathway_hidden,
            set(),
        ),
    ]


def nll(logits: Tensor, label_bin: int, censored: int, alpha: float) -> Tensor:
    """Zadeh and Schmid's likelihood, each factor at least 1e-7; log space keeps float64's digits."""
    floor = math.log(1e-7)
    log_survival = F.logsigmoid(-logits[0]).cumsum(0).clamp(min=floor)
    if censored:
        return -(1 - alpha) * log_survival[label_bin]
    log_hazard = F.logsigmoid(logits[0]).clamp(min=floor)
    before = log_survival[label_bin - 1] if label_bin else torch.zeros((), dtype=torch.float64)
    return -(before + log_hazard[label_bin])


def loss_cases() -> list[dict[str, Any]]:
    """Every bin, censored and observed, for ordinary, saturated and extreme logits."""
    rows = [
        single(1, 4),
        torch.full((1, 4), 25.0).double(),
        torch.full((1, 4), -25.0).double(),
        single(1, 4, scale=6),
    ]
    cases = []
    for logits in rows:
        for label_bin in range(4):
            for censored in (0, 1):
                leaf = logits.clone().requires_grad_(True)
                loss = nll(leaf, label_bin, censored, alpha=0.5)
                loss.backward()
                assert leaf.grad is not None
                cases.append(
                    {
                        "logits": numbers(logits),
                        "bin": label_bin,
                        "censored": censored,
                        "loss": loss.item(),
                        "gradient": numbers(leaf.grad),
                    }
                )
    return cases


def optimiser_case(
    name: str, make: Callable[[list[Tensor]], torch.optim.Optimizer], options: dict[str, Any]
) -> dict[str, Any]:
    """Thirty steps on given gradients, some of them tiny."""
    start = single(4, 3)
    parameter = start.clone().requires_grad_(True)
    optimiser = make([parameter])
    gradients, after = [], []
    for step in range(30):
        gradient = single(4, 3, scale=10.0 ** (-(step % 4)))
        parameter.grad = gradient.clone()
        optimiser.step()
        gradients.append(numbers(gradient))
        after.append(numbers(parameter))
    return {"name": name, "options": options, "start": numbers(start), "gradients": gradients, "after": after}


def optimiser_cases() -> list[dict[str, Any]]:
    """The Adam family as torch.optim has it."""
    rate, decay = 0.01, 0.1
    options = {"learningRate": rate, "weightDecay": decay}
    return [
        optimiser_case(
            "radam",
            lambda p: torch.optim.RAdam(p, lr=rate, weight_decay=decay, decoupled_weight_decay=True),
            options,
        ),
        optimiser_case("radam", lambda p: torch.optim.RAdam(p, lr=rate), {"learningRate": rate}),
        optimiser_case("adam", lambda p: torch.optim.Adam(p, lr=rate, weight_decay=decay), options),
        optimiser_case("adamW", lambda p: torch.optim.AdamW(p, lr=rate, weight_decay=decay), options),
    ]


def main(directory: Path) -> None:
    """Write layers.json, losses.json and optimisers.json."""
    torch.manual_seed(SEED)
    maker = made_by("concord_bridge.reference_numbers.layers", SEED)
    write(directory / "layers.json", {**maker, "cases": layer_cases()})
    write(directory / "losses.json", {**maker, "cases": loss_cases()})
    write(directory / "optimisers.json", {**maker, "cases": optimiser_cases()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
