"""Optimisers by the names and options under which TypeScript knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from concord_bridge.lamb import Lamb
from concord_bridge.radam import RAdam


class Optimizer(Protocol):
    """Updates weights in place, by gradients of the same names."""

    def step(self, gradients: Mapping[str, Tensor], factor: float = 1.0) -> None:
        """Take one step, with `factor` times the learning rate."""
        ...

    def state(self) -> dict[str, Tensor]:
        """Everything by which another optimizer goes on where this one stopped."""
        ...

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from the state of an optimizer of the same kind over the same weights."""
        ...


def open_optimizer(spec: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Optimizer:
    """The optimiser of a protocol over these weights.

    Raises:
        ValueError: for a name that is not known, or a decay that the optimiser does not know.
    """
    own = {"radam": RAdam, "lamb": Lamb}
    if spec["name"] in own:
        if spec.get("decays", "all") != "all":
            raise ValueError(f"{spec['name']} decays all weights or none")
        return own[spec["name"]](weights, spec["lr"], spec["weightDecay"], tuple(spec["betas"]), spec["eps"])
    return TorchOptimizer(weights, torch_optimizer(spec, list(weights.values())))


def torch_optimizer(
    spec: Mapping[str, Any], weights: Sequence[Tensor], fused: bool | None = None
) -> torch.optim.Optimizer:
    """torch's own optimiser of that name.

    Args:
        spec: `name` and options.
        weights: what it trains.
        fused: one pass over memory, for measurements; torch's choice by default.

    Raises:
        ValueError: for a name that torch does not have under that meaning.
    """
    kind, options = {
        "adam": (torch.optim.Adam, adam_options),
        "adamW": (torch.optim.AdamW, adam_options),
        "sgd": (torch.optim.SGD, sgd_options),
    }.get(spec["name"], (None, None))
    if kind is None or options is None:
        raise ValueError(f"the optimiser {spec['name']!r} is not one of torch's")
    groups: Any = list(weights)
    if spec.get("decays", "all") == "matrices":
        groups = [
            {"params": [weight for weight in weights if weight.ndim >= 2]},
            {"params": [weight for weight in weights if weight.ndim < 2], "weight_decay": 0.0},
        ]
    made: torch.optim.Optimizer = kind(groups, fused=fused, **options(spec))
    return made


def fused_optimizer(spec: Mapping[str, Any], weights: Sequence[Tensor]) -> torch.optim.Optimizer:
    """torch's fastest optimiser of the same family: AdamW for RAdam and Lamb, which torch does not fuse."""
    unfused = spec["name"] in ("radam", "lamb")
    return torch_optimizer({**spec, "name": "adamW"} if unfused else spec, weights, fused=True)


def adam_options(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the Adam family, under torch's names."""
    return {
        "lr": spec["lr"],
        "betas": tuple(spec["betas"]),
        "eps": spec["eps"],
        "weight_decay": spec["weightDecay"],
    }


def sgd_options(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Options of stochastic gradient descent, under torch's names."""
    return {"lr": spec["lr"], "momentum": spec["momentum"], "weight_decay": spec["weightDecay"]}


class TorchOptimizer:
    """An optimiser of torch, given its gradients."""

    def __init__(self, weights: Mapping[str, Tensor], optimizer: torch.optim.Optimizer) -> None:
        self.weights = weights
        self.optimizer = optimizer
        self.rates = [group["lr"] for group in optimizer.param_groups]

    def step(self, gradients: Mapping[str, Tensor], factor: float = 1.0) -> None:
        """See Optimizer."""
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        for name, weight in self.weights.items():
            weight.grad = gradients[name]
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """See Optimizer."""
        return {
            f"{index}/{name}": value.detach().clone()
            for index, slots in self.optimizer.state_dict()["state"].items()
            for name, value in slots.items()
            if isinstance(value, Tensor)
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Optimizer."""
        slots: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            index, name = key.split("/", 1)
            slots.setdefault(int(index), {})[name] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": slots})
