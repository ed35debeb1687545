"""A layer of the Transformer encoder."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

DROPOUT = 0.25
"""Of every published encoder: of attention weights, inside the feed-forward, of both branches."""


def encoder_layer(
    forward: ForwardPass, layer: str, tokens: Tensor, name: str, heads: int = 8, p: float = DROPOUT
) -> Tensor:
    """x ← LN(x + Drop(MHA(x))), x ← LN(x + Drop(W₂ Drop(ReLU(W₁ x)))): normalised after each branch.

    Taps are `<name>.attention.weights`, `….attended`, `….norm1`, `….hidden`, `….out`, `….norm2`; draws
    `….attention.dropout` [heads, tokens, tokens], `….attended.dropout`, `….hidden.dropout`, `….out.dropout`.

    Args:
        forward: weights under torch's names for `nn.TransformerEncoderLayer`.
        layer: name of the weights.
        tokens: [tokens, width].
        name: of taps and draws.
        heads: which divide the width.
        p: rate of every dropout.

    Source: torch.nn.TransformerEncoderLayer with norm_first=False, as mahmoodlab/MCAT@b9cca63 uses it.
    """
    count, width = tokens.shape
    in_weight = forward.weight(f"{layer}.self_attn.in_proj_weight")
    projected = F.linear(tokens, in_weight, forward.weight(f"{layer}.self_attn.in_proj_bias"))
    query, key, value = projected.view(count, 3, heads, width // heads).permute(1, 2, 0, 3)
    scores = query @ key.transpose(1, 2) * (width // heads) ** -0.5
    attention = forward.see(f"{name}.attention.weights", scores.softmax(2))
    mixed = forward.dropout(f"{name}.attention.dropout", attention, p) @ value
    attended = forward.linear(
        f"{layer}.self_attn.out_proj", mixed.transpose(0, 1).reshape(count, width), f"{name}.attended"
    )
    tokens = tokens + forward.dropout(f"{name}.attended.dropout", attended, p)
    tokens = forward.layer_norm(f"{layer}.norm1", tokens, f"{name}.norm1")
    hidden = F.relu(forward.linear(f"{layer}.linear1", tokens, f"{name}.hidden"))
    hidden = forward.dropout(f"{name}.hidden.dropout", hidden, p)
    out = forward.linear(f"{layer}.linear2", hidden, f"{name}.out")
    tokens = tokens + forward.dropout(f"{name}.out.dropout", out, p)
    return forward.layer_norm(f"{layer}.norm2", tokens, f"{name}.norm2")
