"""Weights as published state dicts hold them, and packed: one with a `*` in its name for all pathways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

Ragged = Mapping[str, Sequence[int]]
"""Weights that pack one matrix [out, n] for each pathway, transposed, one below the other: the n of each."""


def to_state_dict(weights: Mapping[str, Tensor], ragged: Ragged) -> dict[str, Tensor]:
    """The published state dict: packed weights apart, everything else as it is."""
    state = {}
    for name, weight in weights.items():
        if "*" not in name:
            state[name] = weight
        elif name in ragged:
            for i, block in enumerate(weight.split(list(ragged[name]))):
                state[name.replace("*", str(i))] = block.T.contiguous()
        else:
            for i, part in enumerate(weight):
                state[name.replace("*", str(i))] = part
    return state


def from_state_dict(state: Mapping[str, Tensor], names: Iterable[str], ragged: Ragged) -> dict[str, Tensor]:
    """The weights of these names out of a published state dict, or of gradients under its names.

    What the published class has and we do not is left out; a gradient that is absent stays absent.
    """
    weights = {}
    for name in names:
        if "*" not in name:
            if name in state:
                weights[name] = state[name]
            continue
        parts = list(_numbered(state, name))
        if parts:
            weights[name] = torch.cat([part.T for part in parts]) if name in ragged else torch.stack(parts)
    return weights


def _numbered(state: Mapping[str, Tensor], name: str) -> Iterable[Tensor]:
    for i in range(len(state)):
        found = state.get(name.replace("*", str(i)))
        if found is None:
            return
        yield found
