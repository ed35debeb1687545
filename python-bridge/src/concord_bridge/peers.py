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


def ridge_cox(training: Floats, outcome: Any, features: Floats, seed: int) -> tuple[Floats, int]:
    """Cox with an L2 penalty on the principal components of the training cases."""
    components = min(COMPONENTS, training.shape[0] - 1, training.shape[1])
    pca = PCA(components, svd_solver="full").fit(training)
    model = CoxPHSurvivalAnalysis(alpha=RIDGE).fit(pca.transform(training), outcome)
    return model.predict(pca.transform(features)), components


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


PEERS: dict[str, Callable[[Floats, Any, Floats, int], tuple[Floats, int]]] = {
    "ridge-cox": ridge_cox,
    "random-survival-forest": random_survival_forest,
    "stage-age": stage_age,
}


@method("peers.fit")
def fit_peer(params: dict[str, Any]) -> dict[str, Any]:
    """Fit on the training cases of a file; the risk of each other case, and how many numbers it has."""
    file = load_file(params["file"])
    outcome = Surv.from_arrays(file["training.events"].astype(bool), file["training.months"])
    fit = PEERS[params["peer"]]
    risks, parameters = fit(file["training.features"], outcome, file["features"], params["seed"])
    return {"risks": [float(risk) for risk in risks], "parameters": parameters}
