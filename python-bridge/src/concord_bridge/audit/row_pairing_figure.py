"""The figure of the row-pairing experiment, as an SVG that is readable on light and on dark pages.

    python -m concord_bridge.audit.row_pairing_figure <row-pairing-runs.csv> <figure.svg>

Left, the C-index of held-out cases, right, the difference of the two pairings; a dot is a fold, its seeds
averaged, a bar a mean with Student's 95 % interval.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

from concord_bridge.audit.row_pairing import COHORTS, fold_means, mean_and_half

WIDTH, HEIGHT, TOP, BOTTOM = 860, 330, 64, 278
STYLE = """
  text { font: 13px system-ui, "Liberation Sans", Arial, sans-serif; fill: #1d1c1a; }
  .title { font-weight: 600; } .soft { fill: #66625b; }
  .end { text-anchor: end; } .mid { text-anchor: middle; }
  line { stroke: #e4dfd5; } .none { stroke: #66625b; stroke-dasharray: 3 3; }
  .case { stroke: #0a66ad; fill: #0a66ad; } .position { stroke: #c06c00; fill: #c06c00; }
  .gap { stroke: #1d1c1a; fill: #1d1c1a; }
  circle.fold { stroke: none; fill-opacity: 0.4; } .mean { stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e9e6df; } .soft { fill: #a09c94; } line { stroke: #33373e; } .none { stroke: #a09c94; }
    .case { stroke: #6cb6f0; fill: #6cb6f0; } .position { stroke: #f0a848; fill: #f0a848; }
    .gap { stroke: #e9e6df; fill: #e9e6df; }
  }
"""


def figure(rows: list[dict[str, object]]) -> str:
    """Draw the experiment.

    Args:
        rows: one a run, as row-pairing-runs.csv has them.

    Returns:
        an SVG document.
    """
    values = {cohort: fold_means(rows, cohort) for cohort in (*COHORTS, "both")}
    gaps = {
        cohort: [a - b for a, b in zip(one["case"], one["position"], strict=True)]
        for cohort, one in values.items()
    }
    left = scale(0.35, 0.80, 110, 470)
    right = scale(-0.25, 0.35, 560, 840)
    parts = [
        *axis(left, [0.4, 0.5, 0.6, 0.7], 0.5, "C-index of held-out cases", "chance"),
        *axis(right, [-0.2, -0.1, 0.0, 0.1, 0.2, 0.3], 0.0, "by case less by position", "no difference"),
    ]
    for i, (cohort, one) in enumerate(values.items()):
        y = TOP + 36 + 74 * i
        parts.append(f'<text class="title end" x="94" y="{y + 4}">{shown(cohort)}</text>')
        parts += summary(left, one["case"], y - 11, "case") + summary(
            left, one["position"], y + 13, "position"
        )
        parts += summary(right, gaps[cohort], y, "gap")
        mean, half = mean_and_half(gaps[cohort])
        told = f"{signed(mean)} ({signed(mean - half)} to {signed(mean + half)})"
        parts.append(f'<text class="mid" x="{right(mean):.1f}" y="{y - 12}">{told}</text>')
    parts += [
        '<text class="title case" style="stroke: none" x="110" y="320">genes by case</text>',
        '<text class="title position" style="stroke: none" x="230" y="320">genes by position</text>',
        '<text class="soft end" x="840" y="320">dot: a fold; bar: mean and 95 % interval</text>',
    ]
    described = "; ".join(
        f"{shown(cohort)}: {mean_and_half(one['case'])[0]:.3f} by case, "
        f"{mean_and_half(one['position'])[0]:.3f} by position"
        for cohort, one in values.items()
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title about">\n'
        '<title id="title">C-index with genes paired by case and by position</title>\n'
        f'<desc id="about">Means over folds. {described}.</desc>\n<style>{STYLE}</style>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Place a value between two values between two ends."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def axis(at: Callable[[float], float], ticks: list[float], none: float, name: str, word: str) -> list[str]:
    """Grid, figures and title of one panel, and the line of no effect with its word."""
    lines = [
        f'<line class="{"none" if tick == none else "grid"}" x1="{at(tick):.1f}" x2="{at(tick):.1f}" '
        f'y1="{TOP}" y2="{BOTTOM}"/>'
        for tick in ticks
    ]
    figures = [
        f'<text class="soft mid" x="{at(tick):.1f}" y="{BOTTOM + 16}">{signed(tick, 1)}</text>'
        for tick in ticks
    ]
    title = f'<text class="title" x="{at(ticks[0]):.1f}" y="24">{name}</text>'
    return [*lines, *figures, title, f'<text class="soft mid" x="{at(none):.1f}" y="{TOP - 8}">{word}</text>']


def summary(at: Callable[[float], float], values: list[float], y: float, kind: str) -> list[str]:
    """Folds as dots, their mean with its interval as a bar."""
    mean, half = mean_and_half(values)
    first, last = at(mean - half), at(mean + half)
    return [
        *(f'<circle class="{kind} fold" cx="{at(value):.1f}" cy="{y}" r="4"/>' for value in values),
        f'<line class="{kind} mean" x1="{first:.1f}" x2="{last:.1f}" y1="{y}" y2="{y}"/>',
        f'<line class="{kind} mean" x1="{at(mean):.1f}" x2="{at(mean):.1f}" y1="{y - 7}" y2="{y + 7}"/>',
    ]


def shown(cohort: str) -> str:
    """A cohort as people read it."""
    return cohort if cohort == "both" else cohort.upper()


def signed(value: float, digits: int = 3) -> str:
    """A figure with a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")


def main() -> None:
    """Read the runs, write the figure."""
    parser = argparse.ArgumentParser(prog="concord_bridge.audit.row_pairing_figure", description=__doc__)
    parser.add_argument("runs", type=Path)
    parser.add_argument("figure", type=Path)
    given = parser.parse_args()
    with given.runs.open(newline="") as file:
        rows: list[dict[str, object]] = [dict(row) for row in csv.DictReader(file)]
    given.figure.write_text(figure(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
