"""The published dataset classes of the MCAT lineage, run on the tables that their checkouts hold."""

from __future__ import annotations

import pickle
import tempfile
import warnings
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from concord_bridge.audit.checkouts import Checkouts

UNUSED = ("torchvision", "torch_geometric", "torch_geometric.data", "h5py", "tensorboardX")


CASE_COLUMNS = {
    *("case_id", "slide_id", "site", "is_female", "oncotree_code", "age", "survival_months", "censorship"),
    *("train", "label", "disc_label", "Unnamed: 0", "Unnamed: 0.1"),
}
"""Columns of the tables that say something of the case and nothing of a gene."""


def gene_split(at: Checkouts, module_file: str, table: str, mode: str = "mode") -> Any:
    """All cases of a table as one part of a split, as the published class makes it, in the mode `omic`.

    A file that lists clusters of patches is opened in every mode and never read in this one; an empty one in
    a temporary folder stands in for it.

    Args:
        at: the checkouts.
        module_file: `<checkout>/<path>` of the dataset file.
        table: path of the zipped table, from the checkout.
        mode: how the class names its argument of the mode.
    """
    checkout = module_file.partition("/")[0]
    with at.inside(checkout), redirect_stdout(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = at.load(module_file, unused=UNUSED)
        whole = module.Generic_WSI_Survival_Dataset(
            csv_path=table, apply_sig=False, n_bins=4, **{mode: "omic"}
        )
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "fast_cluster_ids.pkl").write_bytes(pickle.dumps({}))
            return module.Generic_Split(
                whole.slide_data,
                metadata=whole.metadata,
                data_dir=folder,
                label_col=whole.label_col,
                patient_dict=whole.patient_dict,
                num_classes=whole.num_classes,
                **{mode: "omic"},
            )
