from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sksurv.metrics import concordance_index_censored

from concord_bridge.peers import PEERS, fit_peer

RNG = np.random.default_rng(7)


def planted(cases: int, columns: int) -> dict[str, np.ndarray]:
    features = RNG.normal(size=(cases, columns))
    risk = features[:, 0] - features[:, 1]
    months = RNG.exponential(np.exp(-risk))
    events = (RNG.uniform(size=cases) < 0.7).astype(float)
    return {"features": features, "months": months, "events": events}


def write(file: Path, train: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    named = {f"training.{name}": value for name, value in train.items()}
    save_file({**named, "features": other["features"]}, file)


@pytest.mark.parametrize("peer", PEERS)
def test_finds_a_planted_risk_in_other_cases(peer: str, tmp_path: Path) -> None:
    columns = 2 if peer == "stage-age" else 6
    train, other = planted(200, columns), planted(200, columns)
    file = tmp_path / "peer.safetensors"
    save_file(
        {**{f"training.{name}": value for name, value in train.items()}, "features": other["features"]}, file
    )
    found = fit_peer({"peer": peer, "file": str(file), "seed": 1})
    again = fit_peer({"peer": peer, "file": str(file), "seed": 1})
    assert found == again
    c = concordance_index_censored(other["events"].astype(bool), other["months"], np.array(found["risks"]))[0]
    assert c > 0.7


def test_stage_and_age_go_on_with_what_is_known(tmp_path: Path) -> None:
    train, other = planted(100, 2), planted(20, 2)
    train["features"][:, 1] = np.nan
    train["features"][::7, 0] = np.nan
    other["features"][3] = np.nan
    file = tmp_path / "peer.safetensors"
    save_file(
        {**{f"training.{name}": value for name, value in train.items()}, "features": other["features"]}, file
    )
    found = fit_peer({"peer": "stage-age", "file": str(file), "seed": 1})
    assert found["parameters"] == 1
    assert np.isfinite(found["risks"]).all()
    train["features"][:] = np.nan
    save_file(
        {**{f"training.{name}": value for name, value in train.items()}, "features": other["features"]}, file
    )
    with pytest.raises(ValueError, match="neither age nor stage"):
        fit_peer({"peer": "stage-age", "file": str(file), "seed": 1})


def test_ridge_cox_of_both_finds_what_only_slides_show(tmp_path: Path) -> None:
    train, other = planted(200, 6), planted(200, 6)
    file = tmp_path / "peer.safetensors"
    noise = {name: RNG.normal(size=(200, 300)) for name in ("training.features", "features")}
    outcome = {f"training.{name}": train[name] for name in ("months", "events")}
    # In other units, and with a column that tells nothing.
    slides = {"training.slides": train["features"] * 1e-3, "slides": other["features"] * 1e-3}
    slides = {name: np.hstack([value, np.ones((200, 1))]) for name, value in slides.items()}
    save_file({**noise, **outcome, **slides}, file)
    found = fit_peer({"peer": "ridge-cox-both", "file": str(file), "seed": 1})
    alone = fit_peer({"peer": "ridge-cox", "file": str(_without_slides(file)), "seed": 1})

    def concordance(risks: list[float]) -> float:
        events = other["events"].astype(bool)
        return float(concordance_index_censored(events, other["months"], np.array(risks))[0])

    assert concordance(found["risks"]) > 0.7 > concordance(alone["risks"]) + 0.1
    assert found["parameters"] == alone["parameters"] + 6

    constant = {name: np.ones_like(value) for name, value in slides.items()}
    save_file({**noise, **outcome, **constant}, file)
    with pytest.raises(ValueError, match="no feature of the slides varies"):
        fit_peer({"peer": "ridge-cox-both", "file": str(file), "seed": 1})


def _without_slides(file: Path) -> Path:
    path = file.with_name("genes.safetensors")
    save_file({name: value for name, value in load_file(file).items() if "slides" not in name}, path)
    return path
