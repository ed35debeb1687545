"""ReLU whose openings are a decision on the tape."""

from __future__ import annotations

from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass


def decided_relu(forward: ForwardPass, name: str, values: Tensor) -> Tensor:
    """ReLU of `<name>`, open where the tape says so in `<name>.active`, or else where values are positive.

    The tap sees the largest value that float64 would have treated otherwise, as `<name>.active.violation`.
    """
    active = values > 0
    replayed = None if forward.tape is None else forward.tape.decision(f"{name}.active")
    if replayed is None:
        return values * active
    otherwise = values.detach().abs() * (active != replayed.bool())
    forward.see(f"{name}.active.violation", otherwise.max())
    return values * replayed.to(values.dtype)
