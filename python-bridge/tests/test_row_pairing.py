"""The experiment on row pairing: its summary, and the tables that were kept of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from concord_bridge.audit.row_pairing import FOLDS, REPEATS, summarize

RESULTS = Path(__file__).parents[2] / "docs" / "results"


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
