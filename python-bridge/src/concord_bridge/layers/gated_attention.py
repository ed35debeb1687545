"""Rows pooled by gated attention."""

from __future__ import annotations

import torch
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

DROPOUT = 0.25
"""Of both branches, as published."""


def gated_attention_pooling(
    forward: ForwardPass, layer: str, rows: Tensor, name: str = "attention", dropout: float = DROPOUT
) -> Tensor:
    """Average of rows weighted by the softmax of their scores: [heads, width].

    Scores are W_c (Drop(tanh(W_a x + b_a)) ⊙ Drop(σ(W_b x + b_b))) + b_c. Taps are `<name>.tanh`, `….gate`,
    `….scores` [rows, heads], `….weights` [heads, rows], `….pooled`; draws `<name>.tanh.dropout`,
    `….gate.dropout`.

    Args:
        forward: weights under `<layer>.attention_a.0`, `<layer>.attention_b.0` [hidden, width] and
            `<layer>.attention_c` [heads, hidden].
        layer: name of the network.
        rows: [rows, width].
        name: of taps and draws.
        dropout: rate of both branches; 0 for none.

    Source: arXiv 1802.04712, equations 7 and 9; mahmoodlab/MCAT@b9cca63, models/model_utils.py.
    """
    branches = {}
    for branch, part, squash in (("tanh", "attention_a", torch.tanh), ("gate", "attention_b", torch.sigmoid)):
        values = rows @ forward.weight(f"{layer}.{part}.0.weight").T + forward.weight(
            f"{layer}.{part}.0.bias"
        )
        branches[branch] = forward.see(f"{name}.{branch}", squash(values))
    if forward.training and dropout > 0:
        for branch, values in branches.items():
            keep = forward.draw(f"{name}.{branch}.dropout", values.shape)
            branches[branch] = values * keep / (1 - dropout)
    scores = forward.linear(f"{layer}.attention_c", branches["tanh"] * branches["gate"], f"{name}.scores")
    weights = forward.see(f"{name}.weights", scores.T.softmax(1))
    return forward.see(f"{name}.pooled", weights @ rows)
