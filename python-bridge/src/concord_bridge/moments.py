"""The moments of an optimizer as a flat state."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor


def moments(mean: Mapping[str, Tensor], square: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Copies, by `mean/<weight>` and `square/<weight>`."""
    return {
        f"{kind}/{name}": value.clone()
        for kind, values in (("mean", mean), ("square", square))
        for name, value in values.items()
    }


def restore_moments(
    mean: Mapping[str, Tensor], square: Mapping[str, Tensor], state: Mapping[str, Tensor]
) -> None:
    """Set both from what `moments` gave. Raises KeyError for a weight that the state does not know."""
    for kind, values in (("mean", mean), ("square", square)):
        for name, value in values.items():
            value.copy_(state[f"{kind}/{name}"])
