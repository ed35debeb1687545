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
        "FT-ZHOU-ZZZ/CMTA@31340f6, datasets/dataset_survival.py, the line that takes the first twelve "
        "columns as metadata"
    ),
    recorded="holds",
    meaning=(
        "The class takes the first twelve columns as metadata, as MCAT's does. The table that is here, of "
        "UCEC, has one column of the case less than MCAT's tables, so no such column is left among the "
        "features; a gene is lost to the metadata instead. Tables of the other cohorts are not in the "
        "snapshot used here, and with a column more they would behave as MCAT's do."
    ),
    reads=("CMTA/datasets/dataset_survival.py", "CMTA/csv/tcga_ucec_all_clean.zip"),
    register=("D19",),
)


def check(at: Checkouts) -> Finding:
    """Make the gene features through the published class, and list columns that are no gene's."""
    rows = []
    for path in CLAIM.reads[1:]:
        split = gene_split(at, CLAIM.reads[0], path.partition("/")[2], mode="modal")
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
