"""What pandas reads in the real tables: counts and digests of every value, for the tests of the readers.

Run as `python -m concord_bridge.reference_tables FOLDER`; prints JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

COHORTS = ("blca", "brca", "hnsc", "stad")


def digest(values: Any) -> str:
    """SHA-256 of the values as float64, row after row; NaN in its usual form."""
    return hashlib.sha256(np.ascontiguousarray(values, dtype=np.float64).tobytes()).hexdigest()


def read(path: Path) -> pd.DataFrame:
    """A table with every number rounded as IEEE 754 asks for, which pandas does not do by itself."""
    compression = "zip" if path.suffix == ".zip" else None
    return pd.read_csv(path, float_precision="round_trip", compression=compression, low_memory=False)


def survival(table: pd.DataFrame, time: str, censored: str) -> dict[str, Any]:
    """Cases, events and all follow-up of a table with one row a slide, cases in sorted order."""
    first = table.groupby("case_id").first().sort_index()
    event = 1 - first[censored].astype(float)
    return {
        "cases": len(first),
        "events": int(event.sum()),
        "outcomes": digest(np.stack([first[time], event], 1)),
    }


def survpath(folder: Path, cohort: str) -> dict[str, Any]:
    """The metadata of SurvPath, its four time bins as published, and its expression where it is there."""
    table = read(folder / "metadata" / f"tcga_{cohort}.csv")
    out: dict[str, Any] = {"slides": int(table["slide_id"].nunique())}
    for name, ending in (("os", ""), ("dss", "_dss"), ("pfi", "_pfi")):
        out[name] = survival(table, f"survival_months{ending}", f"censorship{ending}")
    cases = table.groupby("case_id").first().sort_index()
    months = cases["survival_months_dss"]
    uncensored = months[cases["censorship_dss"] < 1]
    _, edges = pd.qcut(uncensored, q=4, retbins=True, labels=False)
    edges[0], edges[-1] = months.min() - 1e-6, months.max() + 1e-6
    labels = pd.cut(months, bins=edges, labels=False, right=False, include_lowest=True)
    out["edges"], out["labels"] = edges.tolist(), labels.astype(int).tolist()
    rna = folder / "raw_rna_data" / "xena" / cohort / "rna_clean.csv"
    if rna.exists():
        genes = read(rna).set_index("Unnamed: 0").sort_index()
        out["rna"] = {"cases": len(genes), "genes": genes.shape[1], "values": digest(genes)}
    return out


def porpoise(folder: Path, cohort: str) -> dict[str, Any]:
    """Outcomes and the three assays of a PORPOISE table."""
    table = read(folder / f"tcga_{cohort}_all_clean.csv.zip")
    out: dict[str, Any] = {
        "slides": int(table["slide_id"].nunique()),
        "os": survival(table, "survival_months", "censorship"),
    }
    first = table.groupby("case_id").first().sort_index()
    for assay in ("rnaseq", "cnv", "mut"):
        values = first[[name for name in table.columns if name.endswith(f"_{assay}")]]
        out[assay] = {"genes": values.shape[1], "values": digest(values)}
    return out


def features(path: Path) -> dict[str, Any]:
    """Histology features of hif2gene: every measured value, blanks as NaN."""
    table = read(path)
    table = table[table["bcr_patient_barcode"].notna()]
    values = table[[name for name in table.columns if name.endswith("_HE")]]
    return {
        "slides": len(table),
        "cases": int(table["bcr_patient_barcode"].nunique()),
        "features": values.shape[1],
        "values": digest(values),
        "os": clinical(table) if "os_time" in table.columns else None,
    }


def clinical(table: pd.DataFrame) -> dict[str, Any]:
    """Overall survival of the cases with follow-up above 0 days, in mean months."""
    first = table.groupby("bcr_patient_barcode").first().sort_index()
    first = first[(first["os_time"] > 0) & first["os"].notna()]
    months = first["os_time"] / 30.4375
    return {
        "cases": len(first),
        "events": int(first["os"].sum()),
        "outcomes": digest(np.stack([months, first["os"]], 1)),
    }


def reads(path: Path, cohort: str) -> dict[str, Any]:
    """Pathologists' reads of one cohort, with follow-up above 0 days."""
    table = read(path)
    table = table[table["cohort"] == cohort.upper()].sort_values("case_id")
    percent = table[[name for name in table.columns if name.startswith("percent_")]]
    followed = table[(table["time_days"] > 0) & table["event"].notna()]
    return {
        "cases": len(table),
        "usable": len(followed),
        "events": int(followed["event"].sum()),
        "values": digest(percent),
    }


