"""What it does to a model when genes are paired with cases by the position of their rows.

    python -m concord_bridge.audit.row_pairing --published <folder> --out <folder>

The published SurvPath loader says whose genes each case gets, fold by fold. A table with those genes under
that case is written beside the right one, and `concord train` trains the same model on either. Trainings that
are done are kept, so that a stopped run goes on.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import fmean, stdev

import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.survival_tables import own_genes, published_splits, survival_factory

COHORTS = ("blca", "stad")
FOLDS = 5
REPEATS = 2
"""Seeds of each fold, ten in all. They share held-out cases, so that a fold counts as one value."""
BACKBONE, EPOCHS = "mlpomics", 5
T_95 = {4: 2.776, 9: 2.262}
"""Student's 97.5 % point, by degrees of freedom: five folds, ten."""


def prepare(at: Checkouts, cohort: str, fold: int, out: Path) -> tuple[int, int]:
    """Write the tables of one fold: outcomes, the split, genes by case, genes by position.

    Returns:
        cases with their own genes when paired by position, and cases.
    """
    split = f"splits/5foldcv/tcga_{cohort}/splits_{fold}.csv"
    factory = survival_factory(at, "SurvPath", cohort)
    pairs: list[tuple[str, str]] = []
    parts: dict[str, list[str]] = {}
    for part, dataset in zip(("train", "val"), published_splits(at, "SurvPath", factory, split), strict=True):
        found = own_genes(dataset)[2]
        pairs += found
        parts[part] = [case for case, _ in found]
    genes = factory.all_modalities["rna"]
    genes = genes[~genes.index.duplicated()]
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(at.path(f"SurvPath/datasets_csv/metadata/tcga_{cohort}.csv"), out / "outcomes.csv")
    pd.DataFrame({name: pd.Series(cases) for name, cases in parts.items()}).to_csv(
        out / "split.csv", index=False
    )
    for pairing in ("case", "position"):
        whose = [case if pairing == "case" else other for case, other in pairs]
        table = genes.loc[whose].set_axis([case for case, _ in pairs])
        table.to_csv(out / f"{pairing}.csv")
        (out / f"{pairing}.yaml").write_text(
            f"name: {cohort}\noutcomes: {{ layout: survpath, file: outcomes.csv, endpoint: dss }}\n"
            f"genes: {{ layout: case-rows, file: {pairing}.csv, scaling: z-score }}\n"
            "histology: { layout: synthetic }\nbins: 4\n",
            encoding="utf-8",
        )
    return sum(case == other for case, other in pairs), len(pairs)


def train(folder: Path, pairing: str, seed: int) -> float:
    """C-index of the held-out cases, from `concord train`."""
    out = (folder / f"{pairing}-seed-{seed}").resolve()
    result = out / "result.json"
    if not result.exists():
        shutil.rmtree(out, ignore_errors=True)
        given = ["--cohort", str(folder / f"{pairing}.yaml"), "--split", str(folder / "split.csv")]
        model = ["--backbone", BACKBONE, "--epochs", str(EPOCHS), "--seed", str(seed), "--out", str(out)]
        subprocess.run(["npx", "concord", "train", *given, *model], check=True, stdout=subprocess.DEVNULL)
    held_out = [one for one in json.loads(result.read_text())["targets"] if one["role"] == "in-domain"]
    return float(held_out[0]["cindex"])


def fold_means(rows: list[dict[str, object]], cohort: str) -> dict[str, list[float]]:
    """Mean C over the seeds of each fold, by case and by position; `both` takes the folds of both cohorts."""
    here = [row for row in rows if cohort in (row["cohort"], "both")]
    folds = sorted({(str(row["cohort"]), str(row["fold"])) for row in here})
    return {
        name: [
            fmean(float(str(row[name])) for row in here if (str(row["cohort"]), str(row["fold"])) == fold)
            for fold in folds
        ]
        for name in ("case", "position")
    }


def mean_and_half(values: list[float]) -> tuple[float, float]:
    """Mean, and half of Student's 95 % interval."""
    return fmean(values), T_95[len(values) - 1] * stdev(values) / len(values) ** 0.5


def summarize(rows: list[dict[str, object]], out: Path) -> None:
    """Write each run, and the means with Student's intervals, as two small tables."""
    with (out / "row-pairing-runs.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    lines = [("cohort", "by case", "by position", "difference", "low", "high", "own genes", "cases")]
    for cohort in (*COHORTS, "both"):
        values = fold_means(rows, cohort)
        mean, half = mean_and_half([a - b for a, b in zip(values["case"], values["position"], strict=True)])
        here = [row for row in rows if cohort in (row["cohort"], "both")]
        once = [row for row in here if int(str(row["seed"])) <= FOLDS]
        own, cases = (sum(int(str(row[name])) for row in once) for name in ("own genes", "cases"))
        numbers = (fmean(values["case"]), fmean(values["position"]), mean, mean - half, mean + half)
        lines.append((cohort, *(f"{one:.3f}" for one in numbers), str(own), str(cases)))
    with (out / "row-pairing.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def main() -> None:
    """Prepare, train and summarise."""
    parser = argparse.ArgumentParser(prog="concord_bridge.audit.row_pairing", description=__doc__)
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    sys.dont_write_bytecode = True
    at, rows = Checkouts(given.published.absolute()), []
    for fold in range(FOLDS):
        for cohort in COHORTS:
            folder = given.out / cohort / str(fold)
            own, cases = prepare(at, cohort, fold, folder)
            for seed in (FOLDS * repeat + fold + 1 for repeat in range(REPEATS)):
                row: dict[str, object] = {"cohort": cohort, "fold": fold, "seed": seed}
                row |= {"own genes": own, "cases": cases}
                row |= {pairing: train(folder, pairing, seed) for pairing in ("case", "position")}
                print(row, flush=True)
                rows.append(row)
    summarize(rows, given.out)


if __name__ == "__main__":
    main()
