"""The disentangled Transformer layer of PIBD."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

DROPOUT = 0.1


def disentangle(
    forward: ForwardPass, histology: Tensor, pathways: Tensor, glob: Tensor, heads: int
) -> tuple[Tensor, Tensor, Tensor]:
    """One pre-norm layer shared by three kinds of tokens, [bags, tokens, width] each.

    Histology and pathway tokens look at their own kind, the global token at all. Taps `pid.*` have the rows
    of every bag, histology first, the global token last.

    Source: zylbuaa/PIBD@bd5bd94, models/disentangle_transformer.py, `MITransformerLayer`.
    """
    tokens = torch.cat([histology, pathways, glob], 1)
    counts = [histology.shape[1], pathways.shape[1], 1]
    normal = _rows(forward.layer_norm, "PID.norm1", tokens, "pid.norm1")
    attended = _attention(forward, normal, counts, heads)
    tokens = tokens + _drop_path(forward, "pid.attention.path", attended, counts)
    normal = _rows(forward.layer_norm, "PID.norm2", tokens, "pid.norm2")
    tokens = tokens + _drop_path(forward, "pid.mlp.path", _feed_forward(forward, normal), counts)
    forward.see("pid.out", tokens.flatten(0, 1))
    first, second, third = tokens.split(counts, 1)
    return first, second, third


def _attention(forward: ForwardPass, tokens: Tensor, counts: list[int], heads: int) -> Tensor:
    bags, _, width = tokens.shape
    qkv = _rows(forward.linear, "PID.attn.qkv", tokens, "pid.qkv")
    query, key, value = qkv.reshape(bags, -1, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    kinds = [torch.arange(sum(counts))[slice(*bounds)] for bounds in _bounds(counts)]
    seen = {"histology": kinds[0], "pathways": kinds[1], "global": torch.cat([kinds[2], kinds[0], kinds[1]])}
    attended = []
    for (kind, others), own in zip(seen.items(), kinds, strict=True):
        scores = query[:, :, own] @ key[:, :, others].transpose(2, 3) * (width // heads) ** -0.5
        weights = forward.see(f"pid.attention.{kind}", scores.softmax(3))
        weights = forward.dropout(f"pid.attention.{kind}.dropout", weights, DROPOUT)
        attended.append(weights @ value[:, :, others])
    together = torch.cat(attended, 2).transpose(1, 2).reshape(bags, -1, width)
    projected = _rows(forward.linear, "PID.attn.proj", together, "pid.projection")
    return _dropout(forward, "pid.projection.dropout", projected)


def _feed_forward(forward: ForwardPass, tokens: Tensor) -> Tensor:
    hidden = F.gelu(_rows(forward.linear, "PID.mlp.fc1", tokens, "pid.mlp.hidden"))
    hidden = _dropout(forward, "pid.mlp.hidden.dropout", hidden)
    out = _rows(forward.linear, "PID.mlp.fc2", hidden, "pid.mlp.out")
    return _dropout(forward, "pid.mlp.out.dropout", out)


def _drop_path(forward: ForwardPass, name: str, branch: Tensor, counts: list[int]) -> Tensor:
    """Stochastic depth: the whole branch of a kind of tokens of a bag is dropped."""
    if not forward.training:
        return branch
    kept = forward.draw(name, (branch.shape[0], len(counts))) / (1 - DROPOUT)
    return branch * kept.repeat_interleave(torch.tensor(counts), dim=1)[..., None]


def _rows(layer: object, name: str, tokens: Tensor, tap: str) -> Tensor:
    """A layer on the rows of all bags."""
    return layer(name, tokens.flatten(0, 1), tap).unflatten(0, tokens.shape[:2])  # type: ignore[operator]


def _dropout(forward: ForwardPass, name: str, tokens: Tensor) -> Tensor:
    return forward.dropout(name, tokens.flatten(0, 1), DROPOUT).unflatten(0, tokens.shape[:2])


def _bounds(counts: list[int]) -> list[tuple[int, int]]:
    ends = torch.tensor(counts).cumsum(0).tolist()
    return list(zip([0, *ends[:-1]], ends, strict=True))
