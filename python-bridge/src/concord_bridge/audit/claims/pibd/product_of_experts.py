"""D25: what the product of experts multiplies."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.published.on_cpu import cuda_stays_here

CLAIM = Claim(
    sentence=(
        "The product of experts combines two Gaussians by their variances and samples with a standard "
        "deviation."
    ),
    kind="code",
    source="zylbuaa/PIBD@bd5bd94, models/model_PIBD.py, lines 49–69",
    recorded="fails",
    meaning=(
        "It is given standard deviations and uses them as variances, and the variance that comes out "
        "scales the noise. The mean is then weighted less sharply than in the formula. It is a choice in "
        "effect, and has to be kept to repeat the figures."
    ),
    reads=("PIBD/models/model_PIBD.py",),
    register=("D25",),
)

MEANS, SPREADS = (0.0, 4.0), (1.0, 3.0)


def check(at: Checkouts) -> Finding:
    """Combine N(0, 1²) and N(4, 3²) with equal weights, as the model calls it, with many samples."""
    poe = at.load(CLAIM.reads[0]).PoE(modality_num=2, sample_num=200_000).eval()
    with cuda_stays_here(), torch.no_grad():
        sample = poe([torch.full((1, 1), one) for one in MEANS], [torch.full((1, 1), one) for one in SPREADS])
    precisions = [0.5 / spread**2 for spread in SPREADS]
    mean = sum(m * p for m, p in zip(MEANS, precisions, strict=True)) / sum(precisions)
    spread = sum(precisions) ** -0.5
    found = float(sample.mean()), float(sample.std())
    return decide(
        abs(found[0] - mean) < 0.02 and abs(found[1] - spread) < 0.02,
        "mean and spread are those of the formula",
        "mean and spread are others",
        table(
            "the combined Gaussian",
            ("", "mean", "standard deviation"),
            [("by the formula", mean, spread), ("as coded", *found)],
        ),
    )
