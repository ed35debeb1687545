"""The plan of unbalanced transport, compared with the POT library in float64."""

from __future__ import annotations

import pytest
import torch

from concord_bridge.layers.unbalanced_transport import unbalanced_transport
from concord_bridge.reference_numbers.transport import solve


@pytest.mark.parametrize("kernel", ["entropy", "kl"])
@pytest.mark.parametrize(("reg", "reg_m"), [(0.05, 0.5), (0.1, 0.5), (0.4, 3.0)])
def test_plans_are_those_of_pot(kernel: str, reg: float, reg_m: float) -> None:
    torch.manual_seed(1)
    cost = torch.cdist(torch.randn(300, 16).double(), torch.randn(6, 16).double()) ** 2
    cost = cost / cost.max()
    expected, _ = solve(cost, reg, reg_m, kernel)
    found = unbalanced_transport(cost, reg, reg_m, kernel)
    assert (found - expected).abs().max() <= 1e-14 * expected.max()


def test_plans_are_computed_in_float64_and_given_without_a_gradient() -> None:
    cost = torch.rand(9, 3, requires_grad=True)
    found = unbalanced_transport(cost, 0.1, 0.5, "kl")
    exact, _ = solve(cost.detach().double(), 0.1, 0.5, "kl")
    assert found.dtype == torch.float32
    assert not found.requires_grad
    assert torch.equal(found, exact.float())


def test_a_cost_of_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="the cost holds NaN"):
        unbalanced_transport(torch.tensor([[0.0, torch.nan]]), 0.1, 0.5, "kl")
