"""Random and real cohorts, and what scikit-survival and lifelines make of them.

Run as `python -m concord_bridge.reference_survival COUNT SEED [PORPOISE]`; prints one JSON object a line:
COUNT random cohorts with ties and heavy censoring, of every ten one without an event, one with a single event
and one of two patients; then the cohorts whose tables lie in the folder PORPOISE, each with genes for risks.
A statistic that raises is null.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
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


Cohort = tuple[np.ndarray, np.ndarray, np.ndarray]


def cohort(rng: np.random.Generator, cases: int) -> Cohort:
    """Times, events and risks: on a coarse grid half of the time, so that ties abound."""
    times = rng.exponential(10, cases) + 0.01
    risks = rng.normal(size=cases)
    if rng.random() < 0.5:
        times = np.ceil(times)
    if rng.random() < 0.5:
        risks = np.round(risks * 2) / 2
    events = rng.random(cases) < rng.choice([0.1, 0.4, 0.9])
    return times, events, risks


def random_cohorts(rng: np.random.Generator, count: int) -> Iterator[tuple[Cohort, Cohort]]:
    """One cohort to train on and one to test on, the hard kinds of the latter in turn."""
    for i in range(count):
        train = cohort(rng, int(rng.integers(4, 40)))
        times, events, risks = cohort(rng, 2 if i % 10 == 2 else int(rng.integers(2, 40)))
        if i % 10 == 0:
            events[:] = False
        if i % 10 == 1:
            events[:] = np.arange(len(events)) == rng.integers(len(events))
        yield train, (times, events, risks)


def real_cohorts(folder: Path) -> Iterator[tuple[Cohort, Cohort]]:
    """Each cohort's own cases to train and to test on, with every two-hundredth gene for a risk."""
    for name in ("blca", "brca", "hnsc", "stad"):
        table = pd.read_csv(folder / f"tcga_{name}_all_clean.csv.zip", low_memory=False)
        table = table.drop_duplicates("case_id").dropna(subset=["survival_months", "censorship"])
        times, events = table["survival_months"].to_numpy(float), table["censorship"].to_numpy() == 0
        for gene in [column for column in table if column.endswith("_rnaseq")][::200]:
            one = times, events, table[gene].to_numpy(float)
            yield one, one


def statistics(train_cohort: Cohort, test_cohort: Cohort, groups: np.ndarray) -> dict[str, Any]:
    """Every statistic of the cases to test on, and what it was computed of."""
    train_times, train_events, _ = train_cohort
    times, events, risks = test_cohort
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
        "restrictedMean": attempt(lambda: restricted_mean(times, events, tau)),
        "logRank": attempt(lambda: compare_survival(test, groups)),
    }


def restricted_mean(times: np.ndarray, events: np.ndarray, tau: float) -> float:
    """Area under scikit-survival's steps up to tau."""
    at, survival = kaplan_meier_estimator(events, times)
    edges = np.concatenate([[0.0], at[at < tau], [tau]])
    return float(np.diff(edges) @ np.concatenate([[1.0], survival[at < tau]]))


def flat_auc(train: np.ndarray, test: np.ndarray, risks: np.ndarray, grid: np.ndarray) -> list[float]:
    """AUC at each time, and their mean at the end."""
    values, mean = cumulative_dynamic_auc(train, test, risks, grid)
    return [*values, mean]


def kaplan_meier(times: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Survival, lower and upper band at each distinct time."""
    _, survival, band = kaplan_meier_estimator(events, times, conf_type="log-log")
    return np.stack([survival, *band])


def main(count: int, seed: int, porpoise: str | None = None) -> None:
    """Write `count` cohorts, and the real ones."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(seed)
    for train, test in random_cohorts(rng, count):
        groups = rng.integers(0, int(rng.integers(2, 4)), len(test[0]))
        print(json.dumps(statistics(train, test, groups)))
    for train, test in real_cohorts(Path(porpoise)) if porpoise else ():
        groups = (test[2] > np.median(test[2])).astype(int)
        print(json.dumps(statistics(train, test, groups)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
