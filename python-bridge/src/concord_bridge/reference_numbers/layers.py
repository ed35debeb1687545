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

from concord_bridge.lamb import Lamb
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


def cox(eta: Tensor, months: list[float], censored: list[int], ties: str) -> Tensor:
    """The partial likelihood as its definition reads, divided by the events."""
    total = torch.zeros(())
    for i, time in enumerate(months):
        if censored[i]:
            continue
        at_risk = [
            j
            for j, other in enumerate(months)
            if other > time or (other == time and (ties == "breslow" or j <= i))
        ]
        total = total - (eta[i] - torch.stack([eta[j] for j in at_risk]).exp().sum().log())
    return total / (len(censored) - sum(censored))


def ranking(risks: Tensor, months: list[float], censored: list[int], phi: str) -> Tensor:
    """Mean over comparable pairs, pair by pair."""
    smooth = torch.sigmoid if phi == "sigmoid" else torch.relu
    pairs = [
        smooth(risks[a] - risks[b])
        for a in range(len(months))
        for b in range(len(months))
        if not censored[a] and months[a] < months[b]
    ]
    return -torch.stack(pairs).mean()


def cross_entropy(logits: Tensor, bins: list[int], censored: list[int], alpha: float, eps: float) -> Tensor:
    """Case by case, from hazards and their products."""
    total = torch.zeros(())
    for row, bin_, cut in zip(logits, bins, censored, strict=True):
        hazard = torch.sigmoid(row)
        alive = [torch.ones(())]
        for one in hazard:
            alive.append(alive[-1] * (1 - one))
        at_end = alive[bin_ + 1].clamp(min=eps)
        if cut:
            total = total - (1 - alpha) * at_end.log()
        else:
            likelihood = (alive[bin_] + eps).log() + hazard[bin_].clamp(min=eps).log()
            total = total - (1 - alpha) * (1 - at_end).log() - alpha * likelihood
    return total


def batch_loss_cases() -> list[dict[str, Any]]:
    """Losses that compare the cases of a batch, or sum over them; two cases share a time."""
    months = [12.0, 3.5, 12.0, 40.25, 7.0, 3.5]
    censored = [0, 1, 0, 1, 0, 0]
    bins = [2, 0, 2, 3, 1, 0]
    made: list[tuple[str, dict[str, Any], Tensor, Callable[[Tensor], Tensor]]] = [
        *(
            (
                "cox",
                {"ties": ties},
                single(6, 1, scale=3),
                lambda x, t=ties: cox(x[:, 0], months, censored, t),
            )
            for ties in ("breslow", "ordered")
        ),
        *(
            ("ranking", {"phi": phi}, single(6, 1), lambda x, p=phi: ranking(x[:, 0], months, censored, p))
            for phi in ("sigmoid", "relu")
        ),
        (
            "crossEntropy",
            {"alpha": 0.15},
            single(6, 4, scale=2),
            lambda x: cross_entropy(x, bins, censored, 0.15, 1e-7),
        ),
    ]
    cases = []
    for name, options, start, loss in made:
        leaf = start.clone().requires_grad_(True)
        value = loss(leaf)
        value.backward()
        assert leaf.grad is not None
        labels = [
            {"bin": b, "censored": c, "months": m} for b, c, m in zip(bins, censored, months, strict=True)
        ]
        cases.append(
            {
                "name": name,
                "options": options,
                "labels": labels,
                "input": numbers(start),
                "loss": value.item(),
                "gradient": numbers(leaf.grad),
            }
        )
    return cases


def optimiser_case(name: str, make: Callable[[list[Tensor]], Any], options: dict[str, Any]) -> dict[str, Any]:
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


class LambOverList:
    """Our Lamb, called as torch's optimisers are; torch has none."""

    def __init__(self, parameters: list[Tensor], rate: float, decay: float) -> None:
        self.weights = {str(i): parameter for i, parameter in enumerate(parameters)}
        self.lamb = Lamb(self.weights, rate, decay)

    def step(self) -> None:
        """Take one step with the gradients that the parameters hold."""
        self.lamb.step(
            {name: weight.grad for name, weight in self.weights.items() if weight.grad is not None}
        )


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
        optimiser_case("sgd", lambda p: torch.optim.SGD(p, lr=rate), {"learningRate": rate}),
        optimiser_case(
            "sgd",
            lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9, weight_decay=decay),
            {**options, "momentum": 0.9},
        ),
        optimiser_case("lamb", lambda p: LambOverList(p, rate, decay), options),
    ]


def main(directory: Path) -> None:
    """Write layers.json, losses.json, optimisers.json and batchLosses.json."""
    torch.manual_seed(SEED)
    maker = made_by("concord_bridge.reference_numbers.layers", SEED)
    write(directory / "layers.json", {**maker, "cases": layer_cases()})
    write(directory / "losses.json", {**maker, "cases": loss_cases()})
    write(directory / "optimisers.json", {**maker, "cases": optimiser_cases()})
    write(directory / "batchLosses.json", {**maker, "cases": batch_loss_cases()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
