"""The evaluations of a workspace side by side: figures of each, which one to use, and the same prompt in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.errors import OptionError, WorkspaceError
from unipixel.stages.comparing import candidate_of, compare, read_report
from unipixel.stages.drawing import NATIVE
from unipixel.stages.evaluation.drawing import FOLDER, SAMPLES
from unipixel.stages.evaluation.pages import FORMAT, PAGE, REPORT
from unipixel.stages.evaluation.plan import BASE, LORA
from unipixel.stages.evaluation.summary import PLACE
from unipixel.stages.runs import list_runs
from unipixel.stages.workspace import Run, Workspace

_NAME = re.compile(rf"{FOLDER}(-step-(\d+))?")


@dataclass(frozen=True)
class Judged:
    """An evaluation of a run, or of one of its checkpoints."""

    run: Run
    step: int | None
    """Of the checkpoint; None for the whole training."""
    folder: Path
    data: Mapping[str, Any]
    """Its ``report.json``."""

    @property
    def id(self) -> str:
        """``RUN`` or ``RUN step N``, as reports call it."""
        return self.run.name if self.step is None else f"{self.run.name} step {self.step}"


def list_evaluations(workspace: Workspace) -> list[Judged]:
    """Evaluations that are whole, run by run, a run's whole training before its checkpoints."""
    found = []
    for run in list_runs(workspace):
        for folder in run.root.iterdir():
            name = _NAME.fullmatch(folder.name)
            if name and (folder / REPORT).is_file():
                data = read_report(folder / REPORT)
                if data.get("kind") == "evaluation" and data.get("format") == FORMAT:
                    found.append(Judged(run, int(name[2]) if name[2] else None, folder, data))
    return sorted(found, key=lambda each: (each.run.name, each.step or 0))


def known_evaluation(workspace: Workspace, id: str) -> Judged:
    """The evaluation of an id, which is compared with those that are there.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    for each in list_evaluations(workspace):
        if each.id == id:
            return each
    raise WorkspaceError(f"there is no evaluation {id[:80]!r} in this workspace.")


def judge(workspace: Workspace) -> dict[str, Any]:
    """All evaluations with their figures, and what :func:`~unipixel.stages.comparing.compare` says of them.

    Returns
    -------
    dict
        ``evaluations``; ``recommended`` (an id or None) with ``reasons``; ``problem``:
        why they can't be compared, empty where they can or there are fewer than two.
    """
    found = list_evaluations(workspace)
    data: dict[str, Any] = {
        "evaluations": [_show(each) for each in found],
        "recommended": None,
        "reasons": [],
        "problem": "",
    }
    if len(found) < 2:
        return data
    try:
        compared = compare([each.folder for each in found])
    except (OptionError, WorkspaceError) as error:
        return data | {"problem": str(error)}
    names = [row["name"] for row in compared["candidates"]]  # in the order of the folders, perhaps under older names
    return data | {"recommended": found[names.index(compared["recommended"])].id, "reasons": compared["reasons"]}


def samples(judged: Judged) -> list[dict[str, Any]]:
    """Pictures of the whole LoRA and of the base alone: ``arm``, ``file``, ``prompt`` and what tells them apart."""
    rows = []
    for row in judged.data["samples"]:
        if row["arm"] in (LORA, BASE):
            place = {name: row[name] for name in PLACE}
            rows.append(
                {
                    **place,
                    "arm": row["arm"],
                    "file": Path(row["file"]).name,
                    "prompt": row["prompt"],
                    "score": row["score"],
                    "on_grid": row["is_on_grid"],
                }
            )
    return rows


def read_sample(judged: Judged, name: str, *, native: bool) -> bytes:
    """The PNG of a picture by a name that the report tells, as true pixel art or as it was drawn.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    folder = judged.folder / SAMPLES
    file = (folder / NATIVE if native else folder) / name
    if name not in [Path(row["file"]).name for row in judged.data["samples"]] or not file.is_file():
        raise WorkspaceError(f"{judged.id} has no picture {name[:80]!r}.")
    return file.read_bytes()


def read_page(judged: Judged) -> bytes:
    """The whole report as one page that stands alone.

    Raises
    ------
    WorkspaceError
        It was deleted.
    """
    if not (judged.folder / PAGE).is_file():
        raise WorkspaceError(f"{judged.folder / PAGE}: the page is gone. Evaluate again: nothing is drawn anew.")
    return (judged.folder / PAGE).read_bytes()


def _show(judged: Judged) -> dict[str, Any]:
    return {
        "id": judged.id,
        "run": judged.run.name,
        "base": judged.data["base"]["name"],
        "sentences": judged.data["verdict"]["sentences"],
        **candidate_of(judged.id, judged.data, judged.folder / REPORT, judged.run.root),
        "step": judged.step,
    }
