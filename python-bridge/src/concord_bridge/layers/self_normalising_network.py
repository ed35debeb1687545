"""A self-normalising network over one vector."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

DROPOUT = 0.25
"""Alpha dropout of every published self-normalising block."""


def self_normalising_network(
    forward: ForwardPass, prefix: str, values: Tensor, name: str = "genes", blocks: int = 2
) -> Tensor:
    """Blocks x ↦ AlphaDropout(ELU(W x + b)), whose weights lie under `<prefix>.<block>.0`: [1, out].

    Taps and draws are `<name>.<block>.linear`, `….elu`, `….dropout`.

    Source: mahmoodlab/SurvPath@3f73ddd, models/model_utils.py, `SNN_Block`.
    """
    for block in range(blocks):
        affine = forward.linear(f"{prefix}.{block}.0", values, f"{name}.{block}.linear")
        activated = forward.see(f"{name}.{block}.elu", F.elu(affine))
        values = forward.alpha_dropout(f"{name}.{block}.dropout", activated, DROPOUT)
    return values
