"""Read bags with h5py, torch, safetensors and numpy, and say how long it took.

Run `python -m concord_bridge.reference_files.timed_reads DIRECTORY BAGS ROWS WIDTH SAMPLED_ROWS`: writes the
files, prints `ready`, then answers each line `<how> <path>` of standard input with seconds. What a library
would map and read later is touched, so that all of them have the numbers in memory when the clock stops.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from safetensors.numpy import load_file as load_numpy
from safetensors.numpy import save_file
from safetensors.torch import load_file

SEED = 20260101


def write_bags(folder: Path, bags: int, rows: int, width: int) -> None:
    """The same numbers in every format."""
    folder.mkdir(parents=True, exist_ok=True)
    draws = np.random.default_rng(SEED)
    for i in range(bags):
        values = draws.standard_normal((rows, width), dtype=np.float32)
        layouts: dict[str, dict[str, Any]] = {
            "contiguous": {},
            "clam": {"chunks": (32, width), "maxshape": (None, width)},
            "trident": {"chunks": (1, width), "maxshape": (None, width)},
        }
        for layout, options in layouts.items():
            (folder / layout).mkdir(exist_ok=True)
            with h5py.File(folder / layout / f"slide-{i}.h5", "w") as file:
                file.create_dataset("features", data=values, **options)
        for name in ("pt", "safetensors", "npy"):
            (folder / name).mkdir(exist_ok=True)
        torch.save(torch.from_numpy(values), folder / "pt" / f"slide-{i}.pt")
        save_file({"features": values}, folder / "safetensors" / f"slide-{i}.safetensors")
        np.save(folder / "npy" / f"slide-{i}.npy", values)


def write_large(folder: Path, rows: int, width: int) -> None:
    """One bag of which a few rows are sampled."""
    folder.mkdir()
    values = np.random.default_rng(SEED).standard_normal((rows, width), dtype=np.float32)
    with h5py.File(folder / "large.h5", "w") as file:
        file.create_dataset("features", data=values)
    save_file({"features": values}, folder / "large.safetensors")
    np.save(folder / "large.npy", values)


def read_hdf5(path: str) -> object:
    """As a data set of CLAM or TRIDENT reads its features."""
    with h5py.File(path) as file:
        return file["features"][:]


READERS: dict[str, Callable[[str], object]] = {
    "h5py": read_hdf5,
    "torch": lambda path: torch.load(path, weights_only=True),
    "safetensors.torch": lambda path: load_file(path)["features"].clone(),
    "safetensors.numpy": lambda path: load_numpy(path)["features"],
    "numpy": np.load,
}


def main(folder: Path, bags: int, rows: int, width: int, sampled_rows: int) -> None:
    """Write, then answer until the input ends."""
    write_bags(folder, bags, rows, width)
    if sampled_rows:
        write_large(folder / "large", sampled_rows, width)
    print("ready", flush=True)
    for line in sys.stdin:
        how, path = line.rstrip("\n").split(" ", 1)
        start = time.perf_counter()
        READERS[how](path)
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
