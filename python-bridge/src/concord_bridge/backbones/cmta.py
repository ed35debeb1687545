"""CMTA in plain PyTorch, its gene networks packed into few tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.class_token_encoder import ClassTokenEncoder, trans_layer_attention
from concord_bridge.layers.co_attention import co_attention
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.pathway_networks import pathway_networks
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25


class Cmta:
    """Each modality is encoded, translated into the other and decoded; class tokens give the logits.

    Its own term of the loss is the distance of decoded class tokens to the encoded ones, detached.

    Args:
        config: as TypeScript sends it.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: Zhou and Chen 2023, ICCV; FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/network.py and engine.py.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        self.sizes = tuple(config["pathwaySizes"])
        self.alpha = config["alpha"]
        self.weights = weights
        attention = trans_layer_attention(config["width"])
        self.coders = {
            (modality, part): ClassTokenEncoder(
                f"{modality}_{part}.", attention, modality == "pathomics", f"{modality}.{part}"
            )
            for modality in ("pathomics", "genomics")
            for part in ("encoder", "decoder")
        }

    def forward(
        self,
        case: Case,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward."""
        forward = ForwardPass("cmta", self.weights, tape, mode, tap)
        genes = pathway_networks(forward, case.genes, self.sizes, "genomics_fc")  # [pathways, width]
        patches = case.patches
        for block, layer in enumerate(("pathomics_fc.0", "pathomics_fc.3")):
            patches = torch.relu(forward.linear(layer, patches, f"patches.{block}.linear"))
            patches = forward.see(f"patches.{block}.relu", patches)
            patches = forward.dropout(f"patches.{block}.dropout", patches, DROPOUT)  # [patches, width]
        # The plug-in point: after both embeddings, before the encoders.
        genes, patches = plug_in(genes, patches, module, tape, mode, tap)

        token_p, patches = self.coders["pathomics", "encoder"](forward, patches)
        token_g, genes = self.coders["genomics", "encoder"](forward, genes)
        in_genes = co_attention(forward, "P_in_G_Att", patches, genes, "pathomics.translated")
        in_patches = co_attention(forward, "G_in_P_Att", genes, patches, "genomics.translated")
        decoded_p, _ = self.coders["pathomics", "decoder"](forward, in_genes)
        decoded_g, _ = self.coders["genomics", "decoder"](forward, in_patches)

        fused = torch.cat([(token_p + decoded_p) / 2, (token_g + decoded_g) / 2], dim=1)  # [1, 2 width]
        hidden = torch.relu(forward.linear("mm.0", forward.see("fusion", fused), "head.0.linear"))
        hidden = torch.relu(forward.linear("mm.2", forward.see("head.0.relu", hidden), "head.1.linear"))
        logits = forward.linear("classifier", forward.see("head.1.relu", hidden), "logits")
        distances = F.l1_loss(decoded_p, token_p.detach()) + F.l1_loss(decoded_g, token_g.detach())
        return Output(logits, auxiliary=self.alpha * distances)


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Cmta:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Cmta(config, weights)
