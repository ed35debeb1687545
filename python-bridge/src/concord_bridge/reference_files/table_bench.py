"""Read the tables that are named on standard input with pandas, and say how long each took."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd


def read(path: str) -> int:
    """Read one table as its users do; the number of values."""
    table = pd.read_csv(path, compression="zip" if path.endswith(".zip") else None, low_memory=False)
    wanted = [name for name in table.columns if name.endswith("_rnaseq")] or list(table.columns[1:])
    return int(table[wanted].to_numpy(dtype=float).size)


def main() -> None:
    """One path a line, one JSON object a line back."""
    for line in sys.stdin:
        began = time.perf_counter()
        values = read(line.strip())
        print(json.dumps({"seconds": time.perf_counter() - began, "values": values}), flush=True)


if __name__ == "__main__":
    main()
