import pytest
import torch
from torch import Tensor

from concord_bridge.optimizer import open_optimizer

ADAM = {"lr": 0.25, "weightDecay": 0.1, "betas": [0.9, 0.999], "eps": 1e-8}
SPECS = [
    *({"name": name, **ADAM} for name in ("radam", "adam", "adamW", "lamb")),
    {"name": "sgd", "lr": 0.25, "weightDecay": 0.1, "momentum": 0.9},
]


def start() -> dict[str, Tensor]:
    return {"w": torch.tensor([[1.0, -2.0], [0.5, 3.0]]), "b": torch.tensor([1.0])}


def gradients(step: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(step)
    return {name: torch.randn(value.shape, generator=generator) for name, value in start().items()}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["name"])
def test_a_restored_optimizer_takes_the_same_steps(spec: dict) -> None:
    weights = start()
    optimizer = open_optimizer(spec, weights)
    for step in range(3):
        optimizer.step(gradients(step))
    restored = {name: value.clone() for name, value in weights.items()}
    other = open_optimizer(spec, restored)
    other.restore(optimizer.state())
    for step in range(3, 10):
        optimizer.step(gradients(step))
        other.step(gradients(step))
    assert all(torch.equal(weights[name], restored[name]) for name in weights)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["name"])
def test_a_factor_scales_the_rate(spec: dict) -> None:
    halved, scaled = start(), start()
    one, other = open_optimizer({**spec, "lr": spec["lr"] / 2}, halved), open_optimizer(spec, scaled)
    for step in range(8):
        one.step(gradients(step))
        other.step(gradients(step), 0.5)
    assert all(torch.equal(halved[name], scaled[name]) for name in halved)
