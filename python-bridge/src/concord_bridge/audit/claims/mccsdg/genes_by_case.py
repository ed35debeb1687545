"""D8: whose genes a case gets."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding
from concord_bridge.audit.survival_tables import genes_by_case

CLAIM = Claim(
    sentence="A case is given its own genes, in the modality that the model uses.",
    kind="data",
    source="HopkinsKwong/MCCSDG@48d5410, datasets/dataset_survival.py, lines of .iloc[idx]",
    recorded="fails",
    meaning=(
        "In the released split 1 of 338 BLCA cases and 0 of 300 STAD cases keep their own genes. Labels "
        "and slides follow the table of cases, genes the row of the same number in the gene table, which "
        "is sorted otherwise. Anything learned from genes in these modalities is learned from other "
        "patients' genes. It could be checked on the xena tables of BLCA and STAD only: the combine and "
        "hallmarks tables, on which published figures rest, are not in the public snapshots used here, "
        "and if their rows are sorted as the case table is, the figures are untouched. The modalities "
        "with genes alone look the row up by case and are right."
    ),
    reads=(
        "MCCSDG/datasets/dataset_survival.py",
        "MCCSDG/datasets_csv/raw_rna_data/xena/blca/rna_clean.csv",
        "MCCSDG/datasets_csv/raw_rna_data/xena/stad/rna_clean.csv",
        "MCCSDG/splits/cv/tcga_blca/splits_0.csv",
        "MCCSDG/splits/cv/tcga_stad/splits_0.csv",
    ),
    register=("D8",),
    packages=("scikit-learn",),
)

SPLITS = ("splits/cv/tcga_{}/splits_0.csv",)


def check(at: Checkouts) -> Finding:
    """Ask the published dataset for every case, and find whose genes came."""
    return genes_by_case(at, "MCCSDG", SPLITS)
