"""The prototypical information bottleneck: tokens pass that are near to proxies of outcomes."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

ENCODER_DROPOUT = 0.2


class Narrowed(NamedTuple):
    """What a bottleneck makes of its bags."""

    tokens: Tensor
    """[bags, selected, width], nearest to any proxy first; one may come several times."""
    mean: Tensor
    """[bags, width] of the case's proxy."""
    deviation: Tensor
    proxy_loss: Tensor | None
    """Mean over bags of how much nearer other proxies are than the case's own; in training."""


def proxies(forward: ForwardPass, layer: str) -> tuple[Tensor, Tensor]:
    """Means and deviations of all proxies, [proxies, width] each."""
    mean, raw = forward.weight(f"{layer}.proxies").chunk(2, dim=1)
    return mean, F.softplus(raw)


def samples(forward: ForwardPass, layer: str, noise: Tensor) -> Tensor:
    """Samples of every proxy. `noise` is [bags, proxies, samples, width], as they are."""
    mean, deviation = proxies(forward, layer)
    return mean[:, None] + deviation[:, None] * noise


def bottleneck(
    forward: ForwardPass,
    inputs: Tensor,
    noise: Tensor,
    side: str,
    layer: str,
    selected: int,
    positive: int | None,
) -> Narrowed:
    """Encode tokens, compare them with proxies, select.

    Args:
        forward: weights, draws, decisions and taps.
        inputs: [bags, tokens, in].
        noise: [bags, proxies, samples, width].
        side: what names of taps and draws begin with.
        layer: under which the weights lie.
        selected: tokens that pass.
        positive: the case's own proxy; None to predict it.

    Source: arXiv 2405.11839; zylbuaa/PIBD@bd5bd94, models/model_PIBD.py, `PIB`.
    """
    bags, count, _ = inputs.shape
    features = _encode(forward, inputs.flatten(0, 1), side, layer).unflatten(0, (bags, count))
    centres = samples(forward, layer, noise).mean(2)  # [bags, proxies, width]
    attention = F.normalize(features, dim=2) @ F.normalize(centres, dim=2).transpose(1, 2)
    forward.see(f"{side}.attention", attention.flatten(0, 1))
    by_proxy = attention.transpose(1, 2)  # [bags, proxies, tokens]

    top = top_entries(forward, f"{side}.top", by_proxy.flatten(1), selected)
    chosen = torch.gather(features, 1, (top % count)[..., None].expand(-1, -1, features.shape[2]))
    loss = None
    if positive is None:
        # Of equally frequent proxies the first.
        own = F.one_hot(top // count, by_proxy.shape[1]).sum(1).argmax(1)
    else:
        own = torch.full((bags,), positive)
        nearest = top_entries(forward, f"{side}.proxyTop", by_proxy.flatten(0, 1), selected)
        near = by_proxy.flatten(0, 1).gather(1, nearest).mean(1).unflatten(0, (bags, -1))
        others = torch.arange(by_proxy.shape[1]) != positive
        loss = forward.see(f"{side}.proxyLoss", -(near[:, positive] - near[:, others].mean(1)).mean())
    mean, deviation = proxies(forward, layer)
    return Narrowed(
        forward.see(f"{side}.tokens", chosen.flatten(0, 1)).unflatten(0, (bags, -1)),
        mean[own],
        deviation[own],
        loss,
    )


def _encode(forward: ForwardPass, tokens: Tensor, side: str, layer: str) -> Tensor:
    for number, part in enumerate(("encoder.0", "encoder.3")):
        hidden = torch.relu(forward.linear(f"{layer}.{part}", tokens, f"{side}.hidden.{number}"))
        tokens = forward.dropout(f"{side}.encoder.{number}.dropout", hidden, ENCODER_DROPOUT)
    return forward.linear(f"{layer}.encoder.6", tokens, f"{side}.features")


def top_entries(forward: ForwardPass, name: str, values: Tensor, count: int) -> Tensor:
    """Positions of the largest values of every row, largest first; replayed where the tape has them.

    Of equal values the earlier position comes first. Where a replayed order is not one of these values,
    the tap sees by how much, as `<name>.violation`.
    """
    replayed = None if forward.tape is None else forward.tape.decision(name)
    if replayed is None:
        return values.detach().sort(dim=1, descending=True, stable=True).indices[:, :count]
    taken = values.detach().gather(1, replayed)
    rises = (taken[:, 1:] - taken[:, :-1]).clamp(min=0)
    rest = values.detach().scatter(1, replayed, -torch.inf)
    missed = (rest.max(1).values - taken[:, -1]).clamp(min=0).max()
    violation = torch.cat([rises.flatten(), missed[None]]).max()
    distinct = all(len(row.unique()) == count for row in replayed)
    forward.see(f"{name}.violation", violation if distinct else torch.full_like(violation, torch.inf))
    return replayed
