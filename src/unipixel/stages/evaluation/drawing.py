"""The pictures of an evaluation: where each lies, and drawing those that are missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unipixel.errors import WorkspaceError
from unipixel.files import replacing, write_atomic
from unipixel.progress import Progress, quiet
from unipixel.sampling import Lora
from unipixel.stages.base import need_torch, open_base
from unipixel.stages.drawing import NATIVE, Drawn, Finish, draw_missing, place_drawings
from unipixel.stages.evaluation.candidate import Candidate
from unipixel.stages.evaluation.plan import Cell, plan_evaluation
from unipixel.stages.workspace import Run

FOLDER = "evaluation"
"""Folder of a run's evaluation; that of a checkpoint has ``-step-N`` behind."""
SAMPLES = "samples"
"""Folder of the pictures in that of an evaluation."""
_BASE_FILE = "base.json"


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


def draw_evaluation(
    plan: Evaluation, *, device: str = "auto", batch_size: int | None = None, progress: Progress = quiet
) -> dict[str, str]:
    """Draw what is missing, or copy it from an evaluation beside this one.

    Returns
    -------
    dict
        ``name`` and ``hash`` of the base, which are noted beside the pictures.
    """
    _borrow(plan)
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

    now = [replace(each, state="kept") if each.file.exists() else each for each in plan.drawn]
    draw_missing(now, plan.finish, load, batch_size=batch_size, progress=progress)
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


def native_of(each: Drawn) -> Path:
    """True pixel art of a picture: every recipe has a scale, so there is one."""
    if each.native is None:
        raise WorkspaceError(f"{each.file}: it was drawn without a scale, so it has no true pixel art to measure.")
    return each.native
