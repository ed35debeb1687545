"""D31: which epoch is reported."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, text

CLAIM = Claim(
    sentence=("The reported validation C-index is of an epoch that was chosen without the validation cases."),
    kind="protocol",
    source="FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/engine.py, lines 45–64",
    recorded="fails",
    meaning=(
        "The reported figure is the best of all epochs on the cases on which the epoch is chosen, which "
        "is optimistic; last epochs, as MCAT reports them, are not. Comparing the two in one table "
        "favours the former. Many papers of the field do the same."
    ),
    reads=("CMTA/models/cmta/engine.py",),
    register=("D31",),
)

VALIDATED = [0.5, 0.9, 0.6, 0.7]


def check(at: Checkouts) -> Finding:
    """Run the published loop of epochs with validation results that are given."""
    engine_class = at.load(CLAIM.reads[0], unused=["tqdm"]).Engine
    engine = engine_class.__new__(engine_class)
    engine.args = SimpleNamespace(resume=None, evaluate=False, num_epoch=len(VALIDATED))
    engine.best_score, engine.best_epoch, engine.filename_best = 0, 0, None
    results = iter(VALIDATED)
    engine.train = lambda *_: None
    engine.validate = lambda *_: next(results)
    engine.save_checkpoint = lambda _state: None
    with redirect_stdout(StringIO()):
        score, epoch = engine.learning(torch.nn.Identity(), None, None, None, None, None)
    return decide(
        score != max(VALIDATED),
        "the last epoch is reported",
        "the best validation epoch is reported",
        text("C-index of each epoch", ", ".join(map(str, VALIDATED))),
        number("reported", score),
        number("epoch", epoch),
    )
