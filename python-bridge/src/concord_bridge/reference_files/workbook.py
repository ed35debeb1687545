"""A workbook as the TCGA clinical data resource is one, written by openpyxl, and what openpyxl reads of it.

Run `python -m concord_bridge.reference_files.workbook write FOLDER` for `resource.xlsx` and `resource.json`.
With `read FILE SHEET` it prints the cells of any workbook.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

CASES = 1200
SHEET = "TCGA-CDR"
ENDPOINTS = ("OS", "DSS", "DFI", "PFI")
TEXTS = (
    "Stage IIA",
    " padded ",
    '5\'-end <b> & "quotes"',
    "Größe µm, naïve",
    "two\nlines",
    "_not_escaped_",
    "[Not Available]",
    "𝛽-catenin",
    "=",
)


def rows() -> list[list[Any]]:
    """A header whose first name is empty, then a case a row with every kind of cell."""
    draws = np.random.default_rng(20260101)
    header = ["", "bcr_patient_barcode", "type", "age_at_initial_pathologic_diagnosis", "gender", "Redaction"]
    header += [name for endpoint in ENDPOINTS for name in (endpoint, f"{endpoint}.time")]
    header += ["ajcc_pathologic_tumor_stage", "score", "reviewed"]
    table: list[list[Any]] = [[name or None for name in header]]
    for i in range(CASES):
        case = [i + 1, f"TCGA-ZZ-{i:04d}", ("BLCA", "BRCA", "STAD")[i % 3], float(draws.integers(30, 90))]
        case += [("FEMALE", "MALE")[i % 2], "Redacted" if i % 97 == 96 else None]
        for endpoint in ENDPOINTS:
            known = endpoint != "DFI" or draws.random() < 0.6
            case += [int(draws.integers(0, 2)), int(draws.integers(1, 4000))] if known else ["#N/A", "#N/A"]
        score: Any = float(draws.standard_normal() * 10.0 ** draws.integers(-12, 12))
        if i == 5:
            score = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"), " plain")
        case += [TEXTS[i % len(TEXTS)] if i % 4 else None, score, bool(i % 5 == 0)]
        table.append(case)
    return table


def write(folder: Path) -> None:
    """The resource between two sheets of notes."""
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["Columns are explained here."])
    sheet = book.create_sheet(SHEET)
    for row in rows():
        sheet.append(row)
    book.create_sheet("More notes & endpoints").append(["More."])
    book.save(folder / "resource.xlsx")
    (folder / "resource.json").write_text(json.dumps(read(folder / "resource.xlsx", SHEET)))


def read(path: Path, sheet: str) -> list[list[Any]]:
    """Every cell as openpyxl reads it: text, number, truth value or nothing."""
    book = load_workbook(path, read_only=True, data_only=True)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        print(json.dumps(read(Path(sys.argv[2]), sys.argv[3])))
