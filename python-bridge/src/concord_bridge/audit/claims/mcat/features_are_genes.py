"""D19: what the gene features hold."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.gene_tables import CASE_COLUMNS, gene_split

CLAIM = Claim(
    sentence="The gene features hold genes only.",
    kind="data",
    source=(
        "mahmoodlab/MCAT@b9cca63, datasets/dataset_survival.py, the line that takes the first twelve "
        "columns as metadata"
    ),
    recorded="fails",
    meaning=(
        "Metadata are taken to be the first twelve columns after two were moved to the front, which is "
        "one too few or too many. A flag of the split or the censoring flag itself becomes a feature, and "
        "a gene is lost. Modes that feed all features to the network see it; the mode coattn picks its "
        "genes by their endings and does not."
    ),
    reads=(
        "MCAT/datasets/dataset_survival.py",
        "MCAT/datasets_csv_sig/tcga_blca_all_clean.csv.zip",
        "MCAT/datasets_csv_sig/tcga_luad_all_clean.csv.zip",
        "MCAT/datasets_csv_sig/tcga_ucec_all_clean.csv.zip",
    ),
    register=("D19",),
)


def check(at: Checkouts) -> Finding:
    """Make the gene features through the published class, and list columns that are no gene's."""
    rows = []
    for path in CLAIM.reads[1:]:
        split = gene_split(at, CLAIM.reads[0], path.partition("/")[2])
        strange = [name for name in split.genomic_features.columns if name in CASE_COLUMNS]
        genes = [name for name in split.metadata if name not in CASE_COLUMNS]
        cohort = path.rsplit("tcga_", 1)[1].split("_")[0]
        rows.append((cohort, split.genomic_features.shape[1], ", ".join(strange), ", ".join(genes)))
    return decide(
        not any(row[2] for row in rows),
        "every feature is a gene's",
        "a column of the case table is among the features",
        table("features", ("cohort", "features", "that are no gene's", "genes among the metadata"), rows),
    )
