"""TransMIL's encoder: a class token, two layers of Nyström attention, positions between them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.nystrom_attention import NystromOptions, nystrom_attention
from concord_bridge.layers.ppeg import pad_to_square, ppeg


def trans_layer_attention(width: int, keep: str = "last") -> NystromOptions:
    """The attention of every TransLayer: 8 heads, half as many landmarks as a token is wide, dropout 0.1."""
    return NystromOptions(width, 8, width // 8, width // 2, residual=True, dropout=0.1, keep=keep)


def trans_layer(
    forward: ForwardPass, layer: str, tokens: Tensor, attention: NystromOptions, name: str
) -> Tensor:
    """X + Nyström(LN(X)), weights under `<layer>.norm` and `<layer>.attn`.

    Source: szc19990412/TransMIL@9d6aee5, models/TransMIL.py, `TransLayer`.
    """
    normal = forward.layer_norm(f"{layer}.norm", tokens, f"{name}.norm")
    attended = nystrom_attention(forward, f"{layer}.attn", normal, attention, f"{name}.attention")
    return forward.see(name, tokens + attended)


@dataclass(frozen=True)
class ClassTokenEncoder:
    """A class token before the tokens, two TransLayers, a LayerNorm.

    Args:
        prefix: of the weights `cls_token`, `layer1`, `pos_layer`, `layer2`, `norm`.
        attention: of both layers.
        square: whether tokens are filled up to a square and their positions encoded between the layers.
        name: of taps and draws.

    Source: szc19990412/TransMIL@9d6aee5, models/TransMIL.py; FT-ZHOU-ZZZ/CMTA@31340f6,
    models/cmta/network.py, `Transformer_P` and, without the square, `Transformer_G`.
    """

    prefix: str
    attention: NystromOptions
    square: bool
    name: str

    def __call__(self, forward: ForwardPass, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The encoded class token [1, width] and tokens, those that fill the square among them."""
        prefix, name = self.prefix, self.name
        body = pad_to_square(tokens) if self.square else tokens
        all_tokens = torch.cat([forward.weight(f"{prefix}cls_token")[0], body])  # [1 + tokens, width]
        all_tokens = trans_layer(forward, f"{prefix}layer1", all_tokens, self.attention, f"{name}.layer1")
        if self.square:
            placed = ppeg(forward, f"{prefix}pos_layer", all_tokens[1:], f"{name}.position")
            all_tokens = torch.cat([all_tokens[:1], placed])
        all_tokens = trans_layer(forward, f"{prefix}layer2", all_tokens, self.attention, f"{name}.layer2")
        normal = forward.layer_norm(f"{prefix}norm", all_tokens, f"{name}.norm")
        return normal[:1], normal[1:]
