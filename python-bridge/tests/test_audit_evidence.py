"""What a check may show, and what a claim may state."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import number, table, tensor
from concord_bridge.audit.registry import CLAIMS, claim_of

STATED = 'CLAIM = Claim(sentence="It is.", kind="code", source="s", recorded="holds", meaning="m"{more})\n'
CHECK = "def check(at): ...\n"


def test_nan_and_infinity_are_words_that_json_can_hold() -> None:
    shown = [number("a", math.nan), tensor("b", np.array([1.0, math.inf])), table("c", ["x"], [[-math.inf]])]
    assert json.loads(json.dumps(shown, allow_nan=False)) == [
        {"name": "a", "number": "nan"},
        {"name": "b", "tensor": {"shape": [2], "values": [1.0, "inf"]}},
        {"name": "c", "table": {"columns": ["x"], "rows": [["-inf"]]}},
    ]


def test_a_large_tensor_and_a_ragged_table_are_refused() -> None:
    with pytest.raises(ValueError, match=r"weights: \[300\] has more than 256 values"):
        tensor("weights", np.zeros(300))
    with pytest.raises(ValueError, match="rows: a row has 1 cells for 2 columns"):
        table("rows", ["a", "b"], [[1]])


def test_a_claim_is_read_without_being_run() -> None:
    source = "import no_such_package\nraise SystemExit\n" + STATED.format(more="") + CHECK
    assert claim_of(source) == Claim("It is.", "code", "s", "holds", "m")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (', reads=("../secret",)', "expected <checkout>/<path>"),
        (', reads=("/etc/passwd",)', "expected <checkout>/<path>"),
        (", reads=open('x')", "malformed node"),
        (", mood='good'", "unexpected keyword argument"),
    ],
)
def test_what_is_no_claim_is_refused(more: str, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        claim_of(STATED.format(more=more) + CHECK)


def test_pinned_commits_are_those_of_the_published_witnesses() -> None:
    from concord_bridge.published import checkout

    pinned = {
        one.source: one.commit for one in vars(checkout).values() if isinstance(one, checkout.Repository)
    }
    for path in CLAIMS.glob("*/paper.json"):
        for one in json.loads(path.read_text())["checkouts"]:
            assert pinned.get(one["source"], one["commit"]) == one["commit"], path
