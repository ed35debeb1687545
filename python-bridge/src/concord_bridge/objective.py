"""What a training step minimises: the survival loss of a batch, a backbone's own terms, penalties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Output
from concord_bridge.bags import Tap
from concord_bridge.cox_partial_likelihood import cox_partial_likelihood
from concord_bridge.cross_entropy_survival import cross_entropy_survival
from concord_bridge.loss import nll_survival, predict_survival
from concord_bridge.survival_ranking import survival_ranking

OF_LOG_RISKS = ("cox", "ranking")
"""Losses of models whose single output is a log-risk; the others have a hazard for each bin."""


class Outcome(NamedTuple):
    """When a case's event or censoring fell."""

    bin: int
    censored: int
    """1 where the event was not observed."""
    months: float = float("nan")
    """Needed by losses that compare times."""


@dataclass(frozen=True)
class Protocol:
    """How a model is trained, as TypeScript says it."""

    optimizer: Mapping[str, Any]
    loss: Mapping[str, Any]
    batch: int
    """Cases of one loss."""
    accumulate: int
    """Losses, each divided by this number, whose gradients are added up before a step."""
    l1: Mapping[str, Any] | None = None
    """`lambda`, and the `prefixes` of the names of the weights whose absolute values it multiplies."""

    @staticmethod
    def of(params: Mapping[str, Any]) -> Protocol:
        """From the form in which TypeScript sends it."""
        return Protocol(
            params["optimizer"], params["loss"], params["batch"], params["accumulate"], params.get("l1")
        )

    def batches(self, step: int) -> list[range]:
        """Numbers of the forward passes of a step, counted through the training, batch by batch."""
        first = step * self.accumulate
        return [range(b * self.batch, (b + 1) * self.batch) for b in range(first, first + self.accumulate)]


def survival_loss(spec: Mapping[str, Any], logits: Tensor, outcomes: Sequence[Outcome]) -> Tensor:
    """The survival loss of a batch.

    Args:
        spec: `name` and options of the loss.
        logits: [cases, bins] hazard logits, or [cases, 1] log-risks.
        outcomes: one for each case.

    Raises:
        ValueError: for a name that is not known.
    """
    censored = torch.tensor([outcome.censored for outcome in outcomes])
    if spec["name"] in OF_LOG_RISKS:
        months = torch.tensor([outcome.months for outcome in outcomes], dtype=torch.float64)
        if spec["name"] == "cox":
            return cox_partial_likelihood(logits, months, censored, spec["ties"], spec["dividedBy"])
        return survival_ranking(logits, months, censored, spec["phi"], spec["reduction"])
    losses = {"nll": nll_survival, "crossEntropy": cross_entropy_survival}
    if spec["name"] not in losses:
        raise ValueError(f"unknown loss {spec['name']!r}; there are: {', '.join((*losses, *OF_LOG_RISKS))}")
    bins = torch.tensor([outcome.bin for outcome in outcomes])
    total = losses[spec["name"]](logits, bins, censored, spec["alpha"], spec["eps"])
    return total / len(outcomes) if spec["reduction"] == "mean" else total


def predict(spec: Mapping[str, Any], logits: Tensor) -> dict[str, Tensor]:
    """What a model says of its cases: hazard, survival and risk; from log-risks the risk alone, exp η."""
    if spec["name"] in OF_LOG_RISKS:
        return {"risk": logits[:, 0].exp()}
    return predict_survival(logits)._asdict()


def objective(
    likelihood: Tensor,
    outputs: Sequence[Output],
    coupled: Tensor | None,
    prediction: Mapping[str, Tensor],
    tap: Tap,
) -> Tensor:
    """The loss of a batch with the backbone's own terms; the tap sees them and the first prediction."""
    for name, tensor in prediction.items():
        tap(name, tensor)
    tap("likelihood", likelihood)
    loss = likelihood
    own = [output.auxiliary for output in outputs if output.auxiliary is not None]
    if own:
        auxiliary = torch.stack(own).sum()
        tap("auxiliary", auxiliary)
        loss = loss + auxiliary
    if coupled is not None:
        tap("coupled", coupled)
        loss = loss + coupled
    return loss


def l1_penalty(l1: Mapping[str, Any] | None, weights: Mapping[str, Tensor]) -> Tensor | None:
    """λ times the absolute values of the weights whose names begin so."""
    if l1 is None:
        return None
    chosen = [
        weight.abs().sum() for name, weight in weights.items() if name.startswith(tuple(l1["prefixes"]))
    ]
    return l1["lambda"] * torch.stack(chosen).sum()
