"""Unpack what the Node binding is linked with from a TensorFlow wheel: two libraries and a few headers."""

import sys
import zipfile
from pathlib import Path

LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/")


def is_needed(name: str) -> bool:
    """Tell whether a file of the wheel is a library to link with or a header to compile with."""
    include = "tensorflow/include/"
    return name in LIBRARIES or (
        name.endswith(".h") and name.startswith(tuple(include + folder for folder in HEADERS))
    )


def unpack(wheel: Path, target: Path) -> None:
    """Unpack into `target`; the archive's own checksums are verified on the way.

    Raises:
        ValueError: if a library is not in the wheel.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if is_needed(name)]
        missing = [name for name in LIBRARIES if name not in names]
        if missing:
            raise ValueError(f"{wheel.name} holds no {' and no '.join(missing)}")
        for name in names:
            archive.extract(name, target)


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
