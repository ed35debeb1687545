"""The self-normalising networks of all pathways, packed into few tensors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

DROPOUT = 0.25
"""Alpha dropout of every published self-normalising block."""


def pathway_networks(
    forward: ForwardPass,
    genes: Tensor,
    sizes: Sequence[int],
    prefix: str = "sig_networks",
    blocks: int = 2,
) -> Tensor:
    """Blocks x ↦ AlphaDropout(ELU(W x + b)), each pathway with weights of its own: [pathways, out].

    Taps and draws are `pathways.<block>.linear`, `….elu`, `….dropout`.

    Args:
        forward: weights under `<prefix>.*.<block>.0`: the first block's [genes, out], gene by gene, later
            ones' [pathways, out, in]; biases [pathways, out].
        genes: [genes] expression, packed in pathway order.
        sizes: genes of each pathway.
        prefix: name of the networks.
        blocks: how many.

    Source: mahmoodlab/SurvPath@3f73ddd, models/layers/layers.py, `SNN_Block`.
    """
    owner = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    tokens = genes
    for block in range(blocks):
        layer, name = f"{prefix}.*.{block}.0", f"pathways.{block}"
        weight, bias = forward.weight(f"{layer}.weight"), forward.weight(f"{layer}.bias")
        if block == 0:
            product = torch.zeros_like(bias).index_add(0, owner, weight * genes[:, None])
        else:
            product = torch.bmm(weight, tokens[:, :, None])[:, :, 0]
        tokens = forward.see(f"{name}.elu", F.elu(forward.see(f"{name}.linear", product + bias)))
        tokens = forward.alpha_dropout(f"{name}.dropout", tokens, DROPOUT)
    return tokens
