"""The real multimodal settings, put together by pandas alone: who is in, and every value of genes and bags.

Run as `python -m concord_bridge.reference_files.settings TABLES OUT`; prints JSON. Values that arithmetic
makes (scaled histology features) are written to `OUT/<setting>.f32`, values that are only read are digested.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from concord_bridge.reference_tables import COHORTS, digest, read

Array = NDArray[np.float32]
# Channels of lymphocytes and tumour, and those of which one is above 0 where there is tissue.
MAPS = {"brca": (0, 1, (2,)), "blca": (0, 2, (0, 2))}
READS = [
    f"percent_{name}"
    for name in [
        "tumor_cells",
        "tumor_nuclei",
        "normal_cells",
        "stromal_cells",
        "necrosis",
        "lymphocyte_infiltration",
        "monocyte_infiltration",
        "neutrophil_infiltration",
    ]
]


def porpoise(tables: Path, cohort: str) -> pd.DataFrame:
    """One row a slide, of cases with follow-up above 0 months and a status."""
    table = read(tables / "porpoise" / f"tcga_{cohort}_all_clean.csv.zip")
    return table[(table["survival_months"] > 0) & table["censorship"].notna()]


def published_bins(months: pd.Series, event: pd.Series, bins: int = 4) -> tuple[list[float], list[int]]:
    """Quartiles of the observed events, ends widened by 1e-6; the bin of each case."""
    _, edges = pd.qcut(months[event == 1], q=bins, retbins=True, labels=False)
    edges[0], edges[-1] = months.min() - 1e-6, months.max() + 1e-6
    labels = pd.cut(months, bins=edges, labels=False, right=False, include_lowest=True)
    return edges.tolist(), labels.astype(int).tolist()


def setting(
    table: pd.DataFrame, with_histology: set[str], slides: dict[str, int], bags: dict[str, Any]
) -> dict[str, Any]:
    """Join by case, and say what is left and what every value is."""
    rna = [name for name in table.columns if name.endswith("_rnaseq")]
    everyone = set(table["case_id"])
    cases = table[table["case_id"].isin(with_histology)].groupby("case_id").first().sort_index()
    event = 1 - cases["censorship"].astype(int)
    edges, labels = published_bins(cases["survival_months"], event)
    return {
        "cases": list(cases.index),
        "lost": sorted(everyone - with_histology),
        "events": int(event.sum()),
        "slides": sum(slides[case] for case in cases.index),
        "genes": len(rna),
        "outcomes": digest(np.stack([cases["survival_months"], event], 1)),
        "expression": hashlib.sha256(cases[rna].to_numpy(np.float32).tobytes()).hexdigest(),
        "edges": edges,
        "labels": labels,
        **bags,
    }


def words(name: str) -> list[str]:
    """Words of two letters and more of a feature's name, without the stain."""
    return re.findall(r"[A-Z0-9_]{2,}", re.sub(r"_HE$", "", name).upper())


def feature_bags(path: Path) -> tuple[pd.DataFrame, list[str], dict[str, int]]:
    """Scaled features by case (mean over its slides), the vocabulary of their names, slides by case."""
    table = read(path)
    table = table[table["bcr_patient_barcode"].notna()].set_index("bcr_patient_barcode")
    values = table[[name for name in table.columns if name.endswith("_HE")]].astype(float)
    values = values.fillna(values.median())
    spread = values.std(ddof=0)
    scaled = ((values - values.mean()) / spread.where(spread > 1e-12, np.inf)).groupby(level=0).mean()
    vocabulary = sorted({word for name in values.columns for word in words(name)})
    slide = table["H & E_ID"] if "H & E_ID" in table.columns else table.index.to_series()
    return scaled, vocabulary, slide.groupby(level=0).nunique().to_dict()


def features(tables: Path, cohort: str, out: Path) -> dict[str, Any]:
    """PORPOISE's genes with 607 histology features."""
    scaled, vocabulary, slides = feature_bags(tables / "hif2gene" / f"{cohort}.hifs.csv")
    table = porpoise(tables, cohort)
    cases = sorted(set(table["case_id"]) & set(scaled.index))
    scaled.loc[cases].to_numpy(np.float32).tofile(out / f"features-{cohort}.f32")
    hot = np.array(
        [[word in words(name) for word in vocabulary] for name in scaled.columns], dtype=np.float32
    )
    bags = {"tokens": len(scaled.columns), "words": hashlib.sha256(hot.tobytes()).hexdigest()}
    return setting(table, set(scaled.index), slides, bags)


def map_tokens(path: Path, cohort: str) -> Array:
    """One token a patch with tissue: 3 × 3 windows of lymphocytes and tumour, and where it is."""
    lymphocytes, tumour, tissue = MAPS[cohort]
    image = np.asarray(Image.open(path))
    height, width = image.shape[:2]
    rows, columns = np.nonzero((image[..., list(tissue)] > 0).any(-1))
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)))
    windows = [
        padded[rows + dy, columns + dx, channel] / 255
        for channel in (lymphocytes, tumour)
        for dy in range(3)
        for dx in range(3)
    ]
    place = [columns / max(1, width - 1), rows / max(1, height - 1)]
    return np.stack([*windows, *place], axis=1).astype(np.float32)


def maps(tables: Path, cohort: str) -> dict[str, Any]:
    """PORPOISE's genes with patch maps; every token of every case is digested, cases in order."""
    by_case: dict[str, list[Path]] = {}
    for path in sorted((tables / "tilmaps" / cohort).glob("*.png")):
        if len(map_tokens(path, cohort)):
            by_case.setdefault(path.name[:12], []).append(path)
    table = porpoise(tables, cohort)
    whole, tokens = hashlib.sha256(), 0

    def kept() -> Iterator[Array]:
        for case in sorted(set(table["case_id"]) & set(by_case)):
            for path in by_case[case]:
                yield map_tokens(path, cohort)

    for bag in kept():
        tokens += len(bag)
        whole.update(bag.tobytes())
    slides = {case: len(paths) for case, paths in by_case.items()}
    return setting(table, set(by_case), slides, {"tokens": tokens, "bags": whole.hexdigest()})


def reads(tables: Path, cohort: str) -> dict[str, Any]:
    """PORPOISE's genes with what pathologists read: the answer, whether there is one, and which question."""
    answers = read(tables / "rtcga" / "pathologist_slide_reads.csv")
    answers = answers[answers["cohort"] == cohort.upper()].set_index("case_id")[READS].sort_index()
    table = porpoise(tables, cohort)
    mine = answers.loc[sorted(set(table["case_id"]) & set(answers.index))].to_numpy(float)
    questions = np.broadcast_to(np.eye(len(READS)), (len(mine), len(READS), len(READS)))
    known = ~np.isnan(mine)
    tokens = np.concatenate([np.where(known, mine / 100, 0)[..., None], known[..., None], questions], axis=2)
    slides = table.groupby("case_id")["slide_id"].nunique().to_dict()
    whole = hashlib.sha256(tokens.astype(np.float32).tobytes()).hexdigest()
    return setting(table, set(answers.index), slides, {"tokens": len(READS), "bags": whole})


def main(tables: Path, out: Path) -> dict[str, Any]:
    """All settings by name."""
    return {
        **{f"features-{name}": features(tables, name, out) for name in ("brca", "stad")},
        **{f"maps-{name}": maps(tables, name) for name in ("brca", "blca")},
        **{f"reads-{name}": reads(tables, name) for name in COHORTS},
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
