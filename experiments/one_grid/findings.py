"""What the experiment found: figures with intervals, in JSON and as a page of tables.

Two kinds of interval, never mixed: over *training seeds* (each seed's mean over its samples is one value: what another
training would give), and, where an arm has one seed only, over samples (said so).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lattices import ARMS, picture
from plan import NO_LORA, Job, ablations, main_jobs
from scenes import SUBJECTS, TILES

from unipixel.evaluation import Interval, bootstrap, measure_discipline
from unipixel.files import write_atomic
from unipixel.stages.base import open_base

Row = Mapping[str, Any]
DISTANCE = {words: place for place, words in enumerate(sorted(TILES, key=lambda words: TILES[words]))}
"""Rank of each distance, from far to near."""


def write_findings(folder: Path, seeds: int) -> Path:
    """Write ``results.json`` and ``results.md`` from the jobs that are done."""
    results = {
        "references": references(folder),
        "arms": [arm_row(arm, folder, seeds, seen) for seen in (True, False) for arm in (*ARMS, NO_LORA)],
        "ablations": {
            question: [row for job in _unseeded(jobs) if (row := ablation_row(question, job, jobs, folder))]
            for question, jobs in ablations().items()
        },
    }
    results["arms"] = [row for row in results["arms"] if row]
    results["verdicts"] = verdicts(results["arms"])
    write_atomic(folder / "results.json", json.dumps(results, indent=1, default=_as_json) + "\n")
    return write_atomic(folder / "results.md", "\n".join(_page(results)) + "\n")


def load(job: Job, folder: Path) -> list[Row]:
    """Samples of a job with their figures; none where it is not done."""
    file = folder / job.name / "figures.json"
    return json.loads(file.read_text("utf-8"))["samples"] if file.exists() else []


def arm_row(arm: str, folder: Path, seeds: int, seen: bool) -> dict[str, Any] | None:
    """Figures of an arm at trained or unseen sizes, with intervals over training seeds."""
    runs = [[row for row in load(job, folder) if row["seen"] == seen] for job in main_jobs(seeds) if job.arm == arm]
    return _row({"arm": arm, "sizes": "trained" if seen else "unseen"}, [rows for rows in runs if rows])


def ablation_row(question: str, job: Job, jobs: Sequence[Job], folder: Path) -> dict[str, Any] | None:
    """Figures of one variant at trained sizes."""
    same = [each for each in jobs if _without_seed(each) == _without_seed(job)]
    runs = [[row for row in load(each, folder) if row["seen"]] for each in same]
    key = {"rank": "rank", "layers": "targets", "images": "images", "steps": "steps", "scale": "scale"}.get(question)
    return _row({"variant": str(getattr(job, key or "distances"))}, [rows for rows in runs if rows])


def _row(head: dict[str, Any], runs: Sequence[Sequence[Row]]) -> dict[str, Any] | None:
    if not runs:
        return None

    def over(figure: Callable[[Sequence[Row]], float]) -> Interval:
        return bootstrap([figure(rows) for rows in runs])

    row = {
        **head,
        "seeds": len(runs),
        "samples": sum(map(len, runs)),
        "within": over(_mean("within_cell_variance")),
        "edges": over(_mean("edge_energy_on_grid")),
        "psnr": over(_mean("round_trip_psnr")),
        "score": over(_mean("score")),
        "on_grid": over(_mean("is_on_grid")),
        "named": over(lambda rows: float(np.mean([row["named"] == row["subject"] for row in rows]))),
        "distance": over(distance_rank),
        "measured": over(lambda rows: float(np.mean([row["subject_height"] is not None for row in rows]))),
    }
    if all("own" in sample for rows in runs for sample in rows):
        row["own within"] = over(lambda rows: float(np.mean([r["own"]["within_cell_variance"] for r in rows])))
        row["own edges"] = over(lambda rows: float(np.mean([r["own"]["edge_energy_on_grid"] for r in rows])))
        row["own on grid"] = over(lambda rows: float(np.mean([r["own"]["is_on_grid"] for r in rows])))
    return row


def _mean(name: str) -> Callable[[Sequence[Row]], float]:
    return lambda rows: float(np.mean([row[name] for row in rows]))


def distance_rank(rows: Sequence[Row]) -> float:
    """Spearman's rank correlation of the prompted distance with the measured height of the subject; 0 if it can't be."""
    pairs = [(DISTANCE[row["distance"]], row["subject_height"]) for row in rows if row["subject_height"] is not None]
    if len(pairs) < 3:
        return 0.0
    first, second = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    return float(np.corrcoef(first, second)[0, 1]) if first.std() and second.std() else 0.0


def _ranks(values: Iterable[float]) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(np.asarray(list(values), float), return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def references(folder: Path) -> list[dict[str, Any]]:
    """The training images of each arm, as they are and through the autoencoder: what can be learned, and shown at all."""
    file = folder / "references.json"
    if file.exists():
        return json.loads(file.read_text("utf-8"))
    from unipixel.diffusion.latents import round_trip

    base, rows = open_base("micro"), []
    scenes = Job().scenes()
    for arm in ARMS:
        images = [picture(scene, arm, chance) for chance, scene in enumerate(scenes)]
        decoded = [round_trip(base, image) for image in images]
        rows += [
            {"arm": arm, "decoded": through, **_figures(arm, these)}
            for through, these in ((False, images), (True, decoded))
        ]
    write_atomic(file, json.dumps(rows, indent=1) + "\n")
    return rows


def _figures(arm: str, images: Sequence[np.ndarray]) -> dict[str, float]:
    """Mean figures at the grid, and, for the shifted arm, at its own."""
    found = [measure_discipline(image, 8) for image in images]
    figures = {
        "within": float(np.mean([one.within_cell_variance for one in found])),
        "edges": float(np.mean([one.edge_energy_on_grid for one in found])),
        "on_grid": float(np.mean([one.is_on_grid for one in found])),
    }
    if arm == "shifted":
        own = [measure_discipline(np.ascontiguousarray(image[4:-4, 4:-4]), 8) for image in images]
        figures["own within"] = float(np.mean([one.within_cell_variance for one in own]))
        figures["own edges"] = float(np.mean([one.edge_energy_on_grid for one in own]))
    return figures


def verdicts(arms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each expectation that was set before the experiment, the figure, and whether it was met."""
    at = {(row["arm"], row["sizes"]): row for row in arms}
    told: list[dict[str, Any]] = []

    def ask(what: str, figure: float | None, met: Callable[[float], bool]) -> None:
        if figure is not None:
            told.append({"expected": what, "figure": figure, "met": met(figure)})

    for sizes, within, edges in (("trained", 0.002, 0.95), ("unseen", 0.004, 0.90)):
        one = at.get(("one grid", sizes))
        if one is None:
            continue
        ask(
            f"one grid, {sizes} sizes: variance within cells at most {within}",
            one["within"].mean,
            lambda x, w=within: x <= w,
        )
        ask(
            f"one grid, {sizes} sizes: edges on the grid at least {edges}", one["edges"].mean, lambda x, e=edges: x >= e
        )
        others = [row for row in arms if row["sizes"] == sizes and row["arm"] != "one grid"]
        if others:
            gap = min(row["within"].low for row in others) - one["within"].high
            ask(
                f"one grid, {sizes} sizes: interval of variance within cells below those of all other arms",
                gap,
                lambda x: x > 0,
            )
            gap = one["edges"].low - max(row["edges"].high for row in others)
            ask(
                f"one grid, {sizes} sizes: interval of edges on the grid above those of all other arms",
                gap,
                lambda x: x > 0,
            )
        if (shifted := at.get(("shifted", sizes))) is not None:
            ask(
                f"shifted, {sizes} sizes: share on its own lattice at least 0.95",
                shifted["own on grid"].mean,
                lambda x: x >= 0.95,
            )
    if ("one grid", "trained") in at:
        one = at["one grid", "trained"]
        ask(
            f"one grid: subjects that the classifier names (of {len(SUBJECTS)}) at least 0.8",
            one["named"].mean,
            lambda x: x >= 0.8,
        )
        ask(
            "one grid: rank correlation of distance and subject size at least 0.7",
            one["distance"].mean,
            lambda x: x >= 0.7,
        )
    return told


