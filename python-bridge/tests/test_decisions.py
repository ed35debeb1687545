"""Decisions that TypeScript took: replayed, and judged by how far they are from one's own."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from concord_bridge.layers.bottleneck import top_entries
from concord_bridge.layers.decided_relu import decided_relu
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.tape import Tape

VALUES = torch.tensor([[0.1, 0.9, 0.5, 0.9]], dtype=torch.float64)


def replay(name: str, decision: Tensor | None) -> tuple[ForwardPass, dict[str, Tensor]]:
    """A pass on a tape with this decision, and what its tap sees."""
    seen: dict[str, Tensor] = {}
    tape = Tape({}, {} if decision is None else {name: decision})
    return ForwardPass("test", {}, tape, "training", seen.__setitem__), seen


def test_of_equal_entries_the_earlier_comes_first() -> None:
    forward, seen = replay("top", None)
    assert top_entries(forward, "top", VALUES, 3).tolist() == [[1, 3, 2]]
    assert not seen


@pytest.mark.parametrize(
    ("decision", "violation"),
    [
        ([1, 3, 2], 0.0),
        ([3, 1, 2], 0.0),  # the other order of a tie is as good
        ([1, 2, 3], 0.4),  # not in order
        ([1, 3, 0], 0.4),  # a larger one was left out
        ([1, 1, 2], math.inf),  # one was taken twice
    ],
)
def test_a_replayed_order_says_how_far_it_is_from_a_tie(decision: list[int], violation: float) -> None:
    forward, seen = replay("top", torch.tensor([decision], dtype=torch.int16))
    assert top_entries(forward, "top", VALUES, 3).tolist() == [decision]
    assert seen["top.violation"].item() == pytest.approx(violation)


@pytest.mark.parametrize(
    ("active", "violation", "expected"),
    [(None, None, [0.0, 2.0]), ([0, 1], 0.0, [0.0, 2.0]), ([1, 1], 0.5, [-0.5, 2.0])],
)
def test_a_replayed_opening_says_how_large_a_value_it_lets_through(
    active: list[int] | None, violation: float | None, expected: list[float]
) -> None:
    decision = None if active is None else torch.tensor([active], dtype=torch.uint8)
    forward, seen = replay("hidden.active", decision)
    values = torch.tensor([[-0.5, 2.0]], dtype=torch.float64)
    assert decided_relu(forward, "hidden", values).tolist() == [expected]
    assert (seen["hidden.active.violation"].item() if seen else None) == violation
