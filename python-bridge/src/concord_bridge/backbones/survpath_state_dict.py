"""Weights under the packed names, and under those of the published SurvPath class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

PUBLISHED_NAMES = {
    "patches": "wsi_projection_net.0",
    "attention.norm": "cross_attender.norm",
    "attention.qkv": "cross_attender.attn.to_qkv",
    "feedForward.norm": "feed_forward.norm",
    "feedForward.hidden": "feed_forward.net.0",
    "feedForward.out": "feed_forward.net.3",
    "norm": "layer_norm",
    "head.hidden": "to_logits.0",
    "head.out": "to_logits.2",
}
"""Layer in our names: layer in the published class's."""


def to_state_dict(weights: Mapping[str, Tensor], pathway_sizes: Sequence[int]) -> dict[str, Tensor]:
    """The published class's state dict: every pathway's two layers unpacked, gene weights as [out, in]."""
    state = {}
    for layer, published in PUBLISHED_NAMES.items():
        for part in ("weight", "bias"):
            if f"{layer}.{part}" in weights:
                state[f"{published}.{part}"] = weights[f"{layer}.{part}"]
    rows = weights["pathways.0.weight"].split(list(pathway_sizes))
    for i, block in enumerate(rows):
        state[f"sig_networks.{i}.0.0.weight"] = block.T.contiguous()
        state[f"sig_networks.{i}.0.0.bias"] = weights["pathways.0.bias"][i]
        state[f"sig_networks.{i}.1.0.weight"] = weights["pathways.1.weight"][i]
        state[f"sig_networks.{i}.1.0.bias"] = weights["pathways.1.bias"][i]
    return state


def from_state_dict(state: Mapping[str, Tensor], pathways: int) -> dict[str, Tensor]:
    """Pack a state dict of the published class (or its gradients, under the same names)."""

    def each(suffix: str) -> list[Tensor]:
        return [state[f"sig_networks.{i}.{suffix}"] for i in range(pathways)]

    weights = {
        "pathways.0.weight": torch.cat([block.T for block in each("0.0.weight")]),
        "pathways.0.bias": torch.stack(each("0.0.bias")),
        "pathways.1.weight": torch.stack(each("1.0.weight")),
        "pathways.1.bias": torch.stack(each("1.0.bias")),
    }
    for layer, published in PUBLISHED_NAMES.items():
        for part in ("weight", "bias"):
            if f"{published}.{part}" in state:
                weights[f"{layer}.{part}"] = state[f"{published}.{part}"]
    return weights