def maps(folder: Path, tissue: tuple[int, ...]) -> dict[str, Any]:
    """Slides, cases and patches with tissue of a folder of patch maps."""
    paths = sorted(folder.glob("*.png"))
    images = [np.asarray(Image.open(path)) for path in paths]
    patches = [int((image[..., list(tissue)] > 0).any(-1).sum()) for image in images]
    kept = [path for path, count in zip(paths, patches, strict=True) if count]
    return {"slides": len(kept), "cases": len({path.name[:12] for path in kept}), "patches": sum(patches)}


def text_digest(rows: Iterable[Iterable[str]]) -> str:
    """SHA-256 of rows of text, tabs between cells and line ends between rows."""
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()


def attributes(path: Path) -> dict[str, Any]:
    """Stage, grade and subtype by case; where rows of one case differ, nothing."""
    table = pd.read_csv(path, index_col=0)
    fields = ["stage", "grade", "subtype"]
    table["stage"] = table["stage"].where(table["stage"].isin(["0", "I", "II", "III", "IV"]))
    table["grade"] = table["grade"].where(table["grade"].isin(["G1", "G2", "G3", "G4", "GX"]))
    groups = table.groupby("case_id")[fields]
    single = groups.first().where(groups.nunique() <= 1).fillna("").sort_index()
    return {
        "cases": len(single),
        "contradictions": int((groups.nunique() > 1).to_numpy().sum()),
        "values": text_digest(
            [case, *map(str, row)] for case, row in zip(single.index, single.to_numpy(), strict=True)
        ),
    }


def gene_sets(path: Path) -> str:
    """Gene sets in the order of the file, from ragged columns or from a matrix of 0 and 1."""
    if path.name.endswith("_comps.csv"):
        matrix = pd.read_csv(path, index_col=0)
        return text_digest([name, *matrix.index[matrix[name] == 1]] for name in matrix.columns)
    table = pd.read_csv(path, keep_default_na=False)
    return text_digest([name, *dict.fromkeys(gene for gene in table[name] if gene)] for name in table.columns)


def split(path: Path) -> str:
    """Training and validation cases in the order of the file."""
    table = pd.read_csv(path, index_col=0)
    return text_digest([table["train"].dropna(), table["val"].dropna()])


def texts(folder: Path) -> dict[str, Any]:
    """What the remaining files hold, by their path below the folder."""

    def every(make: Callable[[Path], Any], pattern: str) -> dict[str, Any]:
        return {path.relative_to(folder).as_posix(): make(path) for path in sorted(folder.glob(pattern))}

    return {
        "attributes": every(attributes, "*/datasets_csv/clinical_data/*.csv"),
        "sets": {
            **every(gene_sets, "survpath/datasets_csv/metadata/*signatures.csv"),
            **every(gene_sets, "survpath/datasets_csv/pathway_compositions/*.csv"),
        },
        "splits": every(split, "*/splits/*/*/*.csv"),
    }


def main(folder: Path) -> dict[str, Any]:
    """Everything, by table and cohort."""
    return {
        "survpath": {name: survpath(folder / "survpath" / "datasets_csv", name) for name in COHORTS},
        "porpoise": {name: porpoise(folder / "porpoise", name) for name in COHORTS},
        "hif2gene": {name: features(folder / "hif2gene" / f"{name}.hifs.csv") for name in ("brca", "stad")},
        "rtcga": {name: reads(folder / "rtcga" / "pathologist_slide_reads.csv", name) for name in COHORTS},
        "tilmaps": {
            "brca": maps(folder / "tilmaps" / "brca", (2,)),
            "blca": maps(folder / "tilmaps" / "blca", (0, 2)),
        },
        **texts(folder),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
