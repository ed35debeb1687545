"""Models without a deep network that a statistician would ask for, by scikit-survival."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from sklearn.decomposition import PCA
from sksurv.ensemble import RandomSurvivalForest
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.util import Surv

from concord_bridge.methods import method

Floats = NDArray[np.float64]

COMPONENTS = 50
"""Principal components of ridge Cox; fewer cases have fewer."""

RIDGE = 100.0
"""Penalty of ridge Cox."""

TREES = 200


def ridge_cox(
    training: Floats, outcome: Any, features: Floats, seed: int, *slides: Floats
) -> tuple[Floats, int]:
    """Cox with an L2 penalty on the principal components of the training cases.

    Slides, of the training cases and of the others, have components of their own. Their columns are
    standardised, and scaled so that they vary in all as much as genes do: the penalty is the same for both.
    """
    blocks = [_components(training, features)]
    if slides:
        blocks.append(_components(*_as_varied_as(training, *slides)))
    fitted, told = (np.hstack(side) for side in zip(*blocks, strict=True))
    model = CoxPHSurvivalAnalysis(alpha=RIDGE).fit(fitted, outcome)
    return model.predict(told), fitted.shape[1]


def _components(training: Floats, features: Floats) -> tuple[Floats, Floats]:
    count = min(COMPONENTS, training.shape[0] - 1, training.shape[1])
    pca = PCA(count, svd_solver="full").fit(training)
    return pca.transform(training), pca.transform(features)


def _as_varied_as(genes: Floats, training: Floats, slides: Floats) -> tuple[Floats, Floats]:
    mean, spread = training.mean(axis=0), training.std(axis=0)
    varies = spread > 0
    if not varies.any():
        raise ValueError("no feature of the slides varies among the training cases")
    scale = np.sqrt(genes.var(axis=0).sum() / varies.sum()) / spread[varies]
    return (training - mean)[:, varies] * scale, (slides - mean)[:, varies] * scale


def random_survival_forest(training: Floats, outcome: Any, features: Floats, seed: int) -> tuple[Floats, int]:
    """A forest on all genes; leaves of a twentieth of the cases, from 3 to 15."""
    leaf = max(3, min(15, len(training) // 20))
    forest = RandomSurvivalForest(
        TREES, min_samples_leaf=leaf, max_features="sqrt", random_state=seed, n_jobs=1
    )
    forest.fit(training, outcome)
    return forest.predict(features), sum(tree.tree_.node_count for tree in forest.estimators_)


def stage_age(training: Floats, outcome: Any, features: Floats, seed: int) -> tuple[Floats, int]:
    """Cox on age and stage; what is unknown is the training cases' mean."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column that no case has
        mean, spread = np.nanmean(training, axis=0), np.nanstd(training, axis=0)
    known = np.isfinite(mean) & (spread > 0)
    if not known.any():
        raise ValueError("neither age nor stage varies among the training cases")

    def scaled(values: Floats) -> Floats:
        filled: Floats = np.nan_to_num((values[:, known] - mean[known]) / spread[known], nan=0.0)
        return filled

    model = CoxPHSurvivalAnalysis(alpha=0.1).fit(scaled(training), outcome)
    return model.predict(scaled(features)), int(known.sum())


PEERS: dict[str, Callable[..., tuple[Floats, int]]] = {
    "ridge-cox": ridge_cox,
    "ridge-cox-both": ridge_cox,
    "random-survival-forest": random_survival_forest,
    "stage-age": stage_age,
}


@method("peers.fit")
def fit_peer(params: dict[str, Any]) -> dict[str, Any]:
    """Fit on the training cases of a file; the risk of each other case, and how many numbers it has."""
    file = load_file(params["file"])
    outcome = Surv.from_arrays(file["training.events"].astype(bool), file["training.months"])
    fit = PEERS[params["peer"]]
    slides = [file[name] for name in ("training.slides", "slides") if name in file]
    risks, parameters = fit(file["training.features"], outcome, file["features"], params["seed"], *slides)
    return {"risks": [float(risk) for risk in risks], "parameters": parameters}
