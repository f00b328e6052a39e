"""Measure grid discipline: training images, the same through the autoencoder, samples without and with the LoRA."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from unipixel.conversion.batch import FEW
from unipixel.dataset.canvas import Canvas
from unipixel.errors import UniPixelError, WorkspaceError
from unipixel.evaluation import Discipline, bootstrap, measure_discipline, paired_difference
from unipixel.files import sha256, write_atomic
from unipixel.image import load_image, save_png
from unipixel.parallel import in_order
from unipixel.progress import Event, Progress, quiet
from unipixel.stages.base import DEFAULT_BASE, need_torch, open_base
from unipixel.stages.samples import plan_samples
from unipixel.stages.workspace import Run, Workspace

METRICS = ("within_cell_variance", "edge_energy_on_grid", "round_trip_psnr", "score", "mixels", "colors")
"""Figures that are summed up, each a field of :class:`~unipixel.evaluation.Discipline`."""
SETS = {"with": "with LoRA", "without": "without LoRA"}
"""What the two arms of samples are called in the report."""


def measure(
    workspace: Workspace,
    *,
    run: str | None = None,
    base: str = DEFAULT_BASE,
    overrides: Mapping[str, Any] | None = None,
    device: str = "auto",
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Measure a run and write ``measures.json``.

    The training images are measured as they are and after a way through the autoencoder: no LoRA can draw
    better than what the autoencoder lets through, and one that flattens cells by itself would be seen here.

    Parameters
    ----------
    workspace, run, base, overrides, device
        As for :func:`~unipixel.stages.training.train`.
    progress : Progress
        Told after each picture.

    Returns
    -------
    dict
        ``measures`` (a row for each set and size: means with 95 % bootstrap intervals over pictures),
        ``differences`` (with minus without LoRA, paired by prompt and seed) and ``pictures`` (every figure).

    Raises
    ------
    WorkspaceError
        A sample is missing.
    """
    recipe, place = workspace.recipe(overrides), workspace.run(run)
    jobs = _samples(place, workspace, overrides) + _training(place, workspace, base, device, progress)
    rows: list[dict[str, Any]] = []
    for index, (name, canvas, file) in enumerate(jobs):
        figures = measure_discipline(load_image(file), recipe.scale)
        rows.append({"set": name, "size": str(canvas), "file": workspace.relative(file), **figures.to_dict()})
        progress(Event("measure", index + 1, len(jobs), file.name))
    seen = {str(canvas) for canvas in recipe.dataset.canvases}
    result = {
        "scale": recipe.scale,
        "measures": [_summary(group, seen) for group in _groups(rows)],
        "differences": _differences(rows),
        "pictures": rows,
    }
    write_atomic(place.measures_file, json.dumps(result, indent=1) + "\n")
    return result


@dataclass(frozen=True)
class Measured:
    """One picture's figures, or why there are none."""

    file: Path
    figures: Discipline | None
    problem: str = ""
    """What is wrong with the file, as a sentence; empty where it was measured."""


def measure_files(
    files: Sequence[Path], *, scale: int, workers: int | None = None, progress: Progress = quiet
) -> Iterator[Measured]:
    """Measure pictures anywhere, on all cores; one that can't be read does not stop the others.

    Parameters
    ----------
    files : sequence of Path
    scale : int
        Canvas px per native px.
    workers : int, optional
        Processes; default: one for each core, or none for a few pictures.
    progress : Progress
        Told after each picture.

    Yields
    ------
    Measured
        In the order of the files.
    """
    count = 1 if workers is None and len(files) <= FEW else workers
    for index, found in enumerate(in_order(partial(_measure_file, scale=scale), files, workers=count)):
        progress(Event("measure", index + 1, len(files), found.file.name))
        yield found


