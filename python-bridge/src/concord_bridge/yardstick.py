"""How far a right float32 program is from the truth: the largest error of several."""

from __future__ import annotations

import torch

from concord_bridge.reference_run import ReferenceRun, take
from concord_bridge.subject import Named, Subject


class Yardstick:
    """float32, in as many runs as are asked for: of each number, the one farthest from float64.

    Dividing by √v, the optimiser turns last-place noise in the gradient of a nearly dead unit into visible
    steps, so that after a while the error of a single run is a matter of luck. The first run starts from the
    weights as they are, the others from weights moved by at most one unit in the last place.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.runs: list[ReferenceRun] = []

    def stage(self, name: str, up_to: int, exact: Named, runs: int) -> Named:
        """A stage in so many runs; those that are behind are trained as far first.

        Args:
            name: of the stage, see Run.
            up_to: optimiser steps taken by its end.
            exact: what float64 found.
            runs: at least one.
        """
        for jitter in range(len(self.runs), runs):
            self.runs.append(ReferenceRun(self.subject, torch.float32, jitter))
        chosen = self.runs[:runs]
        for run in chosen:
            if up_to > 0:
                run.steps(up_to)
        return farthest(exact, [take(run, name, up_to) for run in chosen])


def farthest(exact: Named, runs: list[Named]) -> Named:
    """Of several runs' numbers, each the one farthest from the exact one."""
    found = dict(runs[0])
    for run in runs[1:]:
        for name, value in run.items():
            if not value.is_floating_point():
                continue
            further = (value - exact[name]).abs() > (found[name] - exact[name]).abs()
            found[name] = torch.where(further, value, found[name])
    return found
