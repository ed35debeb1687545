"""Patch features as h5py, torch, numpy and safetensors write them, and the numbers that a reader must find.

Run `python -m concord_bridge.reference_files.bags DIRECTORY`: beside each file lie `<file>.expected`, float32
numbers in C order as that library reads the file back, and what else is known of it in `manifest.json`.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file as save_numpy
from safetensors.torch import load_file, save_file
from torch import Tensor

SEED = 20260101
ROWS, WIDTH = 203, 24

Array = NDArray[Any]
Entry = dict[str, Any]


def features(rows: int = ROWS, width: int = WIDTH) -> Array:
    """Normal numbers, with the awkward ones that are still finite."""
    values = np.random.default_rng(SEED).standard_normal((rows, width)).astype(np.float32)
    values[0, :6] = [0.0, -0.0, 1e-45, -1e-39, 6e-8, 65504.0]
    return values


def pixel_coords(rows: int = ROWS) -> Array:
    """Level-0 pixels of patches on a grid."""
    return np.stack([np.arange(rows) % 40 * 512, np.arange(rows) // 40 * 512], axis=1)


def hdf5_entries(folder: Path) -> Iterator[Entry]:
    """CLAM, TRIDENT, STAMP, and what else h5py can be asked for."""
    values, coords = features(), pixel_coords()
    layouts: dict[str, dict[str, Any]] = {
        "contiguous": {},
        "clam": {"chunks": (32, WIDTH), "maxshape": (None, WIDTH)},
        "trident": {"chunks": (1, WIDTH), "maxshape": (None, WIDTH)},
        "split": {"chunks": (50, 7)},
        "gzip": {"chunks": (32, WIDTH), "compression": "gzip"},
        "shuffled": {"chunks": (16, 10), "compression": "gzip", "shuffle": True},
        "lzf": {"chunks": (32, WIDTH), "compression": "lzf"},
        "checksummed": {"chunks": (32, WIDTH), "fletcher32": True},
    }
    for libver in ("earliest", "latest"):
        for layout, options in layouts.items():
            path = folder / f"{layout}-{libver}.h5"
            with h5py.File(path, "w", libver=libver) as file:
                file.create_dataset("features", data=values, **options)
                file.create_dataset("coords", data=coords.astype(np.int32))
            yield read_hdf5(path, "clam-h5", supported=layout != "lzf")
    for dtype in ("<f2", ">f4", "<f8", ">f2"):
        path = folder / f"dtype-{dtype[1:]}-{'little' if dtype[0] == '<' else 'big'}.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("features", data=values.astype(dtype), chunks=(1, WIDTH))
        yield read_hdf5(path, "clam-h5")
    yield trident_entry(folder / "trident-attributes.h5", values, coords)
    yield stamp_entry(folder / "stamp.h5", values, coords)
    yield grown_entry(folder / "grown.h5", values)
    path = folder / "partly-written.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("features", shape=(ROWS, WIDTH), dtype="f4", chunks=(32, WIDTH))
        file["features"][:40] = values[:40]
    yield read_hdf5(path, "clam-h5")


def trident_entry(path: Path, values: Array, coords: Array) -> Entry:
    """The attributes that TRIDENT writes, absent ones as the text None."""
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("features", data=values.astype(np.float16), chunks=(1, WIDTH))
        dataset.attrs.update({"encoder": "uni_v1", "name": "slide", "savetodir": "None"})
        places = file.create_dataset("coords", data=coords.astype(np.int64), chunks=(1, 2))
        places.attrs.update({"patch_size": 512, "level0_magnification": 40, "overlap": 0, "mpp": 0.25})
        places.attrs["patch_size_level0"] = np.int64(512)
    entry = read_hdf5(path, "trident-h5")
    attributes = {"encoder": "uni_v1", "name": "slide", "patch_size": 512, "patch_size_level0": 512}
    return {**entry, "attributes": {**attributes, "level0_magnification": 40, "overlap": 0, "mpp": 0.25}}


def stamp_entry(path: Path, values: Array, coords: Array) -> Entry:
    """STAMP keeps `feats`, and coordinates in micrometres."""
    with h5py.File(path, "w") as file:
        file.create_dataset("feats", data=values.astype(np.float16))
        file.create_dataset("coords", data=coords * 0.25)
        file.attrs.update({"extractor": "ctranspath", "unit": "um", "tile_size_um": 256.0})
    attributes = {"extractor": "ctranspath", "unit": "um", "tile_size_um": 256}
    return {**read_hdf5(path, "stamp-h5", name="feats"), "attributes": attributes}


def grown_entry(path: Path, values: Array) -> Entry:
    """CLAM grows its dataset batch by batch."""
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset(
            "features", data=values[:90], chunks=(32, WIDTH), maxshape=(None, WIDTH)
        )
        for start in range(90, ROWS, 50):
            dataset.resize(min(start + 50, ROWS), axis=0)
            dataset[start:] = values[start : start + 50]
    return read_hdf5(path, "clam-h5")


def read_hdf5(path: Path, form: str, name: str = "features", supported: bool = True) -> Entry:
    """What h5py finds in a file."""
    with h5py.File(path) as file:
        stored = file[name][:]
        coords = file["coords"][:].astype(float).flatten().tolist() if "coords" in file else None
    entry = expect(path, torch.from_numpy(stored.astype(stored.dtype.newbyteorder("="))), form)
    return {**entry, "coords": coords, "supported": supported}


def torch_entries(folder: Path) -> Iterator[Entry]:
    """Every dtype, and every way in which a tensor can lie in its storage."""
    base = torch.from_numpy(features())
    wide = torch.cat([base, base + 1], dim=1)
    views: dict[str, Callable[[], Tensor]] = {
        "float32": lambda: base,
        "float16": lambda: base.half(),
        "bfloat16": lambda: base.bfloat16(),
        "float64": lambda: base.double() * (1 + 1e-12),
        "rows-view": lambda: base[17:150],
        "columns-view": lambda: wide[:, 5:29],
        "transposed": lambda: base.T.contiguous().T,
        "transposed-half": lambda: base.half().T.contiguous().T,
        "stepped": lambda: wide[3::2, 1::3],
        "expanded": lambda: base[:1].expand(40, WIDTH),
        "one-row": lambda: base[5:6],
        "one-column": lambda: base[:, 3:4],
        "parameter": lambda: torch.nn.Parameter(base),
    }
    for name, make in views.items():
        path = folder / f"{name}.pt"
        torch.save(make(), path)
        loaded = torch.load(path, weights_only=True).detach()
        yield expect(path, loaded, "pt")
    path = folder / "dictionary.pt"
    torch.save({"features": base.half(), "coords": torch.from_numpy(pixel_coords()), "slide": "a"}, path)
    coords = pixel_coords().astype(float).flatten().tolist()
    yield {**expect(path, base.half(), "pt"), "coords": coords}


def numpy_entries(folder: Path) -> Iterator[Entry]:
    """C and Fortran order, both byte orders, stored and compressed archives."""
    values, coords = features(), pixel_coords()
    arrays = {
        "c-order": values,
        "fortran": np.asfortranarray(values),
        "half": values.astype("<f2"),
        "double": values.astype("<f8") * (1 + 1e-12),
        "big": values.astype(">f4"),
    }
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        np.save(path, array)
        yield expect(path, native(np.load(path)), "npy")
    for name, write in {"stored": np.savez, "deflated": np.savez_compressed}.items():
        path = folder / f"{name}.npz"
        write(path, features=values, coords=coords)
        entry = expect(path, native(np.load(path)["features"]), "npz")
        yield {**entry, "coords": coords.astype(float).flatten().tolist()}
    path = folder / "fortran.npz"
    np.savez_compressed(path, anything=np.asfortranarray(values.astype("<f2")))
    yield expect(path, native(np.load(path)["anything"]), "npz")


def native(array: Array) -> Tensor:
    """A NumPy array of any byte order as a tensor."""
    return torch.from_numpy(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="))))


def safetensors_entries(folder: Path) -> Iterator[Entry]:
    """Each float dtype, with and without coordinates and metadata."""
    base = torch.from_numpy(features())
    for dtype in (torch.float32, torch.float16, torch.bfloat16, torch.float64):
        path = folder / f"{str(dtype).removeprefix('torch.')}.safetensors"
        save_file({"features": base.to(dtype)}, path, metadata={"encoder": "uni_v1", "patch_size": "256"})
        entry = expect(path, load_file(path)["features"], "safetensors")
        yield {**entry, "attributes": {"encoder": "uni_v1", "patch_size": 256}}
    path = folder / "with-coords.safetensors"
    save_numpy({"features": features(), "coords": pixel_coords()}, path)
    coords = pixel_coords().astype(float).flatten().tolist()
    yield {**expect(path, load_file(path)["features"], "safetensors"), "coords": coords}


def expect(path: Path, tensor: Tensor, form: str) -> Entry:
    """Write the numbers that torch makes of a file, and describe it."""
    tensor.float().contiguous().numpy().tofile(f"{path}.expected")
    rows, width = tensor.shape
    dtype = str(tensor.dtype).removeprefix("torch.")
    return {"file": path.name, "format": form, "rows": rows, "width": width, "dtype": dtype}


def state_dict(folder: Path) -> Entry:
    """Weights of a small model, with the attribute that torch adds, and tensors of other dtypes."""
    torch.manual_seed(SEED)
    model = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.BatchNorm1d(3))
    weights: OrderedDict[str, Any] = model.state_dict()
    shared = torch.arange(12, dtype=torch.int32).reshape(3, 4)
    extra = {"whole": shared, "transposed": shared.T, "flags": torch.tensor([True, False])}
    extra |= {"scalar": torch.tensor(7, dtype=torch.int64), "none": torch.zeros(0, 3)}
    extra |= {"half": torch.randn(2, 2).half(), "cube": torch.randn(2, 3, 4).double().permute(2, 0, 1)}
    path = folder / "weights.pt"
    torch.save({"epoch": 3, "model": weights, **extra}, path)
    tensors = {f"model.{name}": tensor for name, tensor in weights.items()} | extra
    described = {
        name: {
            "dtype": str(tensor.dtype).removeprefix("torch."),
            "shape": list(tensor.shape),
            "values": tensor.double().flatten().tolist(),
        }
        for name, tensor in tensors.items()
    }
    return {"file": path.name, "tensors": described}


def main(folder: Path) -> None:
    """Write all files, their numbers, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = (hdf5_entries, torch_entries, numpy_entries, safetensors_entries)
    bags = [entry for make in makers for entry in make(folder)]
    every = torch.arange(2**16, dtype=torch.int32).to(torch.uint16).reshape(256, 256)
    for name, dtype in {"halves.pt": torch.float16, "bfloats.pt": torch.bfloat16}.items():
        torch.save(every.view(dtype), folder / name)
        expect(folder / name, every.view(dtype), "pt")
    legacy = folder / "legacy.pt"
    torch.save(torch.from_numpy(features()), legacy, _use_new_zipfile_serialization=False)
    manifest = {"bags": bags, "state": state_dict(folder), "legacy": legacy.name}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
