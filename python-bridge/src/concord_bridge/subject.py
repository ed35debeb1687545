"""What one subject of parity is run on: its weights, cases and draws, read from files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from concord_bridge.backbones.backbone import Case
from concord_bridge.bags import Mode
from concord_bridge.objective import Outcome, Protocol
from concord_bridge.tape import Tape

Named = dict[str, Tensor]


@dataclass(frozen=True)
class Subject:
    """What `parity.open` was told, and where its files lie."""

    directory: Path
    backbone: str
    config: dict[str, Any]
    search: list[str]
    """Folders of backbones that live outside python-bridge."""
    module: str
    protocol: Protocol
    frozen: list[str]
    """Weights that training leaves alone."""
    ragged: dict[str, list[int]]
    """See concord_bridge.state_dict."""
    outcomes: list[Outcome]
    published: Path | None

    def weights(self, dtype: torch.dtype) -> Named:
        """Initial weights, by the packed names."""
        return {
            name: value.to(dtype) for name, value in load_file(self.directory / "weights.safetensors").items()
        }

    def case(self, index: int, dtype: torch.dtype) -> Case:
        """One case."""
        with safe_open(self.directory / "inputs.safetensors", "pt") as inputs:
            keys = set(inputs.keys())
            genes, patches = (
                inputs.get_tensor(f"case.{index}.{part}").to(dtype) for part in ("genes", "patches")
            )
            clusters = f"case.{index}.clusters"
            found = inputs.get_tensor(clusters).long() if clusters in keys else None
        for part, values in (("genes", genes), ("patches", patches)):
            if not values.isfinite().all():
                raise ValueError(f"case {index}: {part} hold NaN or infinity")
        outcome = self.outcomes[index]
        return Case(genes, patches, found, outcome.bin, outcome.censored)

    def case_of(self, number: int) -> int:
        """Which case the forward pass of this number sees."""
        return number % len(self.outcomes)

    def tape(self, step: int, dtype: torch.dtype) -> Tape:
        """The draws of one forward pass in training, with TypeScript's decisions if it has taken any."""
        return Tape(self._draws[step], self._decided("training").get(step), dtype, step)

    def evaluation_tape(self, index: int, dtype: torch.dtype) -> Tape | None:
        """The draws of one case's evaluation, likewise; None for a backbone that draws nothing then."""
        if index not in self._evaluation_draws:
            return None
        return Tape(self._evaluation_draws[index], self._decided("evaluation").get(index), dtype, index)

    def tape_of(self, number: int, mode: Mode, dtype: torch.dtype) -> Tape | None:
        """The draws of the forward pass of this number."""
        if mode == "training":
            return self.tape(number, dtype)
        return self.evaluation_tape(self.case_of(number), dtype)

    def _decided(self, kind: str) -> dict[int, Named]:
        decisions = self.directory / f"{kind}.decisions.safetensors"
        return by_step(decisions) if decisions.exists() else {}

    @cached_property
    def _draws(self) -> dict[int, Named]:
        return by_step(self.directory / "training.tape.safetensors")

    @cached_property
    def _evaluation_draws(self) -> dict[int, Named]:
        return by_step(self.directory / "evaluation.tape.safetensors")


def by_step(path: Path) -> dict[int, Named]:
    """Tensors named `step.<k>.<name>`, by step and name."""
    steps: dict[int, Named] = {}
    for key, tensor in load_file(path).items():
        _, step, name = key.split(".", 2)
        steps.setdefault(int(step), {})[name] = tensor
    return steps
