"""D8: whose genes a case gets."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding
from concord_bridge.audit.survival_tables import genes_by_case

CLAIM = Claim(
    sentence="A case is given its own genes, in the modality that the model uses.",
    kind="data",
    source="mahmoodlab/SurvPath@3f73ddd, datasets/dataset_survival.py, lines 715–729",
    recorded="fails",
    meaning=(
        "Over the five folds few cases keep their own genes. Labels and slides follow the table of cases, "
        "genes the row of the same number in the gene table, which is sorted otherwise. Anything learned "
        "from genes in these modalities is learned from other patients' genes. It could be checked on the "
        "xena tables of BLCA and STAD only: the combine and hallmarks tables, on which published figures "
        "rest, are not in the public snapshots used here, and if their rows are sorted as the case table "
        "is, the figures are untouched. The modalities with genes alone look the row up by case and are "
        "right."
    ),
    reads=(
        "SurvPath/datasets/dataset_survival.py",
        "SurvPath/datasets_csv/raw_rna_data/xena/blca/rna_clean.csv",
        "SurvPath/datasets_csv/raw_rna_data/xena/stad/rna_clean.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_4.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_4.csv",
    ),
    register=("D8",),
    packages=("scikit-learn",),
)

SPLITS = tuple(f"splits/5foldcv/tcga_{{}}/splits_{fold}.csv" for fold in range(5))


def check(at: Checkouts) -> Finding:
    """Ask the published dataset for every case, and find whose genes came."""
    return genes_by_case(at, "SurvPath", SPLITS)
