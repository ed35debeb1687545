"""MCAT as the SurvPath repository has it: the same model."""

from __future__ import annotations

from concord_bridge.backbones.mcat import open_backbone

__all__ = ["open_backbone"]
