"""Whether the score keeps its promises on real art, and what measuring costs: python benchmarks/measure/run.py."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.append(str(Path(__file__).parents[1] / "grid"))

from cases import Pixels, rng_for
from curve import draw_test_picture, least_time
from gridless import KINDS, draw_gridless
from harms import HARMS, ON_THE_CELLS, SCALE, Harm
from natives import FOLDER, folder_natives, load_native, own_natives

from unipixel.evaluation import Discipline, measure_discipline

SIDE = 64
"""Native px of a side that are looked at of each native, at most."""

FEWEST_EDGES = 0.03
"""Share of unlike neighbours below which a native shows nothing that could be damaged."""

RISE = 0.02
"""Rise of the score with more damage that counts as a violation; all above 1e-9 are counted besides."""

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the edge share in the score; the phase share has the rest."""


@dataclass(frozen=True)
class Column:
    """Figures of all natives under one harm: ``[native][strength]``, perfect art first."""

    harm: Harm
    figures: list[list[Discipline]]

    def scores(self, weight: float = 0.5) -> np.ndarray:
        """Scores ``(natives, strengths + 1)``, with another weight of the edge share where one is given."""
        return np.array([[score_of(found, weight) for found in row] for row in self.figures])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=60, help="natives")
    parser.add_argument("--out", type=Path, default=Path("build/measure-benchmark"), help="folder for the page")
    chosen = parser.parse_args()
    folder = os.environ.get(FOLDER)
    names = folder_natives(Path(folder), chosen.images) if folder else own_natives(chosen.images)
    natives = {name: native for name in names if has_edges(native := load_native(name)[:SIDE, :SIDE])}
    columns = {name: measure_harm(name, harm, natives) for name, harm in {**HARMS, **ON_THE_CELLS}.items()}
    listed = {name: column for name, column in columns.items() if name in HARMS}
    page = "\n\n".join(
        [
            f"{len(natives)} natives, x{SCALE}.",
            "# Score",
            score_table(columns),
            "# Weights",
            weight_table(listed),
            "# Pictures without a grid",
            gridless_table(Path(folder) if folder else None),
            "# Drift, pitch, mixels",
            figure_table(columns),
            "# Speed",
            speed_table(),
        ]
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "measure.md").write_text(page + "\n", "utf-8")
    print(page)


def has_edges(native: Pixels) -> bool:
    return bool((np.diff(native.astype(int), axis=1) != 0).any(axis=-1).mean() >= FEWEST_EDGES)


def measure_harm(name: str, harm: Harm, natives: dict[str, Pixels]) -> Column:
    """Measure every native at every strength."""
    rows = []
    for source, native in natives.items():
        pictures = [harm.make(native, strength, rng_for("measure", name, source)) for strength in (0, *harm.strengths)]
        rows.append([measure_discipline(picture, SCALE) for picture in pictures[1:]])
        perfect = native.repeat(SCALE, axis=0).repeat(SCALE, axis=1)
        rows[-1].insert(0, measure_discipline(perfect, SCALE))
    return Column(harm, rows)


def score_of(found: Discipline, weight: float) -> float:
    """The score with another weight of its edge share; 0.5 is the score itself."""
    edges = max(0.0, (found.edge_energy_on_grid - 1 / SCALE) / (1 - 1 / SCALE))
    phase = found.score**2 / edges if edges else 0.0
    return float(edges**weight * phase ** (1 - weight))


def score_table(columns: dict[str, Column]) -> str:
    """Mean and standard deviation over natives at each strength, and how often more damage scored more."""
    lines = [
        "| harm | strength: score, mean ± standard deviation | rises | above 0.02 | largest |",
        "|---|---|--:|--:|--:|",
    ]
    for name, column in columns.items():
        scores = column.scores()
        steps = np.diff(scores, axis=1)
        cells = [
            f"{strength:g}: {scores[:, place + 1].mean():.2f} ± {scores[:, place + 1].std():.2f}"
            for place, strength in enumerate(column.harm.strengths)
        ]
        lines.append(
            f"| {name}, {column.harm.unit} | {'; '.join(cells)} | {int((steps > 1e-9).sum())} of {steps.size} "
            f"| {int((steps > RISE).sum())} | {max(0.0, steps.max()):.3f} |"
        )
    return "\n".join(lines)


