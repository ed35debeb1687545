"""The PyTorch reference against torch's own layers, finite differences and the published classes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from concord_bridge.backbones.backbone import Case
from concord_bridge.backbones.survpath import SurvPath, SurvPathConfig
from concord_bridge.bags import Bags
from concord_bridge.lamb import Lamb
from concord_bridge.layers.alpha_dropout import alpha_dropout
from concord_bridge.loss import nll_survival, predict_survival
from concord_bridge.modules.variants import MODULE_VARIANTS, module_variant
from concord_bridge.parity import close_parity, open_parity, run_stage
from concord_bridge.radam import RAdam
from concord_bridge.reference_numbers import (
    fusion_layers,
    gated_attention,
    gene_layers,
    layers,
    modules,
    nystrom,
    objective,
    transport,
)
from concord_bridge.reference_numbers.modules import draws
from concord_bridge.state_dict import from_state_dict, to_state_dict
from concord_bridge.tape import Tape, TapeError

CONFIG = SurvPathConfig((3, 1, 5), patch_width=6, width=8, bins=4)
ROOT = Path(__file__).parents[2]
PUBLISHED = os.environ.get("CONCORD_PUBLISHED")
with_checkout = pytest.mark.skipif(
    not PUBLISHED, reason="the published classes need CONCORD_PUBLISHED, a folder with MCCSDG/ and SurvPath/"
)


LAYERS = [
    *(f"sig_networks.*.{block}.0" for block in range(2)),
    *("wsi_projection_net.0", "cross_attender.norm", "cross_attender.attn.to_qkv", "feed_forward.norm"),
    *("feed_forward.net.0", "feed_forward.net.3", "layer_norm", "to_logits.0", "to_logits.2"),
]


def torch_initial_weights(config: SurvPathConfig) -> dict[str, Tensor]:
    """torch's own initial weights of every layer, packed."""
    state: dict[str, Tensor] = {}

    def add(name: str, layer: torch.nn.Module) -> None:
        state.update({f"{name}.{part}": value.detach() for part, value in layer.named_parameters()})

    half = config.width // 2
    for i, genes in enumerate(config.pathway_sizes):
        add(f"sig_networks.{i}.0.0", torch.nn.Linear(genes, config.width))
        add(f"sig_networks.{i}.1.0", torch.nn.Linear(config.width, config.width))
    add("wsi_projection_net.0", torch.nn.Linear(config.patch_width, config.width))
    add("cross_attender.norm", torch.nn.LayerNorm(config.width))
    add("cross_attender.attn.to_qkv", torch.nn.Linear(config.width, 3 * half, bias=False))
    add("feed_forward.norm", torch.nn.LayerNorm(half))
    add("feed_forward.net.0", torch.nn.Linear(half, half))
    add("feed_forward.net.3", torch.nn.Linear(half, half))
    add("layer_norm", torch.nn.LayerNorm(half))
    add("to_logits.0", torch.nn.Linear(config.width, config.width // 4))
    add("to_logits.2", torch.nn.Linear(config.width // 4, config.bins))
    names = [f"{layer}.{part}" for layer in LAYERS for part in ("weight", "bias")]
    return from_state_dict(state, names, config.ragged)


def weights(config: SurvPathConfig, dtype: torch.dtype = torch.float64) -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {name: value.to(dtype) for name, value in torch_initial_weights(config).items()}


def tape(config: SurvPathConfig, patches: int, dtype: torch.dtype = torch.float64) -> Tape:
    torch.manual_seed(1)
    pathways, half = len(config.pathway_sizes), config.width // 2
    keep = {
        "pathways.0.dropout": torch.rand(pathways, config.width) > 0.25,
        "pathways.1.dropout": torch.rand(pathways, config.width) > 0.25,
        "feedForward.dropout": torch.rand(pathways + patches, half) > 0.1,
    }
    return Tape({name: value.to(torch.uint8) for name, value in keep.items()}, dtype=dtype)


def case(config: SurvPathConfig, patches: int, dtype: torch.dtype = torch.float64) -> Case:
    torch.manual_seed(2)
    genes = torch.randn(sum(config.pathway_sizes), dtype=dtype)
    return Case(genes, torch.randn(patches, config.patch_width, dtype=dtype))


def test_gradients_are_those_of_finite_differences() -> None:
    values = weights(CONFIG)
    both = Tape({**tape(CONFIG, 4).draws, **draws(4, 3, 0.0)})

    def loss(*leaves: Tensor) -> Tensor:
        model = SurvPath(CONFIG, dict(zip(values, leaves, strict=True)))
        logits = model.forward(case(CONFIG, 4), both, "training").logits
        return nll_survival(logits, torch.tensor([1]), torch.tensor([0]))

    leaves = [value.clone().requires_grad_(True) for value in values.values()]
    assert torch.autograd.gradcheck(loss, leaves)


def test_the_published_size_has_the_published_number_of_parameters() -> None:
    # 331 pathways of the combined sets with 9,745 genes in all, patches of 768.
    sizes = (*([29] * 330), 9745 - 29 * 330)
    count = sum(value.numel() for value in torch_initial_weights(SurvPathConfig(sizes, 768)).values())
    assert count == 24_702_532


def test_state_dicts_go_there_and_back() -> None:
    values = weights(CONFIG)
    back = from_state_dict(to_state_dict(values, CONFIG.ragged), list(values), CONFIG.ragged)
    assert back.keys() == values.keys()
    assert all(torch.equal(back[name], values[name]) for name in values)


def test_alpha_dropout_is_torchs_map() -> None:
    torch.manual_seed(3)
    values = torch.zeros(1000, dtype=torch.float64)
    published = torch.nn.functional.alpha_dropout(values, 0.25, training=True)
    keep = (published > 0).double()
    assert torch.allclose(alpha_dropout(values, keep, 0.25), published, atol=1e-12)


def test_likelihood_worked_by_hand() -> None:
    logits = torch.zeros(1, 4, dtype=torch.float64)
    event = nll_survival(logits, torch.tensor([1]), torch.tensor([0]))
    censored = nll_survival(logits, torch.tensor([1]), torch.tensor([1]))
    assert event.item() == pytest.approx(2 * torch.log(torch.tensor(2.0)).item())
    assert censored.item() == pytest.approx(torch.log(torch.tensor(2.0)).item())
    assert predict_survival(logits).risk.item() == pytest.approx(-(1 / 2 + 1 / 4 + 1 / 8 + 1 / 16))


def test_a_saturated_event_costs_the_clamp_and_gives_no_gradient() -> None:
    logits = torch.full((1, 4), 25.0, dtype=torch.float64, requires_grad=True)
    loss = nll_survival(logits, torch.tensor([2]), torch.tensor([0]))
    loss.backward()
    assert loss.item() == pytest.approx(16.118, abs=1e-3)
    assert logits.grad is not None and logits.grad[0, :2].abs().max() == 0


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_radam_is_torchs(decay: float) -> None:
    torch.manual_seed(4)
    start = torch.randn(5, dtype=torch.float64)
    ours, theirs = {"p": start.clone()}, start.clone().requires_grad_(True)
    optimizer = RAdam(ours, lr=0.01, weight_decay=decay)
    reference = torch.optim.RAdam([theirs], lr=0.01, weight_decay=decay, decoupled_weight_decay=True)
    for _ in range(50):
        gradient = torch.randn(5, dtype=torch.float64)
        optimizer.step({"p": gradient})
        theirs.grad = gradient.clone()
        reference.step()
    assert torch.allclose(ours["p"], theirs.detach(), atol=1e-12)


@with_checkout
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_lamb_is_the_published_one(decay: float) -> None:
    from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module

    assert PUBLISHED is not None
    published: Any = load_module(find_checkout(Path(PUBLISHED), SURVPATH), "custom_optims/lamb.py").Lamb
    torch.manual_seed(5)
    # The norm of the second is beyond the largest that counts; the third starts at zero.
    starts = [torch.randn(5).double(), 20 * torch.randn(7).double(), torch.zeros(3).double()]
    ours = {str(i): start.clone() for i, start in enumerate(starts)}
    theirs = [start.clone().requires_grad_(True) for start in starts]
    optimizer, reference = Lamb(ours, 0.01, decay), published(theirs, lr=0.01, weight_decay=decay)
    for _ in range(50):
        for parameter in theirs:
            parameter.grad = torch.randn_like(parameter)
        optimizer.step({str(i): parameter.grad.clone() for i, parameter in enumerate(theirs)})
        reference.step()
    for i, parameter in enumerate(theirs):
        assert torch.allclose(ours[str(i)], parameter.detach(), atol=1e-12)


def test_a_tape_names_what_is_missing_or_misshapen() -> None:
    one = Tape({"a": torch.zeros(3)}, step=7)
    with pytest.raises(TapeError, match="step 7: no draw named b; on the tape: a"):
        one.read("b")
    with pytest.raises(TapeError, match=r"has shape \[3\], its reader needs \[4\]"):
        one.read("a", [4])


@pytest.mark.parametrize("name", MODULE_VARIANTS)
def test_evaluation_asks_nothing_of_the_tape(name: str) -> None:
    model = SurvPath(CONFIG, weights(CONFIG))
    output = model.forward(case(CONFIG, 4), None, "evaluation", module_variant(name))
    assert output.logits.isfinite().all()


def test_replayed_decisions_are_judged() -> None:
    tokens = torch.tensor([[[3.0, 1.0, 2.0]]], dtype=torch.float64)
    module = MODULE_VARIANTS["cade-quantile"]
    seen: dict[str, Tensor] = {}
    right = torch.tensor([[2, 0, 1]], dtype=torch.int16)
    for ranks, violation in ((right, 0.0), (torch.tensor([[1, 0, 2]], dtype=torch.int16), 1.0)):
        both = {"cade.rank.strong": ranks, "cade.rank.weak": right}
        module(Bags(tokens, tokens), Tape(draws(1, 1, 0.0), both), "training", seen.__setitem__)
        assert seen["cade.rank.strong.violation"].item() == violation


def session(directory: Path, module: str, published: str | None = None) -> str:
    config = {"pathwaySizes": [3, 1, 5, 2], "patchWidth": 6, "width": 256, "bins": 4}
    shapes = SurvPathConfig((3, 1, 5, 2), 6)
    save_file(weights(shapes, torch.float32), directory / "weights.safetensors")
    inputs = {}
    for i in range(2):
        one = case(shapes, 4, torch.float32)
        inputs |= {f"case.{i}.genes": one.genes + i, f"case.{i}.patches": one.patches - i}
    save_file(inputs, directory / "inputs.safetensors")
    steps = {}
    for step in range(8):
        drawn = tape(shapes, 4).draws | draws(4, 4, 0.0)
        steps |= {f"step.{step}.{name}": value.clone() for name, value in drawn.items()}
    save_file(steps, directory / "training.tape.safetensors")
    save_file({}, directory / "evaluation.tape.safetensors")
    return open_parity(
        {
            "dir": str(directory),
            "backbone": "survpath",
            "config": config,
            "module": {"name": module},
            "ragged": shapes.ragged,
            "protocol": {
                "optimizer": {
                    "name": "radam",
                    "lr": 5e-4,
                    "weightDecay": 1e-3,
                    "betas": [0.9, 0.999],
                    "eps": 1e-8,
                },
                "loss": {"name": "nll", "alpha": 0.5, "eps": 1e-7, "reduction": "sum"},
                "batch": 1,
                "accumulate": 1,
            },
            "cases": [
                {"bin": 1, "censored": 0, "months": 12.5},
                {"bin": 3, "censored": 1, "months": 70.0},
            ],
            "published": published,
        }
    )["session"]


def stage(name: str, session: str, precision: str, **more: int) -> dict[str, Tensor]:
    asked = {"session": session, "precisions": [precision], "stage": name, **more}
    return load_file(run_stage(asked)[precision])


@pytest.mark.parametrize("module", ["plain", "described"])
def test_stages_in_both_precisions(tmp_path: Path, module: str) -> None:
    opened = session(tmp_path, module)
    for name, more in (("evaluation", {}), ("training", {}), ("steps", {"upTo": 7}), ("risks", {})):
        exact, single = (stage(name, opened, precision, **more) for precision in ("float64", "float32"))
        assert exact.keys() == single.keys()
        for key, value in exact.items():
            scale = value.abs().max().clamp(min=1e-12)
            assert (single[key].double() - value).abs().max() / scale < 1e-4, key
    close_parity({"session": opened})


def test_a_case_with_nan_is_named(tmp_path: Path) -> None:
    opened = session(tmp_path, "plain")
    inputs = load_file(tmp_path / "inputs.safetensors")
    inputs["case.0.patches"][0, 0] = torch.nan
    save_file(inputs, tmp_path / "inputs.safetensors")
    with pytest.raises(ValueError, match="case 0: patches hold NaN"):
        stage("evaluation", opened, "float64")


@pytest.mark.parametrize(
    ("make", "package"),
    [
        (layers.main, "nn"),
        (gated_attention.main, "nn"),
        (fusion_layers.main, "nn"),
        (nystrom.main, "nn"),
        (transport.main, "nn"),
        (gene_layers.main, "nn"),
        (objective.main, "backbone"),
        (modules.main, "modules"),
    ],
)
def test_reference_numbers_are_what_their_makers_write(
    tmp_path: Path, make: Callable[[Path], None], package: str
) -> None:
    make(tmp_path)
    committed = ROOT / "packages" / package / "reference"
    for file in tmp_path.iterdir():
        written, kept = (json.loads((folder / file.name).read_text()) for folder in (tmp_path, committed))
        assert_same(written["cases"], kept["cases"], file.name)


def assert_same(written: object, kept: object, where: str) -> None:
    """The same names and, as far as processors round alike, the same numbers."""
    assert type(written) is type(kept), where
    if isinstance(written, dict) and isinstance(kept, dict):
        assert written.keys() == kept.keys(), where
        for key, value in written.items():
            assert_same(value, kept[key], f"{where}: {key}")
    elif isinstance(written, list) and isinstance(kept, list):
        assert len(written) == len(kept), where
        if written and isinstance(written[0], float):
            assert written == pytest.approx(kept, rel=1e-9, abs=1e-12), where
        else:
            for i, (one, other) in enumerate(zip(written, kept, strict=True)):
                assert_same(one, other, f"{where}, {i}")
    elif isinstance(written, float):
        assert written == pytest.approx(kept, rel=1e-9, abs=1e-12), where
    else:
        assert written == kept, where


@with_checkout
@pytest.mark.parametrize("module", ["plain", "released"])
def test_published_classes_agree_with_the_oracle(tmp_path: Path, module: str) -> None:
    opened = session(tmp_path, module, PUBLISHED)
    for name, more in (("evaluation", {}), ("training", {}), ("steps", {"upTo": 7}), ("risks", {})):
        exact, spoken = (stage(name, opened, precision, **more) for precision in ("float64", "published"))
        shared = exact.keys() & spoken.keys()
        assert len(shared) >= (1 if name == "risks" else 10)
        for key in shared:
            scale = exact[key].abs().max().clamp(min=1e-12)
            assert (spoken[key].double() - exact[key]).abs().max() / scale < 1e-4, key


@with_checkout
def test_the_published_class_fails_where_it_is_said_to() -> None:
    from concord_bridge.published.module import failures

    assert PUBLISHED
    found = {one["where"]: (one["line"], one["type"]) for one in failures(Path(PUBLISHED), 331, 4096)}
    assert found == {
        "unequal bags": (143, "RuntimeError"),
        "two axes": (83, "RuntimeError"),
        "representation": (49, "AttributeError"),
    }


def test_a_folder_without_checkouts_is_refused(tmp_path: Path) -> None:
    from concord_bridge.published.checkout import SURVPATH, PublishedError, find_checkout

    with pytest.raises(PublishedError, match="no checkout of mahmoodlab/SurvPath"):
        find_checkout(tmp_path, SURVPATH)
    (tmp_path / "models").mkdir()
    (tmp_path / SURVPATH.landmark).touch()
    with pytest.raises(PublishedError, match="commit cannot be read"):
        find_checkout(tmp_path, SURVPATH)


def test_draws_left_over_are_an_error() -> None:
    from concord_bridge.published.feed import feeding

    with pytest.raises(RuntimeError, match="left 1 draws"), feeding([torch.ones(2), torch.ones(2)]):
        torch.rand(2)
    with pytest.raises(RuntimeError, match="draws more often"), feeding([]):
        torch.rand(2)
