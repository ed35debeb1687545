"""Optimisers by the names and options under which TypeScript knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from concord_bridge.radam import RAdam


class Optimizer(Protocol):
    """Updates weights in place, by gradients of the same names."""

    def step(self, gradients: Mapping[str, Tensor]) -> None:
        """Take one step."""
        ...


def open_optimizer(spec: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Optimizer:
    """The optimiser of a protocol over these weights.

    Raises:
        ValueError: for a name that is not known.
    """
    name = spec["name"]
    if name == "radam":
        return RAdam(weights, spec["lr"], spec["weightDecay"], tuple(spec["betas"]), spec["eps"])
    if name == "adam":
        return TorchOptimizer(weights, torch.optim.Adam, **adam_options(spec))
    if name == "adamW":
        return TorchOptimizer(weights, torch.optim.AdamW, **adam_options(spec))
    raise ValueError(f"unknown optimiser {name!r}; there are: adam, adamW, radam")


def adam_options(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the Adam family, under torch's names."""
    return {
        "lr": spec["lr"],
        "betas": tuple(spec["betas"]),
        "eps": spec["eps"],
        "weight_decay": spec["weightDecay"],
    }


class TorchOptimizer:
    """An optimiser of torch."""

    def __init__(self, weights: Mapping[str, Tensor], kind: Any, **options: Any) -> None:
        self.weights = weights
        self.optimizer: torch.optim.Optimizer = kind(list(weights.values()), **options)

    def step(self, gradients: Mapping[str, Tensor]) -> None:
        """See Optimizer."""
        for name, weight in self.weights.items():
            weight.grad = gradients[name]
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)


def fused_optimizer(spec: Mapping[str, Any], weights: list[Tensor]) -> torch.optim.Optimizer:
    """torch's fastest optimiser of the same family: for RAdam, which torch does not fuse, its AdamW."""
    kind = torch.optim.Adam if spec["name"] == "adam" else torch.optim.AdamW
    return kind(weights, fused=True, **adam_options(spec))
