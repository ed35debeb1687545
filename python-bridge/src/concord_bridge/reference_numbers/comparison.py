"""Reference numbers for comparisons of methods, from scipy and from the formulas in numpy.

Run `python -m concord_bridge.reference_numbers.comparison DIRECTORY`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from scipy import stats

from concord_bridge.reference_numbers.write import write

SEED = 20260301


def corrected_case(rng: np.random.Generator, count: int, folds: int) -> dict[str, Any]:
    """Nadeau and Bengio's test: scipy's one-sample test with the variance of its mean raised."""
    differences = rng.normal(0.01, 0.03, count)
    share = 1 / (folds - 1)
    ordinary = stats.ttest_1samp(differences, 0)
    t = float(ordinary.statistic) * (1 / count) ** 0.5 / (1 / count + share) ** 0.5
    error = differences.std(ddof=1) * (1 / count + share) ** 0.5
    lower, upper = stats.t.interval(0.95, count - 1, differences.mean(), error)
    return {
        "differences": differences.tolist(),
        "testShare": share,
        "t": t,
        "p": float(2 * stats.t.sf(abs(t), count - 1)),
        "interval": [float(lower), float(upper)],
    }


def paired_case(rng: np.random.Generator, cases: int, runs: int, folds: int) -> dict[str, Any]:
    """Two variances added, as scipy's test of two samples of unequal variance adds and counts them."""
    values, share = rng.normal(0.01, 0.02, runs), 1 / (folds - 1)
    case_deviation, difference = float(rng.uniform(0.005, 0.02)), float(rng.normal(0, 0.03))
    training = float(values.std(ddof=1) * (1 / runs + share) ** 0.5)
    # Of n values a sample's mean has the variance deviation ** 2 / n.
    welch = stats.ttest_ind_from_stats(
        difference, case_deviation * cases**0.5, cases, 0, training * runs**0.5, runs, equal_var=False
    )
    return {
        "parts": {
            "difference": difference,
            "caseDeviation": case_deviation,
            "cases": cases,
            "events": cases // 3,
            "trainings": [{"share": 1, "runs": values.tolist()}],
            "testShare": share,
        },
        "trainingDeviation": training,
        "p": float(welch.pvalue),
    }


def friedman_case(rng: np.random.Generator, sets: int, methods: int) -> dict[str, Any]:
    """Friedman's test and Nemenyi's critical difference; without ties, for which scipy corrects."""
    scores = rng.normal(size=(sets, methods)) + np.linspace(0, 0.8, methods)
    friedman = stats.friedmanchisquare(*scores.T)
    studentised = float(stats.studentized_range.ppf(0.95, methods, np.inf)) / 2**0.5
    return {
        "scores": scores.tolist(),
        "meanRanks": stats.rankdata(-scores, axis=1).mean(0).tolist(),
        "statistic": float(friedman.statistic),
        "p": float(friedman.pvalue),
        "difference": studentised * (methods * (methods + 1) / (6 * sets)) ** 0.5,
    }


def main(directory: Path) -> None:
    """Write comparison.json."""
    rng = np.random.default_rng(SEED)
    content = {
        "maker": "python -m concord_bridge.reference_numbers.comparison",
        "scipy": scipy.__version__,
        "seed": SEED,
        "corrected": [corrected_case(rng, count, folds) for count, folds in [(5, 5), (15, 5), (25, 3)]],
        "paired": [paired_case(rng, *sizes) for sizes in [(120, 15, 5), (400, 5, 5), (60, 10, 2)]],
        "friedman": [friedman_case(rng, sets, methods) for sets, methods in [(12, 3), (12, 7), (4, 15)]],
    }
    write(directory / "comparison.json", content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
