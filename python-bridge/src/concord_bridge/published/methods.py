"""Methods about published classes that TypeScript can call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from concord_bridge.methods import method
from concord_bridge.published.backbones.backbone import open_published
from concord_bridge.published.checkout import REPOSITORIES, PublishedError, Repository, find_checkout
from concord_bridge.published.module import failures


@method("published.check")
def check(params: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Every checkout that an adapter reads: its commit, its `path` in `published` or why it is `missing`."""
    folder = Path(params["published"])
    return {one.source: {"commit": one.commit} | _place(folder, one) for one in REPOSITORIES}


def _place(folder: Path, repository: Repository) -> dict[str, str]:
    try:
        return {"path": str(find_checkout(folder, repository))}
    except PublishedError as error:
        return {"missing": str(error)}


@method("published.draw")
def draw(params: dict[str, Any]) -> None:
    """Draw the weights of a published class as it draws them itself, and save them in `to` as torch does."""
    torch.manual_seed(params["seed"])
    folder = Path(params["published"])
    backbone = open_published(params["backbone"], folder, params["config"], None, params["ragged"])
    torch.save(backbone.model.state_dict(), params["to"])


@method("published.failures")
def published_failures(params: dict[str, Any]) -> list[dict[str, Any]]:
    """How the published MCCSDG class fails on bags of `weak` and `strong` tokens."""
    return failures(Path(params["published"]), params["weak"], params["strong"])
