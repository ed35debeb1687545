"""A clean folder of features as an extraction leaves it, and the ways in which one slide of it can be broken.

Run `python -m concord_bridge.reference_files.cohort DIRECTORY`: it writes a dozen slides to `clean/h5_files`
and `clean/pt_files`, a folder like it for each mutant, and in `broken.json` which slide each mutant broke.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import torch
from numpy.typing import NDArray

SLIDES, WIDTH = 12, 32

Array = NDArray[np.float32]


def slide_name(i: int) -> str:
    """A barcode and a UUID, as TCGA names slides."""
    return f"TCGA-ZZ-{i:04d}-01Z-00-DX1.{i:08X}-0000-0000-0000-000000000000"


def slide_features(i: int, width: int = WIDTH) -> Array:
    """Features of one slide, of a size of its own."""
    return np.random.default_rng(i).standard_normal((40 + 7 * i, width)).astype(np.float32)


def write_h5(path: Path, values: Array, encoder: str = "uni_v1", coords: int | None = None) -> None:
    """Chunks as CLAM has them, attributes as TRIDENT has them."""
    places = np.stack([np.arange(coords if coords is not None else len(values)) * 256] * 2, axis=1)
    with h5py.File(path, "w") as file:
        chunks = (32, values.shape[1]) if values.ndim == 2 and len(values) else None
        limits = (None, *values.shape[1:])
        file.create_dataset("features", data=values, chunks=chunks, maxshape=limits if chunks else None)
        file["features"].attrs["encoder"] = encoder
        file.create_dataset("coords", data=places.astype(np.int32))
        file["coords"].attrs["patch_size"] = 256


def write_slide(folder: Path, i: int, values: Array, encoder: str = "uni_v1") -> None:
    """Both twins of one slide."""
    write_h5(folder / "h5_files" / f"{slide_name(i)}.h5", values, encoder)
    torch.save(torch.from_numpy(values), folder / "pt_files" / f"{slide_name(i)}.pt")


def with_value(i: int, value: float) -> Array:
    """Features with one bad number in the middle."""
    values = slide_features(i)
    values[11, 5] = value
    return values


def truncate(folder: Path, kind: str, i: int) -> None:
    """Cut the last tenth off a file."""
    path = folder / f"{kind}_files" / f"{slide_name(i)}.{kind}"
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 10])


def remove(folder: Path, i: int) -> None:
    """Lose both twins."""
    for kind in ("h5", "pt"):
        (folder / f"{kind}_files" / f"{slide_name(i)}.{kind}").unlink()


def h5_of(folder: Path, i: int) -> Path:
    """Where the HDF5 twin lies."""
    return folder / "h5_files" / f"{slide_name(i)}.h5"


MUTANTS: dict[str, Callable[[Path, int], None]] = {
    "nan": lambda folder, i: write_slide(folder, i, with_value(i, np.nan)),
    "infinity": lambda folder, i: write_slide(folder, i, with_value(i, -np.inf)),
    "empty": lambda folder, i: write_slide(folder, i, slide_features(i)[:0]),
    "no-tissue": lambda folder, i: write_h5(h5_of(folder, i), np.zeros(0, np.float32), coords=0),
    "truncated-h5": lambda folder, i: truncate(folder, "h5", i),
    "truncated-pt": lambda folder, i: truncate(folder, "pt", i),
    "no-bytes": lambda folder, i: h5_of(folder, i).write_bytes(b""),
    "shorter": lambda folder, i: write_h5(h5_of(folder, i), slide_features(i)[:32]),
    "other-numbers": lambda folder, i: write_h5(h5_of(folder, i), slide_features(i) + 1),
    "width": lambda folder, i: write_slide(folder, i, slide_features(i, WIDTH * 2)),
    "encoder": lambda folder, i: write_slide(folder, i, slide_features(i), "conch_v1"),
    "duplicate": lambda folder, i: write_slide(folder, i, slide_features((i + 1) % SLIDES)),
    "missing": remove,
    "vector": lambda folder, i: write_h5(h5_of(folder, i), slide_features(i).mean(axis=0)),
    "coords": lambda folder, i: write_h5(h5_of(folder, i), slide_features(i), coords=3),
}


def write_clean(folder: Path) -> None:
    """Both twins of a dozen slides, and the list of them."""
    for kind in ("h5_files", "pt_files"):
        (folder / kind).mkdir(parents=True)
    for i in range(SLIDES):
        write_slide(folder, i, slide_features(i))
    names = [f"{slide_name(i)}.svs" for i in range(SLIDES)]
    lines = ["case_id,slide_id", *(f"{name[:12]},{name}" for name in names)]
    (folder / "slides.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(home: Path) -> None:
    """Write the clean folder, then a copy of it for each way in which a slide can be broken."""
    write_clean(home / "clean")
    broken = {}
    for i, (mutant, spoil) in enumerate(MUTANTS.items()):
        shutil.copytree(home / "clean", home / mutant)
        broken[mutant] = 1 + i % (SLIDES - 2)
        spoil(home / mutant, broken[mutant])
    (home / "broken.json").write_text(json.dumps(broken), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
