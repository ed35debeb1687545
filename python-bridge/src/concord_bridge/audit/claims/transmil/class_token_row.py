"""D28: which row the class token gets."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, cannot, decide, number, text
from concord_bridge.published.checkout import load_module

CLAIM = Claim(
    sentence=(
        "With the attention package that is pinned, the class token receives its own row of the attention."
    ),
    kind="code",
    source="szc19990412/TransMIL@9d6aee5, requirements.txt; lucidrains/nystrom-attention 0.0.9",
    recorded="fails",
    meaning=(
        "Version 0.0.9 pads in front and then keeps the first rows, so all outputs are shifted by the "
        "padding and the class token gets a padding row, unless the number of tokens is a multiple of "
        "256. From 0.0.10 on it is right. A trained model has adapted to it; weights move between the "
        "versions with that change."
    ),
    reads=(
        "TransMIL/models/TransMIL.py",
        "TransMIL/requirements.txt",
        "nystrom-attention/nystrom_attention/nystrom_attention.py",
    ),
    register=("D28",),
    packages=("einops",),
)

PATCHES = 16


def check(at: Checkouts) -> Finding:
    """Run the published layer with 0.0.9, from the package's history, and with the present version."""
    root = at.root("nystrom-attention")
    show = [
        "git",
        "-c",
        "safe.directory=*",
        "-C",
        str(root),
        "show",
        "0.0.9:nystrom_attention/nystrom_attention.py",
    ]
    old = subprocess.run(show, capture_output=True, text=True, check=False)
    if old.returncode != 0:
        return cannot("the tag 0.0.9 is not in the checkout of nystrom-attention")
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "nystrom_attention"
        package.mkdir()
        (package / "nystrom_attention.py").write_text(old.stdout, encoding="utf-8")
        (package / "__init__.py").write_text(
            "from nystrom_attention.nystrom_attention import NystromAttention\n"
        )
        pinned = (
            load_module(at.root("TransMIL"), "models/TransMIL.py", beside=[Path(folder)]).TransLayer().eval()
        )
        for name in [one for one in sys.modules if one.startswith("nystrom_attention")]:
            del sys.modules[name]
        present = load_module(at.root("TransMIL"), "models/TransMIL.py", beside=[root]).TransLayer().eval()
    present.load_state_dict(pinned.state_dict())
    tokens = torch.randn(1, PATCHES + 1, 512)
    padding = 256 - (PATCHES + 1) % 256
    with torch.no_grad():
        shifted, right = pinned.attn(tokens), present.attn(tokens)
        whole = torch.cat([torch.zeros(1, padding, 512), tokens], dim=1)
        all_rows = present.attn(whole)
    gap = float((shifted - right)[0, 0].norm() / right[0, 0].norm())
    return decide(
        gap < 1e-3,
        "both versions give the class token one row",
        "the class token gets another row",
        number("tokens, class token included", PATCHES + 1),
        number("padding rows in front", padding),
        number("relative difference of the class token's row from the present version's", gap),
        number(
            "its largest distance from padding row 0", float((shifted[0, 0] - all_rows[0, 0]).abs().max())
        ),
        text(
            "pinned",
            next(line for line in at.text("TransMIL/requirements.txt").splitlines() if "nystrom" in line),
        ),
    )
