"""D9: the filter for ductal carcinoma."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.survival_tables import UNUSED

CLAIM = Claim(
    sentence="For breast cancer only the IDC subtype is used, as the comment on the filter says.",
    kind="data",
    source="mahmoodlab/SurvPath@3f73ddd, datasets/dataset_survival.py, lines 230–231",
    recorded="fails",
    meaning=(
        "The test looks for the word among the row numbers of the column instead of its values, so it is "
        "never true and lobular cases stay. The same line stands in MCAT, PORPOISE, MOTCat, CMTA and "
        "PIBD; a cohort described as IDC is in fact IDC and ILC."
    ),
    reads=("SurvPath/datasets/dataset_survival.py", "SurvPath/datasets_csv/metadata/tcga_brca.csv"),
    register=("D9",),
    packages=("scikit-learn",),
)


def check(at: Checkouts) -> Finding:
    """Run the published cleaning on the published BRCA table and count the subtypes before and after."""
    factory_class = at.load(CLAIM.reads[0], unused=UNUSED).SurvivalDatasetFactory
    factory = factory_class.__new__(factory_class)
    factory.label_data = pd.read_csv(at.path(CLAIM.reads[1]))
    factory.censorship_var = "censorship_dss"
    before = Counter(factory.label_data.drop_duplicates("case_id")["oncotree_code"])
    factory._clean_label_data()
    after = Counter(factory.patients_df["oncotree_code"])
    rows = [(code, before[code], after[code]) for code in sorted(before)]
    return decide(
        set(after) == {"IDC"},
        "only IDC cases are left",
        "every case is left",
        table("cases of each subtype", ("subtype", "in the table", "after cleaning"), rows),
    )
