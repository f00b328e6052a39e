"""The trainings of a workspace: which there are, how far each is, what it showed so far, and ending one for good."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from unipixel.errors import WorkspaceError
from unipixel.files import read_jsonl, sha256, write_atomic
from unipixel.image import read_metadata
from unipixel.lora.run_files import CHECKPOINTS, LOOKS_FILE, LOSS_FILE, STATE_FILE, saved_step
from unipixel.recipe import Recipe, load_recipe
from unipixel.sampling import plain_text
from unipixel.stages.evaluation.candidate import checkpoints_of
from unipixel.stages.lock import hold, is_held
from unipixel.stages.workspace import Run, Workspace

State = Literal["training", "paused", "begun", "finished"]
"""``paused``: there is a state to go on from; ``begun``: nothing was saved yet, so that it starts anew."""

PREVIEW = re.compile(r"(\d{6})-(\d+)(-native)?\.png")
"""Name of a preview: step, number, and whether it is true pixel art."""
_LORA = re.compile(r"<lora:[^>]*>")  # as A1111 and Forge read it, behind the prompt of each sample


@dataclass(frozen=True)
class Standing:
    """How far a run is."""

    run: Run
    state: State
    step: int
    """Steps that were done, told or saved."""
    steps: int
    """Steps that its recipe asks for."""
    saved: int
    """Steps of the state that it goes on from; 0 without one."""
    looks: tuple[Mapping[str, Any], ...]
    """Checkpoints in order, as ``checkpoints.jsonl`` tells them; the one to use has ``best``."""
    kept: tuple[int, ...]
    """Steps of checkpoints whose LoRA is there."""

    @property
    def best(self) -> int | None:
        """Step of the checkpoint to use; None before the first."""
        return next((look["step"] for look in self.looks if look["best"]), None)

    @property
    def usable(self) -> int | None:
        """Step of the kept checkpoint to use, should the training end now: the best one, else the newest."""
        return self.best if self.best in self.kept else max(self.kept, default=None)

    def in_words(self) -> str:
        """What can be used, and what it goes on from, in a sentence or two."""
        if self.state == "finished":
            return f"Finished: {self.run.lora.name} is the LoRA of {self._finished()}."
        there = "No checkpoint is kept yet." if self.usable is None else f"Usable now: the LoRA of step {self.usable}."
        if self.saved:
            return f"It goes on from step {self.saved} of {self.steps}. {there}"
        return f"Nothing is saved to go on from: it starts anew. {there}"

    def _finished(self) -> str:
        if self.step >= self.steps or self.best is None:
            return f"all {self.steps} steps"
        return f"step {self.usable}, since it ended at step {self.step} of {self.steps}"


def list_runs(workspace: Workspace) -> list[Run]:
    """Runs that were begun, by name."""
    folder = workspace.root / "runs"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [Run(place) for place in found if Run(place).recipe_file.is_file()]


def known_run(workspace: Workspace, name: str) -> Run:
    """The run of a name, which is compared with the folders that are there and never made a path.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    for run in list_runs(workspace):
        if run.name == name:
            return run
    raise WorkspaceError(f"there is no run {name[:80]!r} in this workspace.")


def stand(run: Run) -> Standing:
    """How far a run is, by its files alone."""
    state_file, recipe = run.root / STATE_FILE, recipe_of(run)
    looks, saved = read_jsonl(run.root / LOOKS_FILE), saved_step(state_file)
    told = len(read_jsonl(run.root / LOSS_FILE))
    return Standing(
        run,
        _state(run, state_file),
        max(told, saved),
        recipe.train.steps,
        saved,
        tuple(looks),
        tuple(checkpoints_of(run)),
    )


def _state(run: Run, state_file: Path) -> State:
    if is_held(run.root):
        return "training"
    if state_file.exists():
        return "paused"
    return "finished" if run.lora.exists() else "begun"


def recipe_of(run: Run) -> Recipe:
    """The recipe that a run was begun with."""
    return load_recipe(run.recipe_file)


def losses(run: Run, first: int = 0) -> dict[str, Any]:
    """Losses and learning rates of the steps behind ``first``, and ``done``: steps in all.

    Where ``done`` is below ``first``, steps are taken again: a reader begins anew.
    """
    rows = read_jsonl(run.root / LOSS_FILE)
    part = rows[max(first, 0) :]
    return {"done": len(rows), "losses": [row["loss"] for row in part], "rates": [row["lr"] for row in part]}


def previews(run: Run) -> list[dict[str, Any]]:
    """Previews of a run's checkpoints: ``file``, ``step``, ``number`` and ``native``."""
    folder = run.root / CHECKPOINTS
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [
        {"file": name, "step": int(found[1]), "number": int(found[2]), "native": found[3] is not None}
        for name in names
        if (found := PREVIEW.fullmatch(name))
    ]


def read_preview(run: Run, name: str) -> bytes:
    """The PNG of a preview, by a name that :func:`previews` lists.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    if name not in [row["file"] for row in previews(run)]:
        raise WorkspaceError(f"{run.name} has no preview {name[:80]!r}.")
    return (run.root / CHECKPOINTS / name).read_bytes()


def drawn_samples(run: Run) -> list[dict[str, Any]]:
    """Samples of a run that lie there with and without its LoRA: ``size``, ``number`` and ``prompt``."""
    found = []
    for file in sorted(run.samples.glob("*x*/with/*.png")):
        size, number = file.parent.parent.name, file.stem
        if (run.samples / size / "without" / file.name).exists():
            told = read_metadata(file).get("parameters", "").split("\n", 1)[0]
            found.append({"size": size, "number": number, "prompt": plain_text(_LORA.sub("", told))})
    return found


def read_drawn(run: Run, size: str, number: str, *, with_lora: bool) -> bytes:
    """The PNG of a sample, by the size and number that :func:`drawn_samples` lists.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    arm = "with" if with_lora else "without"
    there = {(file.parent.parent.name, file.stem): file for file in run.samples.glob(f"*x*/{arm}/*.png")}
    if (size, number) not in there:
        raise WorkspaceError(f"{run.name} has no sample {number[:20]!r} of {size[:20]!r}.")
    return there[size, number].read_bytes()


def end_run(run: Run) -> Standing:
    """End a training for good: the LoRA of its best kept checkpoint becomes the run's, and its state is deleted.

    As where a training ends early because it memorises; to train the run again with the same numbers does nothing then.

    Raises
    ------
    WorkspaceError
        It trains, has ended already, or no checkpoint is kept that could be used.
    """
    with hold(run.root):
        state_file = run.root / STATE_FILE
        if run.lora.exists() and not state_file.exists():
            raise WorkspaceError(f"{run.name} has ended already: its LoRA is {run.lora.name}.")
        step = stand(run).usable
        if step is None:
            raise WorkspaceError(
                f"{run.name} has no checkpoint yet: nothing would be left to use. Go on with it until the first."
            )
        write_atomic(run.lora, checkpoints_of(run)[step].read_bytes())
        facts = {**run.facts(), "lora_sha256": sha256(run.lora)}
        write_atomic(run.facts_file, json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        state_file.unlink(missing_ok=True)
    return stand(run)
