"""Evaluate a LoRA: draw the matrix of its recipe, measure every picture, and say what the figures say."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.errors import WorkspaceError
from unipixel.evaluation import Nearest
from unipixel.files import replacing, sha256, write_atomic
from unipixel.image import load_image
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import flatten
from unipixel.sampling import Lora
from unipixel.stages import evaluation_summary as summary
from unipixel.stages.base import need_torch, open_base
from unipixel.stages.drawing import NATIVE, Drawn, Finish, draw_missing, place_drawings
from unipixel.stages.evaluation_candidate import Candidate
from unipixel.stages.evaluation_figures import Picture, measure_pictures, measure_training, nearest_training
from unipixel.stages.evaluation_pages import write_evaluation
from unipixel.stages.evaluation_plan import Cell, plan_evaluation
from unipixel.stages.evaluation_verdict import verdict
from unipixel.stages.workspace import Run

FOLDER = "evaluation"
"""Folder of a run's evaluation; that of a checkpoint has ``-step-N`` behind."""
SAMPLES = "samples"
"""Folder of the pictures in that of an evaluation."""
_BASE_FILE = "base.json"
_TEXTS_AT_ONCE = 16


@dataclass(frozen=True)
class Evaluation:
    """An evaluation that is planned: the matrix, and where each picture lies."""

    candidate: Candidate
    folder: Path
    cells: tuple[Cell, ...]
    drawn: tuple[Drawn, ...]
    finish: Finish
    base: str

    def counts(self) -> dict[str, dict[str, int]]:
        """Pictures of each arm: all, and those that are not there yet."""
        found: dict[str, dict[str, int]] = {}
        for cell, each in zip(self.cells, self.drawn, strict=True):
            row = found.setdefault(cell.arm, {"pictures": 0, "planned": 0})
            row["pictures"] += 1
            row["planned"] += each.state == "planned"
        return found


def evaluation_folder(run: Run, step: int | None) -> Path:
    """Where the evaluation of a run, or of one of its checkpoints, lies."""
    return run.root / (FOLDER if step is None else f"{FOLDER}-step-{step}")


def prepare_evaluation(candidate: Candidate, folder: Path, *, base: str, others: Sequence[Lora] = ()) -> Evaluation:
    """Plan an evaluation; nothing is loaded or written.

    Parameters
    ----------
    candidate : Candidate
    folder : Path
        For the pictures and the report.
    base : str
        Base model: a path, or ``micro`` for the embedded one.
    others : sequence of Lora
        LoRAs to stack on it, each in an arm of its own.

    Raises
    ------
    OptionError
        A prompt is not plain text, or two of the others have one name.
    """
    recipe = candidate.recipe
    cells = tuple(plan_evaluation(candidate, others))
    finish = Finish(recipe.scale, recipe.dataset.max_colors)
    drawn = place_drawings([cell.drawing for cell in cells], folder / SAMPLES, finish, base=base)
    return Evaluation(candidate, folder, cells, tuple(drawn), finish, base)


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
    _borrow(plan)
    base = _draw(plan, device, batch_size, progress)
    data = gather(plan, base, judge, workers, progress)
    write_evaluation(data, plan.folder)
    return data


def gather(
    plan: Evaluation, base: dict[str, str], judge: Any, workers: int | None, progress: Progress
) -> dict[str, Any]:
    """All that the report holds, as JSON types; paths are relative to the evaluation's folder."""
    candidate, recipe = plan.candidate, plan.candidate.recipe
    pictures = [Picture(each.file, _native(each), recipe.scale) for each in plan.drawn]
    figures = measure_pictures(pictures, workers=workers, progress=progress)
    near, distances = _nearest(plan, workers, progress)
    shown = _adherence(plan, judge, progress)
    rows = [
        {**_place(plan, cell, each), **measured, "nearest": _relative(plan, likeness), "adherence": adherence}
        for cell, each, measured, likeness, adherence in zip(plan.cells, plan.drawn, figures, near, shown, strict=True)
    ]
    data: dict[str, Any] = {
        "kind": "evaluation",
        "format": 1,
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


def _draw(plan: Evaluation, device: str, batch_size: int | None, progress: Progress) -> dict[str, str]:
    """Draw what is missing: name and hash of the base, which are noted beside the pictures."""
    file = plan.folder / SAMPLES / _BASE_FILE
    noted: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def load() -> Any:
        need_torch("evaluating")
        base = open_base(plan.base, device=device)
        found = {"name": base.name, "hash": base.hash}
        if noted not in ({}, found):
            raise WorkspaceError(
                f"{file.parent}: these pictures were drawn with another base of the same name. Remove the folder."
            )
        write_atomic(file, json.dumps(found) + "\n")
        noted.update(found)
        return base

    draw_missing(plan.drawn, plan.finish, load, batch_size=batch_size, progress=progress)
    if not noted:  # all pictures came from elsewhere
        load()
    return noted


def _borrow(plan: Evaluation) -> None:
    """Copy pictures that an evaluation beside this one has: checkpoints of a run share their arm without LoRA."""
    siblings = [
        folder / SAMPLES for folder in sorted(plan.folder.parent.glob(f"{FOLDER}*")) if folder != plan.folder
    ]  # fmt: skip
    for each in plan.drawn:
        if each.file.exists():
            continue
        there = next((folder for folder in siblings if (folder / each.file.name).exists()), None)
        if there is None or not _same_base(there, each.file.parent):
            continue
        native = there / NATIVE / each.file.name
        if each.native is not None and native.exists():
            _copy(native, each.native)
        _copy(there / each.file.name, each.file)  # last: a picture that is there counts as done


def _same_base(there: Path, here: Path) -> bool:
    """Whether both folders were drawn with one base; the first to be borrowed from says it."""
    theirs, own = there / _BASE_FILE, here / _BASE_FILE
    if theirs.exists() and not own.exists():
        _copy(theirs, own)
    return theirs.exists() and theirs.read_bytes() == own.read_bytes()


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as part:
        shutil.copyfile(source, part)


def _nearest(
    plan: Evaluation, workers: int | None, progress: Progress
) -> tuple[list[tuple[Path, Nearest] | None], tuple[float, ...]]:
    """Nearest training image of each picture, and how near those are to one another; nothing without any."""
    files = plan.candidate.training
    if not files:
        return [None] * len(plan.drawn), ()
    training = measure_training(files, plan.candidate.recipe.scale, workers=workers, progress=progress)
    natives = [_native(each) for each in plan.drawn]
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
        "native": _path(_native(each), plan.folder),
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


def _native(each: Drawn) -> Path:
    assert each.native is not None  # a recipe has a scale
    return each.native


def _relative(plan: Evaluation, found: tuple[Path, Nearest] | None) -> dict[str, Any] | None:
    return None if found is None else {"file": _path(found[0], plan.folder), "distance": found[1].distance}


def _path(file: Path, folder: Path) -> str:
    """A path as it is written in files: from a folder, with ``/``."""
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
