"""Bilinear fusion of two vectors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

DROPOUT = 0.25
"""Of every published fusion."""


def bilinear_fusion(
    forward: ForwardPass,
    layer: str,
    first: Tensor,
    second: Tensor,
    gates: tuple[bool, bool] = (True, True),
    skip: bool = False,
    encoder_dropout: bool = True,
    name: str = "fusion",
) -> Tensor:
    """Every product of an entry of one vector with an entry of the other, read by two layers.

    h = ReLU(W v); o = Drop(ReLU(W (σ(z) ⊙ h))), z = W [v₁ ⊕ v₂], σ(z) left out where the gate is shut;
    [o₁, 1] ⊗ [o₂, 1] → Drop → Linear → ReLU, beside it v₁ ⊕ v₂ with `skip` → Linear → ReLU.

    Taps and draws are `<name>.{first,second}.*`, `….product`, `….encoder1`, `….encoder2`.

    Args:
        forward: weights under the published names, `<layer>.linear_h1.0` and so on.
        layer: name of the weights.
        first: [1, width].
        second: [1, width].
        gates: whether each vector is gated.
        skip: whether the vectors go past the first encoder.
        encoder_dropout: dropout after both encoders; PORPOISE's own copy has none.
        name: of taps and draws.

    Source: mahmoodlab/PORPOISE@3390dc4, models/model_porpoise.py, `BilinearFusion`.
    """
    both = torch.cat([first, second], 1)

    def encode(vector: Tensor, side: str, number: int, gated: bool) -> Tensor:
        hidden = F.relu(forward.linear(f"{layer}.linear_h{number}.0", vector, f"{name}.{side}.hidden"))
        if gated:
            gate = forward.linear(f"{layer}.linear_z{number}.0", both, f"{name}.{side}.gate")
            hidden = hidden * gate.sigmoid()
        out = F.relu(forward.linear(f"{layer}.linear_o{number}.0", hidden, f"{name}.{side}.out"))
        out = forward.dropout(f"{name}.{side}.dropout", out, DROPOUT)
        return torch.cat([out, torch.ones_like(out[:, :1])], 1)

    def through(encoder: str, values: Tensor) -> Tensor:
        out = F.relu(forward.linear(f"{layer}.{encoder}.0", values, f"{name}.{encoder}"))
        return forward.dropout(f"{name}.{encoder}.dropout", out, DROPOUT) if encoder_dropout else out

    left, right = encode(first, "first", 1, gates[0]), encode(second, "second", 2, gates[1])
    product = forward.see(f"{name}.product", (left.T @ right).reshape(1, -1))
    hidden = through("encoder1", forward.dropout(f"{name}.product.dropout", product, DROPOUT))
    return through("encoder2", torch.cat([hidden, both], 1) if skip else hidden)
