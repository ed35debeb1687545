"""Mean and standard deviation of each token over its channels."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class TokenStatistics(NamedTuple):
    """Statistics [batch, tokens, 1], constants to the gradient."""

    mean: Tensor
    deviation: Tensor


def token_statistics(tokens: Tensor, eps: float = 1e-6) -> TokenStatistics:
    """μ and σ = sqrt(unbiased variance + eps) of tokens [batch, tokens, width]."""
    values = tokens.detach()
    return TokenStatistics(values.mean(2, keepdim=True), (values.var(2, keepdim=True) + eps).sqrt())


def restyle(tokens: Tensor, own: TokenStatistics, target: TokenStatistics) -> Tensor:
    """Give each token other statistics: (f − μ) / σ · σ' + μ'."""
    return (tokens - own.mean) / own.deviation * target.deviation + target.mean


def flat(statistic: Tensor) -> Tensor:
    """A statistic as taps show it: [tokens], or [batch, tokens] for more than one case."""
    return statistic[..., 0].squeeze(0)