def weight_table(columns: dict[str, Column]) -> str:
    """What other weights would do: spread between natives, rises, and what gridless pictures score."""
    gridless = [measure_discipline(draw_gridless(index), SCALE) for index in range(20)]
    lines = [
        "| weight of the edge share | spread between natives | rises above 0.02 | least first step | gridless, most |",
        "|--:|--:|--:|--:|--:|",
    ]
    for weight in WEIGHTS:
        scores = [column.scores(weight) for column in columns.values()]
        spread = np.mean([table[:, 1:].std(axis=0).mean() for table in scores])
        rises = sum(int((np.diff(table, axis=1) > RISE).sum()) for table in scores)
        first = min(1 - table[:, 1].mean() for table in scores)
        most = max(score_of(found, weight) for found in gridless)
        lines.append(f"| {weight:g} | {spread:.3f} | {rises} | {first:.3f} | {most:.3f} |")
    return "\n".join(lines)


def gridless_table(folder: Path | None) -> str:
    """Scores of pictures that know no grid."""
    groups: dict[str, list[Discipline]] = {}
    for index in range(40):
        kind = KINDS[index % len(KINDS)].__name__.strip("_")
        groups.setdefault(kind, []).append(measure_discipline(draw_gridless(index), SCALE))
    if folder is not None:
        files = sorted((folder / "negatives").iterdir())
        images = (np.asarray(Image.open(file).convert("RGB")) for file in files)
        groups["negatives of the folder"] = [measure_discipline(image, SCALE) for image in images]
    lines = ["| pictures | n | score, mean | most | drift seen |", "|---|--:|--:|--:|--:|"]
    for name, rows in groups.items():
        scores = [row.score for row in rows]
        seen = sum(row.drift is not None for row in rows)
        lines.append(f"| {name} | {len(rows)} | {np.mean(scores):.3f} | {max(scores):.3f} | {seen} |")
    return "\n".join(lines)


def figure_table(columns: dict[str, Column]) -> str:
    """Medians over natives at the least and the worst strength; how often lines could be followed at the worst."""
    lines = [
        "| harm | strength | drift, px | pitch between columns, px | lines followed | mixels |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, column in columns.items():
        for place in (1, len(column.harm.strengths) // 2 + 1, len(column.harm.strengths)):
            rows = [row[place] for row in column.figures]
            drifts = [row.drift for row in rows if row.drift is not None]
            pitches = [row.pitch[1] for row in rows if row.pitch[1] is not None]
            lines.append(
                f"| {name} | {column.harm.strengths[place - 1]:g} | {_median(drifts, 2)} | {_median(pitches, 3)} "
                f"| {len(drifts) / len(rows):.0%} | {np.mean([row.mixels for row in rows]):.3f} |"
            )
    return "\n".join(lines)


def speed_table() -> str:
    """CPU time of all figures beside decoding the same PNG, in this process."""
    photo = KINDS[0](1024, 1024, rng_for("measure", "speed"))
    pictures = {kind: draw_test_picture(kind, (1024, 1024)) for kind in ("clean", "soft")} | {"photo": photo}
    lines = ["| 1024x1024 | decoding, ms | measuring, ms | times decoding |", "|---|--:|--:|--:|"]
    for name, image in pictures.items():
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG")
        decode = least_time(lambda: Image.open(buffer).convert("RGBA"))  # noqa: B023 - called at once
        rgba = np.asarray(Image.open(buffer).convert("RGBA"))
        own = least_time(lambda: measure_discipline(rgba, SCALE))  # noqa: B023
        lines.append(f"| {name} | {1e3 * decode:.1f} | {1e3 * own:.1f} | {own / decode:.2f} |")
    return "\n".join(lines)


def _median(values: Sequence[float], digits: int) -> str:
    return f"{np.median(values):.{digits}f}" if values else "–"


if __name__ == "__main__":
    main()