def _page(results: Mapping[str, Any]) -> Iterable[str]:
    yield "## Training images: what could be learned, and what the autoencoder can show"
    yield from _table(
        ["arm", "", "variance within cells", "edges on the grid", "best offset is the grid's"],
        [[r["arm"], "through the autoencoder" if r["decoded"] else "as they are", f"{r['within']:.4f}", f"{r['edges']:.3f}", f"{r['on_grid']:.0%}"]
         for r in results["references"]],
    )  # fmt: skip
    yield "## Samples: mean [95 % interval over training seeds]"
    yield from _table(
        ["arm", "sizes", "seeds x samples", "variance within cells", "edges on the grid", "round trip dB", "score", "on the grid", "subject named", "distance, rho"],
        [[r["arm"], r["sizes"], f"{r['seeds']} x {r['samples'] // r['seeds']}", *(_short(r[k]) for k in ("within", "edges", "psnr", "score", "on_grid", "named", "distance"))]
         for r in results["arms"]],
    )  # fmt: skip
    own = [r for r in results["arms"] if "own within" in r]
    yield "## The shifted arm on its own lattice"
    yield from _table(
        ["sizes", "variance within cells", "edges on it", "best offset is its own"],
        [[r["sizes"], *(_short(r[k]) for k in ("own within", "own edges", "own on grid"))] for r in own],
    )
    yield "## Expected before, found"
    yield from _table(
        ["expected", "found", "met"],
        [[v["expected"], f"{v['figure']:.4f}", "yes" if v["met"] else "no"] for v in results["verdicts"]],
    )
    for question, rows in results["ablations"].items():
        if rows:
            yield f"## Ablation: {question}"
            yield from _table(
                ["variant", "seeds x samples", "variance within cells", "edges on the grid", "subject named", "distance, rho"],
                [[r["variant"], f"{r['seeds']} x {r['samples'] // r['seeds']}", *(_short(r[k]) for k in ("within", "edges", "named", "distance"))] for r in rows],
            )  # fmt: skip


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _short(value: Interval) -> str:
    return f"{value.mean:.3g}" if value.n == 1 else f"{value.mean:.3g} [{value.low:.3g}, {value.high:.3g}]"


def _unseeded(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.seed == jobs[0].seed]


def _without_seed(job: Job) -> dict[str, Any]:
    return {key: value for key, value in vars(job).items() if key != "seed"}


def _as_json(value: Any) -> Any:
    return vars(value) if isinstance(value, Interval) else value
