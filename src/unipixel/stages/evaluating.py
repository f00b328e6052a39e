"""Evaluate a LoRA: draw the matrix of its recipe, measure every picture, and say what the figures say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from unipixel.evaluation import Nearest
from unipixel.files import sha256
from unipixel.image import load_image
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import flatten
from unipixel.stages.base import need_torch
from unipixel.stages.drawing import Drawn
from unipixel.stages.evaluation import summary
from unipixel.stages.evaluation.drawing import Evaluation, draw_evaluation, native_of
from unipixel.stages.evaluation.figures import Picture, measure_pictures, measure_training, nearest_training
from unipixel.stages.evaluation.pages import FORMAT, write_evaluation
from unipixel.stages.evaluation.plan import Cell
from unipixel.stages.evaluation.verdict import verdict

_TEXTS_AT_ONCE = 16


def evaluate(
    plan: Evaluation,
    *,
    clip: Path | None = None,
    device: str = "auto",
    batch_size: int | None = None,
    workers: int | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Draw what is missing, measure all of it, and write ``report.json`` and its page.

    A picture's name follows from all that it depends on: so a killed evaluation goes on where it was, changed settings
    draw only what is new, and what another evaluation beside it has drawn already is copied.

    Parameters
    ----------
    plan : Evaluation
    clip : Path, optional
        Folder of a CLIP model; without one, how well prompts are shown is not measured.
    device : str
        As for :func:`~unipixel.stages.training.train`.
    batch_size : int, optional
        Pictures at once; as many as fit into memory by default.
    workers : int, optional
        Processes that measure; one for each core by default.
    progress : Progress

    Returns
    -------
    dict
        What is in ``report.json``.

    Raises
    ------
    ModelError
        The base, a LoRA or the CLIP model can't be used.
    WorkspaceError
        The pictures that are there were drawn with another base of the same name.
    """
    judge = None if clip is None else _open_clip(clip, device)  # first: a wrong folder is told before hours of drawing
    base = draw_evaluation(plan, device=device, batch_size=batch_size, progress=progress)
    data = gather(plan, base, judge, workers, progress)
    write_evaluation(data, plan.folder)
    return data


def gather(
    plan: Evaluation, base: dict[str, str], judge: Any, workers: int | None, progress: Progress
) -> dict[str, Any]:
    """All that the report holds, as JSON types; paths are relative to the evaluation's folder."""
    candidate, recipe = plan.candidate, plan.candidate.recipe
    pictures = [Picture(each.file, native_of(each), recipe.scale) for each in plan.drawn]
    figures = measure_pictures(pictures, workers=workers, progress=progress)
    near, distances = _nearest(plan, workers, progress)
    shown = _adherence(plan, judge, progress)
    rows = [
        {**_place(plan, cell, each), **measured, "nearest": _relative(plan, likeness), "adherence": adherence}
        for cell, each, measured, likeness, adherence in zip(plan.cells, plan.drawn, figures, near, shown, strict=True)
    ]
    data: dict[str, Any] = {
        "kind": "evaluation",
        "format": FORMAT,
        "name": candidate.name,
        "lora": {
            "file": _path(candidate.lora.file, plan.folder),
            "sha256": sha256(candidate.lora.file),
            "trigger": candidate.trigger,
            "weight": candidate.lora.weight,
            "step": candidate.step,
        },
        "base": base,
        "scale": recipe.scale,
        "recipe": flatten(recipe),
        "preset": candidate.preset,
        "changes": candidate.changes,
        "samples": rows,
        "discipline": summary.discipline(rows),
        "differences": summary.differences(rows),
        "distance": summary.distance(rows, recipe.evaluate.distances),
        "lights": summary.lights(rows),
        "diversity": summary.diversity(rows, plan.folder),
        "memorisation": summary.memorisation(rows, distances),
        "adherence": summary.adherence(rows),
    }
    return {**data, "verdict": verdict(data)}


def _nearest(
    plan: Evaluation, workers: int | None, progress: Progress
) -> tuple[list[tuple[Path, Nearest] | None], tuple[float, ...]]:
    """Nearest training image of each picture, and how near those are to one another; nothing without any."""
    files = plan.candidate.training
    if not files:
        return [None] * len(plan.drawn), ()
    training = measure_training(files, plan.candidate.recipe.scale, workers=workers, progress=progress)
    natives = [native_of(each) for each in plan.drawn]
    found = nearest_training(natives, training, workers=workers, progress=progress)
    return [None if near is None else (files[near.index], near) for near in found], training.distances


def _open_clip(folder: Path, device: str) -> Any:
    need_torch("measuring how well prompts are shown")
    from unipixel.diffusion.clip_adherence import load_clip

    return load_clip(folder, device=device)


def _adherence(plan: Evaluation, judge: Any, progress: Progress) -> list[float | None]:
    if judge is None:
        return [None] * len(plan.cells)
    found: list[float | None] = []
    for start in range(0, len(plan.cells), _TEXTS_AT_ONCE):
        part = slice(start, start + _TEXTS_AT_ONCE)
        images = [load_image(each.file) for each in plan.drawn[part]]
        found += judge.likeness(images, [cell.asked for cell in plan.cells[part]])
        progress(Event("adherence", len(found), len(plan.cells)))
    return found


def _place(plan: Evaluation, cell: Cell, each: Drawn) -> dict[str, Any]:
    return {
        "file": _path(each.file, plan.folder),
        "native": _path(native_of(each), plan.folder),
        "arm": cell.arm,
        "theme": cell.theme,
        "distance": cell.distance,
        "light": cell.light,
        "size": str(cell.canvas),
        "seen": cell.seen,
        "seed": cell.drawing.seed,
        "weight": cell.weight,
        "prompt": cell.drawing.prompt,
    }


def _relative(plan: Evaluation, found: tuple[Path, Nearest] | None) -> dict[str, Any] | None:
    return None if found is None else {"file": _path(found[0], plan.folder), "distance": found[1].distance}


def _path(file: Path, folder: Path) -> str:
    """A path as it is written in files: from a folder, with ``/``; whole where they lie on two drives."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return file.resolve().as_posix()
