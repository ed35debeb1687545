"""The published dataset classes of the SurvPath lineage, run on the tables that their checkouts hold."""

from __future__ import annotations

import warnings
from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.evidence import Finding, decide, number, table

UNUSED = ("dgl", "transformers", "tensorboardX", "wandb", "h5py", "openslide")
"""Packages that the dataset files import and the classes never use."""

PATHWAYS = 3
"""Gene sets by which a case is recognised; reading all 281 of every item takes minutes and says the same."""


def survival_factory(at: Checkouts, checkout: str, cohort: str, label: str = "survival_months_dss") -> Any:
    """`SurvivalDatasetFactory` of a checkout on its own tables, with the gene matrix `xena`.

    Args:
        at: the checkouts.
        checkout: SurvPath, MCCSDG or PIBD.
        cohort: as its files are named: blca, stad.
        label: column of the months.
    """
    with at.inside(checkout), _quiet():
        module = at.load(f"{checkout}/datasets/dataset_survival.py", unused=UNUSED)
        return module.SurvivalDatasetFactory(
            study=f"tcga_{cohort}",
            label_file=f"datasets_csv/metadata/tcga_{cohort}.csv",
            omics_dir=f"datasets_csv/raw_rna_data/xena/{cohort}",
            seed=1,
            print_info=False,
            n_bins=4,
            label_col=label,
            num_patches=4,
            is_mcat=False,
            is_survpath=True,
            type_of_pathway="xena",
        )


def published_splits(at: Checkouts, checkout: str, factory: Any, split: str) -> tuple[Any, Any]:
    """Training and validation data of a split as the published class makes them.

    Slides are not there: the method that loads them returns two patches of zeros; the rest is untouched.

    Args:
        at, checkout: see survival_factory.
        factory: from survival_factory.
        split: path of the split's table, in the checkout.
    """
    args = Namespace(
        dataset_factory=factory,
        study=factory.study,
        modality="survpath",
        omics_format="pathways",
        data_root_dir="",
        omic_sizes=[],
    )
    with at.inside(checkout), _quiet():
        datasets = factory.return_splits(args, csv_path=split, fold=0)
    for dataset in datasets:
        dataset._load_wsi_embs_from_path = lambda *_: (torch.zeros(2, 1), torch.zeros(2))
    return datasets


def own_genes(dataset: Any) -> tuple[int, int, list[tuple[str, str]]]:
    """How many items of a published dataset come with the genes of their own case.

    Returns:
        items with their own genes, items, and of each item its case and the case whose genes it has.
    """
    dataset.omic_names = dataset.omic_names[:PATHWAYS]
    dataset.num_pathways = PATHWAYS
    frame = dataset.omics_data_dict["rna"]
    cases = list(frame["temp_index"])
    whole = np.concatenate([frame[names].to_numpy() for names in dataset.omic_names], axis=1)
    pairs = []
    with _quiet():
        for index, case in enumerate(dataset.metadata["case_id"]):
            genes = np.concatenate([one.numpy() for one in dataset[index][1]])
            rows = np.flatnonzero((whole == genes).all(axis=1))
            own = case in {cases[row] for row in rows}
            pairs.append((case, case if own else cases[rows[0]]))
    return sum(case == other for case, other in pairs), len(pairs), pairs


def genes_by_case(at: Checkouts, checkout: str, splits: Sequence[str]) -> Finding:
    """Ask the published dataset for every case of the splits, and find whose genes came.

    Args:
        at, checkout: see survival_factory.
        splits: paths of the splits' tables in the checkout, with `{}` for the cohort.
    """
    rows, example = [], []
    for cohort in ("blca", "stad"):
        factory = survival_factory(at, checkout, cohort)
        for split in splits:
            path = split.format(cohort)
            datasets = published_splits(at, checkout, factory, path)
            for name, dataset in zip(("train", "val"), datasets, strict=True):
                own, cases, pairs = own_genes(dataset)
                rows.append((cohort, path.rsplit("/", 1)[-1].removesuffix(".csv"), name, own, cases))
                example = example or pairs[:8]
    own, cases = (sum(int(row[i]) for row in rows) for i in (3, 4))
    return decide(
        own == cases,
        "every case comes with its own genes",
        f"{own} of {cases} items come with the genes of their own case",
        table("items with their own genes", ("cohort", "split", "part", "own genes", "items"), rows),
        table("the first items", ("case", "whose genes it gets"), example),
        number("gene sets read of each item", PATHWAYS),
    )


class _quiet(redirect_stdout):
    """Published code prints and warns; neither is evidence."""

    def __init__(self) -> None:
        super().__init__(StringIO())
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> Any:
        self._warnings.__enter__()
        warnings.simplefilter("ignore")
        return super().__enter__()

    def __exit__(self, *given: Any) -> None:
        self._warnings.__exit__(*given)
        super().__exit__(*given)
