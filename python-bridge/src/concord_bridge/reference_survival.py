"""Random cohorts with ties and heavy censoring, and what scikit-survival and lifelines make of them.

Run as `python -m concord_bridge.reference_survival COUNT SEED`; prints one JSON object a line. A statistic
that raises is null.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from lifelines.utils import concordance_index
from sksurv.compare import compare_survival
from sksurv.metrics import (
    brier_score,
    concordance_index_censored,
    concordance_index_ipcw,
    cumulative_dynamic_auc,
    integrated_brier_score,
)
from sksurv.nonparametric import kaplan_meier_estimator
from sksurv.util import Surv


def attempt(statistic: Callable[[], Any]) -> Any:
    """The statistic, or null where it does not exist: both libraries raise many kinds of errors."""
    try:
        value = statistic()
    except (ValueError, ZeroDivisionError, ArithmeticError, np.linalg.LinAlgError):
        return None
    flat = np.asarray(value, dtype=float)
    return flat.tolist() if np.isfinite(flat).all() else None


def cohort(rng: np.random.Generator, cases: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, events and risks: on a coarse grid half of the time, so that ties abound."""
    times = rng.exponential(10, cases) + 0.01
    risks = rng.normal(size=cases)
    if rng.random() < 0.5:
        times = np.ceil(times)
    if rng.random() < 0.5:
        risks = np.round(risks * 2) / 2
    events = rng.random(cases) < rng.choice([0.1, 0.4, 0.9])
    return times, events, risks


def statistics(rng: np.random.Generator) -> dict[str, Any]:
    """One cohort to train on, one to test on, and every statistic."""
    train_times, train_events, _ = cohort(rng, int(rng.integers(4, 40)))
    times, events, risks = cohort(rng, int(rng.integers(2, 40)))
    groups = rng.integers(0, int(rng.integers(2, 4)), len(times))
    train, test = Surv.from_arrays(train_events, train_times), Surv.from_arrays(events, times)
    tau = float(np.quantile(times, 0.8))
    grid = np.unique(np.quantile(times, [0.2, 0.4, 0.6]))
    curves = np.clip(np.linspace(0.9, 0.3, len(grid))[None] - 0.05 * risks[:, None], 0, 1)
    return {
        "train": {"times": train_times.tolist(), "events": train_events.tolist()},
        "test": {"times": times.tolist(), "events": events.tolist()},
        "risks": risks.tolist(),
        "groups": groups.tolist(),
        "tau": tau,
        "grid": grid.tolist(),
        "curves": curves.tolist(),
        "harrell": attempt(lambda: concordance_index_censored(events, times, risks)),
        "lifelines": attempt(lambda: concordance_index(times, -risks, events)),
        "uno": attempt(lambda: concordance_index_ipcw(train, test, risks, tau)[0]),
        "brier": attempt(lambda: brier_score(train, test, curves, grid)[1]),
        "ibs": attempt(lambda: integrated_brier_score(train, test, curves, grid)),
        "auc": attempt(lambda: flat_auc(train, test, risks, grid)),
        "kaplanMeier": attempt(lambda: kaplan_meier(times, events)),
        "logRank": attempt(lambda: compare_survival(test, groups)),
    }


def flat_auc(train: np.ndarray, test: np.ndarray, risks: np.ndarray, grid: np.ndarray) -> list[float]:
    """AUC at each time, and their mean at the end."""
    values, mean = cumulative_dynamic_auc(train, test, risks, grid)
    return [*values, mean]


def kaplan_meier(times: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Survival, lower and upper band at each distinct time."""
    _, survival, band = kaplan_meier_estimator(events, times, conf_type="log-log")
    return np.stack([survival, *band])


def main(count: int, seed: int) -> None:
    """Write `count` cohorts."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(seed)
    for _ in range(count):
        print(json.dumps(statistics(rng)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
