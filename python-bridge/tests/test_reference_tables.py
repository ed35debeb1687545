"""The pandas scripts that readers are compared with, against values worked by hand and published code."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from concord_bridge.reference_files import settings
from concord_bridge.reference_tables import COHORTS, attributes, gene_sets, read, survpath, text_digest

TABLES = Path(os.environ.get("CONCORD_TCGA", Path(__file__).parents[2] / ".." / "shared" / "tcga"))
PUBLISHED = os.environ.get("CONCORD_PUBLISHED")
with_tables = pytest.mark.skipif(not TABLES.exists(), reason=f"the real tables are not at {TABLES}")
with_checkout = pytest.mark.skipif(not PUBLISHED, reason="needs CONCORD_PUBLISHED, a folder with SurvPath/")

# Cases, events, slides, genes and tokens of a bag (of all bags, where they differ).
EXPECTED = {
    "features-brca": (884, 118, 884, 1558, 607),
    "features-stad": (333, 132, 366, 1558, 607),
    "maps-brca": (858, 120, 911, 1558, 20_952_422),
    "maps-blca": (357, 161, 357, 1554, 6_876_870),
    "reads-blca": (373, 169, 437, 1554, 8),
    "reads-brca": (956, 130, 1022, 1558, 8),
    "reads-hnsc": (416, 197, 437, 1557, 8),
    "reads-stad": (349, 140, 374, 1558, 8),
}


@with_tables
@pytest.mark.parametrize("name", list(EXPECTED))
def test_counts_of_the_real_settings(tmp_path: Path, name: str) -> None:
    kind, cohort = name.split("-")
    if kind == "features":
        found = settings.features(TABLES, cohort, tmp_path)
    else:
        found = {"maps": settings.maps, "reads": settings.reads}[kind](TABLES, cohort)
    counts = (len(found["cases"]), found["events"], found["slides"], found["genes"], found["tokens"])
    assert counts == EXPECTED[name]
    assert len(found["labels"]) == len(found["cases"])
    assert not set(found["cases"]) & set(found["lost"])


def published_method(name: str) -> Any:
    """One method of the published data set, compiled from its file as it is; the file itself imports dgl."""
    assert PUBLISHED
    path = Path(PUBLISHED) / "SurvPath" / "datasets" / "dataset_survival.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    method = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)
    scope: dict[str, Any] = {"pd": pd, "np": np}
    exec(compile(ast.Module([method], []), str(path), "exec"), scope)
    return scope[name]


@with_tables
@with_checkout
@pytest.mark.parametrize("cohort", COHORTS)
def test_bins_are_those_of_the_published_code(cohort: str) -> None:
    folder = TABLES / "survpath" / "datasets_csv"
    published = SimpleNamespace(
        label_data=read(folder / "metadata" / f"tcga_{cohort}.csv"),
        label_col="survival_months_dss",
        censorship_var="censorship_dss",
        n_bins=4,
    )
    uncensored = published_method("_clean_label_data")(published)
    published_method("_discretize_survival_months")(published, 1e-6, uncensored)
    ours = survpath(folder, cohort)
    assert ours["edges"] == list(published.bins)
    assert ours["labels"] == published.patients_df.set_index("case_id").sort_index()["label"].tolist()


def test_bins_worked_by_hand() -> None:
    months = pd.Series([1.0, 2, 3, 4, 5, 9])
    edges, labels = settings.published_bins(months, pd.Series([1, 1, 1, 1, 1, 0]), bins=2)
    assert edges == [1 - 1e-6, 3.0, 9 + 1e-6]
    assert labels == [0, 0, 1, 1, 1, 1]


def test_a_map_worked_by_hand(tmp_path: Path) -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 1] = (255, 51, 9)
    pixels[1, 2] = (0, 102, 9)
    path = tmp_path / "map.png"
    Image.fromarray(pixels).save(path)
    tokens = settings.map_tokens(path, "brca")
    assert tokens.shape == (2, 20)
    # The middle of each window, the neighbour below to the right, and the place.
    assert tokens[0, 4] == 1 and tokens[0, 13] == np.float32(0.2) and tokens[0, 17] == np.float32(0.4)
    assert tokens[:, 18:].tolist() == [[0.5, 0], [1, 1]]
    assert tokens[1, 0] == 1 and tokens[1, 9] == np.float32(0.2)


def test_sets_are_the_same_in_both_forms(tmp_path: Path) -> None:
    (tmp_path / "x_signatures.csv").write_text("P,Q\nA,B\nC,\n", encoding="utf-8")
    (tmp_path / "x_comps.csv").write_text("gene,P,Q\nA,1,0\nB,0,1\nC,1,0\n", encoding="utf-8")
    expected = text_digest([["P", "A", "C"], ["Q", "B"]])
    assert gene_sets(tmp_path / "x_signatures.csv") == gene_sets(tmp_path / "x_comps.csv") == expected


def test_attributes_leave_out_what_differs_and_what_is_of_another_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        ",case_id,stage,grade,subtype\n0,B,II,IDC,x\n1,A,I,G2,x\n2,A,III,G2,x\n3,C,N/A,G1,y\n",
        encoding="utf-8",
    )
    rows = [["A", "", "G2", "x"], ["B", "II", "", "x"], ["C", "", "G1", "y"]]
    assert attributes(path) == {"cases": 3, "contradictions": 1, "values": text_digest(rows)}
