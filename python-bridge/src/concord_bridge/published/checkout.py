"""Checkouts of published repositories: where they lie, at which commit, and their classes."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any


class PublishedError(Exception):
    """A checkout is missing, at another commit, or cannot be imported."""


@dataclass(frozen=True)
class Repository:
    """A published repository, at the commit that was read and compared with."""

    name: str
    source: str
    commit: str
    landmark: str
    """A file by which a folder is recognised as its checkout."""


CMTA = Repository("CMTA", "FT-ZHOU-ZZZ/CMTA", "31340f6", "models/cmta/network.py")
DEEPATTNMISL = Repository("DeepAttnMISL", "uta-smile/DeepAttnMISL", "d7099ed", "DeepAttnMISL_model.py")
MCAT = Repository("MCAT", "mahmoodlab/MCAT", "b9cca63", "models/model_coattn.py")
MCCSDG = Repository("MCCSDG", "HopkinsKwong/MCCSDG", "48d5410", "models/model_SurvPath(MCCSDG).py")
MMP = Repository("MMP", "mahmoodlab/MMP", "5878b84", "src/mil_models/model_multimodal.py")
MOTCAT = Repository("MOTCat", "Innse/MOTCat", "fe70abc", "models/model_motcat.py")
NYSTROM = Repository(
    "nystrom-attention", "lucidrains/nystrom-attention", "fbe9eba", "nystrom_attention/nystrom_attention.py"
)
PIBD = Repository("PIBD", "zylbuaa/PIBD", "bd5bd94", "models/model_PIBD.py")
PORPOISE = Repository("PORPOISE", "mahmoodlab/PORPOISE", "3390dc4", "models/model_porpoise.py")
SURVPATH = Repository("SurvPath", "mahmoodlab/SurvPath", "3f73ddd", "models/model_SurvPath.py")
TRANSMIL = Repository("TransMIL", "szc19990412/TransMIL", "9d6aee5", "models/TransMIL.py")

REPOSITORIES = (CMTA, DEEPATTNMISL, MCAT, MCCSDG, MMP, MOTCAT, NYSTROM, PIBD, PORPOISE, SURVPATH, TRANSMIL)
"""All that any adapter reads."""


def find_checkout(folder: Path, repository: Repository) -> Path:
    """The checkout in `folder`, or in its subfolder of the repository's name, at the pinned commit.

    Raises:
        PublishedError: saying what was expected, what was found, and what to do.
    """
    for path in (folder, folder / repository.name):
        if (path / repository.landmark).exists():
            _require_commit(path, repository)
            return path
    raise PublishedError(
        f"{folder}: no checkout of {repository.source} (looked for {repository.landmark} in it and in "
        f"{repository.name}/); clone it there at {repository.commit}"
    )


def _require_commit(path: Path, repository: Repository) -> None:
    command = ["git", "-c", "safe.directory=*", "-C", str(path), "rev-parse", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise PublishedError(f"{path}: its commit cannot be read ({found.stderr.strip()})")
    commit = found.stdout.strip()
    if not commit.startswith(repository.commit):
        raise PublishedError(
            f"{path}: is at commit {commit[:7]}, the comparison is with {repository.commit}; "
            f"run git checkout {repository.commit} there"
        )


def load_module(
    root: Path, file: str, package: str = "", unused: Sequence[str] = (), beside: Sequence[Path] = ()
) -> ModuleType:
    """Import one file of a checkout, with the checkout's own packages, leaving no trace of them behind.

    Args:
        root: from which the file imports by full names.
        file: relative to root.
        package: to which it belongs, dotted, if it imports by relative names; the package's own `__init__`,
            which imports everything else in it, is not run.
        unused: packages that the file imports and the wanted class never uses; where one is not installed,
            an empty one stands in while the file is imported.
        beside: roots of other checkouts that hold packages which the file imports.

    Raises:
        PublishedError: naming the package that the file needs and this environment lacks.
    """
    with _importable(root, *beside), _standing_in(unused):
        name = f"published_{root.name}_{Path(file).stem}"
        if package:
            empty = ModuleType(package)
            empty.__path__ = [str(root / package.replace(".", "/"))]
            sys.modules[package] = empty
            name = f"{package}.{Path(file).stem}"
        spec = importlib.util.spec_from_file_location(name, root / file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except ImportError as error:
            raise PublishedError(f"{root / file}: cannot be imported ({error})") from error
        return module


def load_function(root: Path, file: str, name: str, **names: Any) -> Callable[..., Any]:
    """One function of a file of a checkout, as it stands there, without running the rest of the file.

    Args:
        root: the checkout.
        file: relative to root.
        name: of the function.
        names: what it finds in its module.

    Raises:
        PublishedError: if the file has no such function.
    """
    tree = ast.parse((root / file).read_text(encoding="utf-8"))
    tree.body = [part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == name]
    if not tree.body:
        raise PublishedError(f"{root / file}: has no function {name}")
    exec(compile(tree, str(root / file), "exec"), names)
    return names[name]


@contextmanager
def _importable(*roots: Path) -> Iterator[None]:
    """Let `import models…` mean a package of these checkouts, for the time of one import."""
    before = set(sys.modules)
    writes = sys.dont_write_bytecode
    sys.path[:0] = map(str, roots)
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        for root in roots:
            sys.path.remove(str(root))
        sys.dont_write_bytecode = writes
        for name in set(sys.modules) - before:
            module = sys.modules[name]
            # A folder without __init__ is a package without a file.
            places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
            if any(str(root) in str(place) for place in places for root in roots):
                del sys.modules[name]


class _StandIn(ModuleType):
    """A package that is imported and never used; what is called of it fails."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def missing(*_args: object, **_options: object) -> None:
            raise PublishedError(f"{self.__name__}.{name} is needed, and {self.__name__} is not installed")

        return missing


@contextmanager
def _standing_in(packages: Sequence[str]) -> Iterator[None]:
    absent = [name for name in packages if importlib.util.find_spec(name.partition(".")[0]) is None]
    sys.modules.update({name: _StandIn(name) for name in absent})
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
