"""What the experiment found: figures of each arm and variant with intervals, and what was expected of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from lattices import ARMS, SCALE, inner, picture
from page import write_page
from plan import ABLATIONS, NO_LORA, Job, main_jobs
from scenes import TILES

from unipixel.evaluation import Interval, bootstrap, measure_discipline, spearman
from unipixel.files import write_atomic

Row = Mapping[str, Any]
DISTANCE = {words: place for place, words in enumerate(sorted(TILES, key=lambda words: TILES[words]))}
"""Rank of each distance, from far to near."""
FIGURES: Mapping[str, Callable[[Row], float | None]] = {
    "within": lambda row: row["within_cell_variance"],
    "edges": lambda row: row["edge_energy_on_grid"],
    "psnr": lambda row: row["round_trip_psnr"],
    "score": lambda row: row["score"],
    "on grid": lambda row: row["is_on_grid"],
    "named": lambda row: row["named"] == row["subject"],
    "own within": lambda row: row["own"]["within_cell_variance"] if "own" in row else None,
    "own edges": lambda row: row["own"]["edge_energy_on_grid"] if "own" in row else None,
    "own on grid": lambda row: row["own"]["is_on_grid"] if "own" in row else None,
}
"""Figures of one sample by their names in ``results.json``; ``own`` ones are of the shifted arm's own lattice."""
AIMS = {"trained": (0.002, 0.95), "unseen": (0.004, 0.90)}
"""Most variance within cells and least share of edges on the grid that were hoped for of the arm "one grid"."""


def write_findings(folder: Path, seeds: int) -> Path:
    """Write ``results.json`` and ``results.md`` of the jobs that are done."""
    arms = [
        {"arm": arm, "sizes": sizes, **figures}
        for sizes in AIMS
        for arm in (*ARMS, NO_LORA)
        if (figures := summary([job for job in main_jobs(seeds) if job.arm == arm], folder, sizes))
    ]
    found = {
        question: [
            {"variant": str(value), **figures}
            for value, jobs in variants.items()
            if (figures := summary(jobs, folder, "trained"))
        ]
        for question, variants in ABLATIONS.items()
    }
    results = {"references": references(folder), "arms": arms, "ablations": found, "expected": compare(arms)}
    write_atomic(folder / "results.json", json.dumps(results, indent=1) + "\n")
    return write_atomic(folder / "results.md", write_page(results))


def load(job: Job, folder: Path) -> list[Row]:
    """Samples of a job with their figures; none where it is not done."""
    file = folder / job.name / "figures.json"
    return json.loads(file.read_text("utf-8"))["samples"] if file.exists() else []


def summary(jobs: Sequence[Job], folder: Path, sizes: str) -> dict[str, Any] | None:
    """Means over the samples of all jobs, with intervals; None where no job is done.

    Where there are several training seeds, the interval is over those: each seed's mean is one value, so it tells what
    another training would give. With one seed it is over samples (``"over": "samples"``), which is narrower.
    """
    runs = [rows for job in jobs if (rows := [row for row in load(job, folder) if row["seen"] == (sizes == "trained")])]
    if not runs:
        return None
    told: dict[str, Any] = {
        "seeds": len(runs),
        "samples": len(runs[0]),
        "over": "seeds" if len(runs) > 1 else "samples",
        "measured": float(np.mean([row["subject_height"] is not None for rows in runs for row in rows])),
        "distance": asdict(over_runs(runs, distance_rank)),
    }
    for name, figure in FIGURES.items():
        if figure(runs[0][0]) is not None:
            told[name] = asdict(over_runs(runs, lambda rows, figure=figure: float(np.mean([*map(figure, rows)]))))
    return told


def over_runs(runs: Sequence[Sequence[Row]], figure: Callable[[Sequence[Row]], float]) -> Interval:
    """A figure of many samples, with its interval over runs; of one run, over its samples."""
    if len(runs) > 1:
        return bootstrap([figure(rows) for rows in runs])
    rows, rng = runs[0], np.random.default_rng(0)
    drawn = [figure([rows[index] for index in rng.integers(0, len(rows), len(rows))]) for _ in range(500)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(figure(rows), float(low), float(high), len(rows))


def distance_rank(rows: Sequence[Row]) -> float:
    """Spearman's rank correlation of the prompted distance and the subject's measured height; 0 where there is none."""
    pairs = [(DISTANCE[row["distance"]], row["subject_height"]) for row in rows if row["subject_height"] is not None]
    return spearman([place for place, _ in pairs], [height for _, height in pairs]) or 0.0


def references(folder: Path) -> list[dict[str, Any]]:
    """The training images of each arm, as they are and through the autoencoder: what can be learned, and be shown."""
    file = folder / "references.json"
    if file.exists():
        return json.loads(file.read_text("utf-8"))
    from unipixel.diffusion.latents import round_trip
    from unipixel.stages.base import open_base

    base, rows, scenes = open_base("micro"), [], Job().scenes()
    for arm in ARMS:
        images = [picture(scene, arm, chance) for chance, scene in enumerate(scenes)]
        rows.append({"arm": arm, "decoded": False, **_figures(arm, images)})
        rows.append({"arm": arm, "decoded": True, **_figures(arm, [round_trip(base, image) for image in images])})
    write_atomic(file, json.dumps(rows, indent=1) + "\n")
    return rows


def _figures(arm: str, images: Sequence[np.ndarray]) -> dict[str, float]:
    rows = [measure_discipline(image, SCALE).to_dict() for image in images]
    if arm == "shifted":
        rows = [
            {**row, "own": measure_discipline(inner(image), SCALE).to_dict()}
            for row, image in zip(rows, images, strict=True)
        ]
    names = [name for name in FIGURES if name != "named" and FIGURES[name](rows[0]) is not None]
    return {name: float(np.mean([FIGURES[name](row) for row in rows])) for name in names}


def compare(arms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each expectation that was set before the experiment, what came out, and whether it was met."""
    at = {(row["arm"], row["sizes"]): row for row in arms}
    told: list[dict[str, Any]] = []

    def expect(what: str, figure: float, met: bool) -> None:
        told.append({"expected": what, "figure": figure, "met": met})

    for sizes, (most, least) in AIMS.items():
        one, shifted = at.get(("one grid", sizes)), at.get(("shifted", sizes))
        others = [row for row in arms if row["sizes"] == sizes and row["arm"] != "one grid"]
        if one is None or shifted is None:
            continue
        name = f"one grid, {sizes} sizes"
        within, edges = one["within"]["mean"], one["edges"]["mean"]
        expect(f"{name}: variance within cells at most {most}", within, within <= most)
        expect(f"{name}: edges on the grid at least {least}", edges, edges >= least)
        gap = min(row["within"]["low"] for row in others) - one["within"]["high"]
        expect(f"{name}: interval of variance within cells apart from all other arms', gap above 0", gap, gap > 0)
        gap = one["edges"]["low"] - max(row["edges"]["high"] for row in others)
        expect(f"{name}: interval of edges on the grid apart from all other arms', gap above 0", gap, gap > 0)
        own = shifted["own on grid"]["mean"]
        expect(f"shifted, {sizes} sizes: share of samples on their own lattice at least 0.95", own, own >= 0.95)
    if one := at.get(("one grid", "trained")):
        named, rank = one["named"]["mean"], one["distance"]["mean"]
        expect("one grid: share of subjects that the classifier names at least 0.8", named, named >= 0.8)
        expect("one grid: rank correlation of distance tag and subject size at least 0.7", rank, rank >= 0.7)
    return told
