"""The experiment on row pairing: its summary, and the tables that were kept of it."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest

from concord_bridge.audit.row_pairing import FOLDS, REPEATS, summarize
from concord_bridge.audit.row_pairing_figure import figure

DOCS = Path(__file__).parents[2] / "docs"
RESULTS = DOCS / "results"


def runs(case: float, position: float) -> list[dict[str, object]]:
    """Ten folds, of which the difference of every second one is larger by 0.1."""
    rows: list[dict[str, object]] = []
    for cohort in ("blca", "stad"):
        for fold in range(FOLDS):
            for repeat in range(REPEATS):
                # Seeds of a fold lie around its value: only their mean counts.
                noise = 0.05 if repeat else -0.05
                row = {"cohort": cohort, "fold": fold, "seed": FOLDS * repeat + fold + 1}
                row |= {"own genes": 1, "cases": 100, "position": position}
                rows.append(row | {"case": case + noise + 0.1 * (fold % 2)})
    return rows


def test_a_fold_is_one_value_and_the_interval_is_students(tmp_path: Path) -> None:
    summarize(runs(0.6, 0.5), tmp_path)
    with (tmp_path / "row-pairing.csv").open() as file:
        blca = next(csv.DictReader(file))
    # Differences 0.1, 0.2, 0.1, 0.2, 0.1: mean 0.14, deviation 0.05477, half 2.776 · 0.05477 / √5 = 0.068.
    assert blca["difference"] == "0.140"
    assert (float(blca["low"]), float(blca["high"])) == pytest.approx((0.072, 0.208), abs=0.0006)
    assert (blca["own genes"], blca["cases"]) == ("5", "500")


def test_the_kept_table_follows_from_the_kept_runs(tmp_path: Path) -> None:
    with (RESULTS / "row-pairing-runs.csv").open() as file:
        summarize(list(csv.DictReader(file)), tmp_path)
    assert (tmp_path / "row-pairing.csv").read_text() == (RESULTS / "row-pairing.csv").read_text()


def test_the_kept_figure_is_what_the_kept_runs_give() -> None:
    with (RESULTS / "row-pairing-runs.csv").open() as file:
        drawn = figure([dict(row) for row in csv.DictReader(file)])
    assert drawn == (DOCS / "images" / "row-pairing.svg").read_text(encoding="utf-8")


def test_the_figure_places_means_intervals_and_folds_where_they_are() -> None:
    root = ElementTree.fromstring(figure(runs(0.6, 0.5)))
    name = "{http://www.w3.org/2000/svg}"
    # 0.5 lies at 110 + 0.15 / 0.45 · 360 = 230; the mean by case, 0.64, at 342.
    position = [one for one in root.iter(f"{name}circle") if one.get("class") == "position fold"]
    assert {one.get("cx") for one in position} == {"230.0"}
    means = [one for one in root.iter(f"{name}line") if one.get("class") == "case mean"]
    interval, mean = means[:2]
    assert mean.get("x1") == mean.get("x2") == "342.0"
    # Half an interval of 0.068 is 54.4 wide.
    assert float(str(interval.get("x2"))) == pytest.approx(342 + 54.4, abs=0.2)
    assert "0.140 (0.072 to 0.208)" in [one.text for one in root.iter(f"{name}text")]
