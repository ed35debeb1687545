"""Co-attention: tokens of one modality look at those of the other."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass


def co_attention(
    forward: ForwardPass, layer: str, queries: Tensor, tokens: Tensor, name: str = "coattention"
) -> Tensor:
    """A = softmax(Q Kᵀ / √width), out = (A V) W_oᵀ + b_o: one head, no dropout.

    Taps are `<name>.query`, `….scores` (before the softmax), `….weights`, `….out`.

    Args:
        forward: weights `<layer>.in_proj_weight` [3 width, width] (query, key, value), `….in_proj_bias`,
            `….out_proj`.
        layer: name of the weights.
        queries: [queries, width].
        tokens: [tokens, width], keys and values.
        name: of the taps.

    Source: mahmoodlab/MCAT@b9cca63, models/model_coattn.py, and FT-ZHOU-ZZZ/CMTA@31340f6,
    models/cmta/util.py: `MultiheadAttention` with one head.
    """
    weights = forward.weight(f"{layer}.in_proj_weight").chunk(3)
    biases = forward.weight(f"{layer}.in_proj_bias").chunk(3)
    query = F.linear(queries, weights[0], biases[0]) * queries.shape[1] ** -0.5
    key, value = (F.linear(tokens, weights[i], biases[i]) for i in (1, 2))
    scores = forward.see(f"{name}.scores", forward.see(f"{name}.query", query) @ key.T)
    attention = forward.see(f"{name}.weights", scores.softmax(1))
    return forward.linear(f"{layer}.out_proj", attention @ value, f"{name}.out")
