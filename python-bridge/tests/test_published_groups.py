"""Parameter counts of the published classes in which modalities meet, at their published settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from concord_bridge.published.backbones.backbone import open_published
from concord_bridge.published.checkout import PublishedError

# torch tells that its fast path is off, which the published classes leave so.
pytestmark = pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")

PUBLISHED = os.environ.get("CONCORD_PUBLISHED")

BLCA = [94, 334, 521, 468, 1495, 479]
GROUPS = {"patchWidth": 1024, "width": 256, "hidden": 512, "bins": 4}
TRANSPORT = {"transport": {"reg": 0.05, "regM": 0.5, "kernel": "entropy"}}
PORPOISE = {"patchWidth": 1024, "scale": 8, "gated": False, "skip": False, "bins": 4}

SETTINGS: list[tuple[str, dict[str, Any], int]] = [
    ("mcat", {**GROUPS, "pathwaySizes": BLCA}, 4_491_782),
    ("mcat-pathways", {**GROUPS, "pathwaySizes": [53, 173, 216, 252, 387, 200]}, 3_951_622),
    ("motcat", {**GROUPS, **TRANSPORT, "pathwaySizes": BLCA}, 4_228_614),
    ("porpoise", {**PORPOISE, "genes": list(range(2181))}, 1_940_677),
]


@pytest.mark.skipif(PUBLISHED is None, reason="CONCORD_PUBLISHED names no folder of checkouts")
@pytest.mark.parametrize(("name", "config", "count"), SETTINGS)
def test_the_published_class_has_as_many_parameters(name: str, config: dict[str, Any], count: int) -> None:
    assert PUBLISHED is not None
    model = open_published(name, Path(PUBLISHED), config, None, {}).model
    assert sum(parameter.numel() for parameter in model.parameters()) == count


@pytest.mark.skipif(PUBLISHED is None, reason="CONCORD_PUBLISHED names no folder of checkouts")
def test_a_class_for_six_groups_refuses_others() -> None:
    assert PUBLISHED is not None
    with pytest.raises(PublishedError, match="reads 6 gene groups, not 7"):
        open_published("mcat", Path(PUBLISHED), {**GROUPS, "pathwaySizes": [3] * 7}, None, {})