def summarize(figures: Sequence[Discipline]) -> dict[str, Any]:
    """Sum up pictures: ``n``, ``on_grid``, and mean with 95 % bootstrap interval of each of `METRICS`.

    ``drift`` is that of the pictures whose lines can be followed, ``followed`` of them; None where there is none.

    Parameters
    ----------
    figures : sequence of Discipline
        At least one.
    """
    drifts = [found.drift for found in figures if found.drift is not None]
    return {
        "n": len(figures),
        "on_grid": sum(found.is_on_grid for found in figures),
        "followed": len(drifts),
        **{metric: _interval([getattr(found, metric) for found in figures]) for metric in METRICS},
        "drift": _interval(drifts) if drifts else None,
    }


def _measure_file(file: Path, *, scale: int) -> Measured:
    try:
        return Measured(file, measure_discipline(load_image(file), scale))
    except UniPixelError as error:
        return Measured(file, None, str(error).removeprefix(f"{file}: "))
    except MemoryError:
        return Measured(file, None, "not enough memory for a picture of this size.")


def _interval(values: Sequence[float]) -> dict[str, float]:
    found = bootstrap(values)
    return {"mean": found.mean, "low": found.low, "high": found.high}


_Job = tuple[str, Canvas, Path]


def _samples(run: Run, workspace: Workspace, overrides: Mapping[str, Any] | None) -> list[_Job]:
    plan = plan_samples(workspace.recipe(overrides))
    jobs = [(name, sample.canvas, sample.file(run, arm)) for arm, name in SETS.items() for sample in plan]
    missing = [file for _, _, file in jobs if not file.exists()]
    if missing:
        raise WorkspaceError(
            f"{missing[0]}: this sample and {len(missing) - 1} more are missing. "
            f"Draw them with: unipixel sample {workspace.root}"
        )
    return jobs


def _training(run: Run, workspace: Workspace, base: str, device: str, progress: Progress) -> list[_Job]:
    """Training images, and each after a way through the base's autoencoder (kept in the run folder)."""
    files = workspace.training_files()
    folder = run.root / "autoencoded"
    ways = [folder / file.parent.name / f"{file.stem}-{sha256(file)[:8]}.png" for file in files]
    left = [(file, way) for file, way in zip(files, ways, strict=True) if not way.exists()]
    if left:
        need_torch("measuring a run")
        from unipixel.diffusion.latents import round_trip

        loaded = open_base(base, device=device)
        for index, (file, way) in enumerate(left):
            save_png(way, round_trip(loaded, load_image(file)))
            progress(Event("autoencode", index + 1, len(left), file.name))
    canvases = [Canvas.parse(file.parent.name) for file in files]
    raw = [("training", canvas, file) for canvas, file in zip(canvases, files, strict=True)]
    return raw + [("training through the autoencoder", canvas, way) for canvas, way in zip(canvases, ways, strict=True)]


def _groups(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    keys = list(dict.fromkeys((row["set"], row["size"]) for row in rows))
    return [[row for row in rows if (row["set"], row["size"]) == key] for key in keys]


def _summary(group: Sequence[dict[str, Any]], seen: set[str]) -> dict[str, Any]:
    first = group[0]
    summary: dict[str, Any] = {
        "set": first["set"],
        "size": first["size"],
        "seen": first["size"] in seen,
        "n": len(group),
        "on_grid": sum(row["is_on_grid"] for row in group),
    }
    for metric in METRICS:
        summary[metric] = _interval([row[metric] for row in group])
    return summary


def _differences(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    differences = []
    for size in dict.fromkeys(row["size"] for row in rows if row["set"] == SETS["with"]):
        arms = {arm: [row for row in rows if row["size"] == size and row["set"] == name] for arm, name in SETS.items()}
        for metric in METRICS[:-1]:
            change = paired_difference([row[metric] for row in arms["with"]], [row[metric] for row in arms["without"]])
            differences.append(
                {"size": size, "metric": metric, "mean": change.mean, "low": change.low, "high": change.high}
            )
    return differences
