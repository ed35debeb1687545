"""MCAT's table, recomputed."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, cannot, decide, table

CLAIM = Claim(
    sentence=(
        "The mean C-index of the five folds is .624 (BLCA), .580 (BRCA), .817 (GBMLGG), .620 (LUAD) and "
        ".622 (UCEC)."
    ),
    kind="result",
    source="the paper's main table; mahmoodlab/MCAT@b9cca63, results/ICCV",
    recorded="holds",
    meaning=(
        "The released risks of cases give the published figures. It confirms the evaluation, not the "
        "training that made the risks."
    ),
    reads=(
        "MCAT/results/ICCV/MCATsm_nll_surv_a0.0_5foldcv_gc32_concat/tcga_blca_MCATsm_nll_surv_a0.0_5foldcv_gc32_concat_s1/split_latest_val_0_results.pkl",
        "MCAT/results/ICCV/MCATsm_nll_surv_a0.0_5foldcv_gc32_concat/tcga_brca_MCATsm_nll_surv_a0.0_5foldcv_gc32_concat_s1/split_latest_val_0_results.pkl",
        "MCAT/results/ICCV/MCATsm_nll_surv_a0.0_5foldcv_gc32_concat/tcga_gbmlgg_MCATsm_nll_surv_a0.0_5foldcv_gc32_concat_s1/split_latest_val_0_results.pkl",
        "MCAT/results/ICCV/MCATsm_nll_surv_a0.0_5foldcv_gc32_concat/tcga_luad_MCATsm_nll_surv_a0.0_5foldcv_gc32_concat_s1/split_latest_val_0_results.pkl",
        "MCAT/results/ICCV/MCATsm_nll_surv_a0.0_5foldcv_gc32_concat/tcga_ucec_MCATsm_nll_surv_a0.0_5foldcv_gc32_concat_s1/split_latest_val_0_results.pkl",
    ),
    packages=("scikit-survival",),
)

PUBLISHED = {"blca": 0.624, "brca": 0.580, "gbmlgg": 0.817, "luad": 0.620, "ucec": 0.622}
FOLDER = "MCAT/results/ICCV/MCATsm_nll_surv_a0.0_5foldcv_gc32_concat"
RUN = "tcga_{}_MCATsm_nll_surv_a0.0_5foldcv_gc32_concat_s1"


class Numbers(pickle.Unpickler):
    """Reads arrays and nothing that could run code."""

    def find_class(self, module: str, name: str) -> Any:
        """NumPy's own makers of arrays."""
        if module.startswith("numpy") and name in ("ndarray", "dtype", "_reconstruct", "scalar"):
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        raise pickle.UnpicklingError(f"{module}.{name} is no array")


def check(at: Checkouts) -> Finding:
    """Concordance of the released risks of each fold, with scikit-survival."""
    from sksurv.metrics import concordance_index_censored

    rows = []
    for cohort, published in PUBLISHED.items():
        folds = []
        for fold in range(5):
            path = at.path(f"{FOLDER}/{RUN.format(cohort)}/split_latest_val_{fold}_results.pkl")
            if not path.exists():
                return cannot(f"the released risks of {cohort} are not in the checkout")
            with path.open("rb") as file:
                cases = Numbers(file).load().values()
            risk, time, censored = (
                np.array([float(np.squeeze(case[key])) for case in cases])
                for key in ("risk", "survival", "censorship")
            )
            folds.append(concordance_index_censored(censored < 0.5, time, risk, tied_tol=1e-8)[0])
        rows.append((cohort, published, float(np.mean(folds)), float(np.std(folds))))
    return decide(
        all(abs(row[1] - row[2]) < 0.0006 for row in rows),
        "the released risks give the published means",
        "they give other means",
        table("C-index", ("cohort", "published", "mean of five folds", "standard deviation"), rows),
    )
