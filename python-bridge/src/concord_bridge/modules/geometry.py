"""Distances and geodesics between univariate normals (μ, σ)."""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor

from concord_bridge.modules.token_statistics import TokenStatistics

SMALLEST_DISTANCE = 1e-12
"""Below it a geodesic is its chord; keeps sinh(td) / sinh(d) defined at d = 0."""


class Geometry(Protocol):
    """A metric on (μ, σ)."""

    def squared_distances(self, a: TokenStatistics, b: TokenStatistics) -> Tensor:
        """[batch, N, M] between N and M normals, each [batch, tokens, 1]."""
        ...

    def move(self, a: TokenStatistics, b: TokenStatistics, t: Tensor) -> TokenStatistics:
        """The point at t ∈ [0, 1] of the geodesic from each of a to its partner in b."""
        ...


class Wasserstein:
    """The 2-Wasserstein geometry: Euclidean in (μ, σ)."""

    def squared_distances(self, a: TokenStatistics, b: TokenStatistics) -> Tensor:
        """(μ − ν)² + (σ − τ)²."""
        return (a.mean - b.mean.mT).square() + (a.deviation - b.deviation.mT).square()

    def move(self, a: TokenStatistics, b: TokenStatistics, t: Tensor) -> TokenStatistics:
        """Straight lines."""
        return TokenStatistics((1 - t) * a.mean + t * b.mean, (1 - t) * a.deviation + t * b.deviation)


class FisherRao:
    """The Fisher–Rao geometry: the hyperbolic half-plane x = μ/√2, y = σ, lengths times √2.

    A geodesic is linear in the coordinates (1/y, x/y) of the hyperboloid, which have no cancellation.
    """

    def squared_distances(self, a: TokenStatistics, b: TokenStatistics) -> Tensor:
        """Twice the squared half-plane distance."""
        return 2 * _half_plane_distance(a.mean, a.deviation, b.mean.mT, b.deviation.mT).square()

    def move(self, a: TokenStatistics, b: TokenStatistics, t: Tensor) -> TokenStatistics:
        """Hyperbolic interpolation."""
        d = _half_plane_distance(a.mean, a.deviation, b.mean, b.deviation).clamp(min=SMALLEST_DISTANCE)
        from_a = torch.sinh((1 - t) * d) / torch.sinh(d)
        from_b = torch.sinh(t * d) / torch.sinh(d)
        deviation = 1 / (from_a / a.deviation + from_b / b.deviation)
        mean = deviation * (from_a * a.mean / a.deviation + from_b * b.mean / b.deviation)
        return TokenStatistics(mean, deviation)


def _half_plane_distance(mean_a: Tensor, y_a: Tensor, mean_b: Tensor, y_b: Tensor) -> Tensor:
    chord = ((mean_a - mean_b) / math.sqrt(2)).square() + (y_a - y_b).square()
    return 2 * torch.asinh((chord / (4 * y_a * y_b)).sqrt())
