"""What a backbone is on this side, and where it is found by its name."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Protocol, runtime_checkable

from torch import Tensor

from concord_bridge.bags import Mode, Tap
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape


class Case(NamedTuple):
    """One case as a model sees it."""

    genes: Tensor
    """[genes] expression, packed in pathway order: a gene of several pathways comes once for each."""
    patches: Tensor
    """[patches, patch_width] features of all slides of the case."""
    clusters: Tensor | None = None
    """[patches] int64, k-means cluster of each patch, for a backbone that reads clusters."""
    bin: int = 0
    """Time bin of the outcome, for a backbone that looks at it in training."""
    censored: int = 0
    """1 where the event was not observed, likewise."""


class Output(NamedTuple):
    """What a forward pass gives."""

    logits: Tensor
    """[1, bins] hazard logits; [1, 1] the log-risk of a model trained by the partial likelihood."""
    auxiliary: Tensor | None = None
    """A term that the backbone adds to the survival loss in training, scalar: this case's own."""
    embeddings: Mapping[str, Tensor] = {}
    """Vectors by which `couple` compares the cases of a batch."""


class Backbone(Protocol):
    """A backbone with its shapes fixed and its weights given."""

    def forward(
        self,
        case: Case,
        tape: Tape | None,
        mode: Mode,
        module: BagModule | None,
        tap: Tap,
    ) -> Output:
        """Output of one case.

        Args:
            case: one case; borrowed.
            tape: the step's draws; needed in training.
            mode: dropout and the module's draws act in training only.
            module: plugged in at the backbone's plug-in point.
            tap: sees every intermediate, by name.
        """
        ...


@runtime_checkable
class Coupled(Protocol):
    """A backbone whose training loss compares the cases of a batch."""

    def couple(self, outputs: Sequence[Output], tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """The term, summed over the cases, scalar."""
        ...


def open_backbone(
    name: str, config: Mapping[str, Any], weights: Mapping[str, Tensor], search: Sequence[str] = ()
) -> Backbone:
    """The backbone of that name: `open_backbone(config, weights)` of its module.

    Args:
        name: `concord_bridge.backbones.<name>`, or `<name>.py` in one of the folders.
        config: as TypeScript's package configures it.
        weights: by the names that TypeScript uses too; borrowed, not copied.
        search: folders of backbones that live outside python-bridge.

    Raises:
        LookupError: if there is no such module, saying where it was looked for.
    """
    return backbone_module(name, search).open_backbone(config, weights)


def backbone_module(name: str, search: Sequence[str] = ()) -> ModuleType:
    """The module that holds the backbone. See open_backbone."""
    identifier = name.replace("-", "_")
    for folder in search:
        path = Path(folder) / f"{identifier}.py"
        if path.exists():
            return _load(identifier, path)
    own = f"concord_bridge.backbones.{identifier}"
    if importlib.util.find_spec(own) is None:
        places = ", ".join([*search, "concord_bridge.backbones"])
        raise LookupError(f"backbone {name}: no {identifier}.py in {places}")
    return importlib.import_module(own)


def _load(identifier: str, path: Path) -> ModuleType:
    name = f"concord_backbone_{identifier}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up while it is being executed.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
