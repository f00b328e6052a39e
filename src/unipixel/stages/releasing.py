"""A LoRA as it is given to others: the file, its card, samples, recipe and whose pictures it learned from."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.dataset.manifest import Entry, read_manifest
from unipixel.errors import ExportError, WorkspaceError
from unipixel.export import ATTRIBUTION, Collection, Content, Picture, attribution_page, hash_content
from unipixel.export.card import CARD, CIVITAI, Card, Shown, civitai_page, hub_page
from unipixel.export.folder import inspect_folder, write_folder
from unipixel.files import sha256
from unipixel.recipe import Recipe, dump_recipe, flatten
from unipixel.stages.evaluation.candidate import checkpoints_of
from unipixel.stages.evaluation.drawing import SAMPLES
from unipixel.stages.evaluation.plan import LORA
from unipixel.stages.judging import Judged, list_evaluations
from unipixel.stages.preparing import training_file
from unipixel.stages.runs import drawn_samples, previews, recipe_of
from unipixel.stages.training import preview_prompts
from unipixel.stages.workspace import Run, Workspace
from unipixel.version import __version__

MOST_PICTURES = 8
"""On a card."""
TOLD = (
    "train.steps",
    "train.learning_rate",
    "train.batch_size",
    "lora.rank",
    "lora.alpha",
    "lora.targets",
    "train.seed",
)
"""Numbers of the training on the card."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file in a zip: the same release gives the same bytes


@dataclass(frozen=True)
class Release:
    """What would be written."""

    name: str
    """For the folder and the zip; of the run, with the step of a checkpoint."""
    card: Card
    files: Mapping[str, Content]
    """Path in the folder, with ``/``, to content: a text, or a file to copy."""


def release_of(workspace: Workspace, run: Run, step: int | None = None) -> Release:
    """Gather the LoRA of a run, or of one of its checkpoints, with all that belongs to it; nothing is written.

    Pictures are those of its evaluation, else the samples of the run, else the previews of the checkpoint.

    Raises
    ------
    WorkspaceError
        There is no such LoRA.
    """
    lora = run.lora if step is None else checkpoints_of(run).get(step)
    if lora is None or not lora.is_file():
        raise WorkspaceError(
            f"{run.root}: there is no LoRA {'yet' if step is None else f'of step {step}'} to give away."
        )
    name = run.name if step is None else f"{run.name} step {step}"
    recipe, entries = recipe_of(run), [entry for entry in read_manifest(workspace.manifest) if entry.canvas]
    judged = _evaluation(workspace, run, step, lora)
    verdict = [] if judged is None else list(judged.data["verdict"]["sentences"])
    pictures = _pictures(run, step, recipe, judged)
    shown = [Shown(f"images/{place:02d}.png", prompt) for place, (_, prompt) in enumerate(pictures, 1)]
    card = _card(name, _file_name(name), recipe, run, entries, verdict, shown, step)
    files: dict[str, Content] = {
        card.file: lora,
        CARD: hub_page(card),
        CIVITAI: civitai_page(card),
        "recipe.toml": dump_recipe(recipe),
        ATTRIBUTION: attribution_page(_collection(workspace, recipe, entries)),
        **{each.file: file for each, (file, _) in zip(shown, pictures, strict=True)},
    }
    return Release(name, card, files)


def write_release(release: Release, folder: Path, *, force: bool = False) -> bool:
    """Write a release as a folder, whole or not at all; false where the same is there already.

    Raises
    ------
    ExportError
        The folder is not empty and no release of ours, or one that was changed; ``force`` takes the latter.
    """
    facts: dict[str, Any] = {"unipixel": __version__, "to": "release", "name": release.name}
    hashes = {name: hash_content(content) for name, content in release.files.items()}
    existing = inspect_folder(folder, facts, hashes)
    if existing.strange and not force:
        raise ExportError(
            f"{folder}: written before, but {existing.strange[0]} was changed or added since. Move it away, or give "
            "--force to lose it."
        )
    if existing.state == "same":
        return False
    write_folder(folder, release.files, facts, hashes)
    return True


def zip_release(release: Release) -> bytes:
    """The same folder as one zip, stored as it is: weights and pictures don't shrink."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in release.files.items():
            info = zipfile.ZipInfo(f"{_file_name(release.name, '')}/{name}", _EPOCH)
            if isinstance(content, Path):
                archive.writestr(info, content.read_bytes())
            elif isinstance(content, str):
                archive.writestr(info, content)
    return buffer.getvalue()


def _card(
    name: str,
    file: str,
    recipe: Recipe,
    run: Run,
    entries: list[Entry],
    verdict: list[str],
    shown: list[Shown],
    step: int | None,
) -> Card:
    values = flatten(recipe)
    training = {key: values[key] for key in TOLD} | ({} if step is None else {"checkpoint of step": step})
    return Card(
        title=name,
        file=file,
        trigger=recipe.trigger,
        words=recipe.caption.constants,
        scale=recipe.scale,
        sizes=[str(canvas) for canvas in recipe.dataset.canvases],
        weight=recipe.sample.lora_weight,
        negative_prompt=recipe.sample.negative_prompt,
        sampler=recipe.sample.sampler,
        steps=recipe.sample.steps,
        guidance=recipe.sample.guidance,
        base=(run.facts().get("base") or {}).get("name", "a base that is not known"),
        images=(run.facts().get("dataset") or {}).get("images", len(entries)),
        training=training,
        licences=Counter(entry.provenance.licence for entry in entries),
        verdict=verdict,
        pictures=shown,
    )


def _evaluation(workspace: Workspace, run: Run, step: int | None, lora: Path) -> Judged | None:
    """The evaluation of this very file, not of one that lay there before."""
    for each in list_evaluations(workspace):
        if (each.run, each.step) == (run, step) and each.data["lora"]["sha256"] == sha256(lora):
            return each
    return None


def _pictures(run: Run, step: int | None, recipe: Recipe, judged: Judged | None) -> list[tuple[Path, str]]:
    """Files with their prompts, evenly over those that there are."""
    found: list[tuple[Path, str]] = []
    if judged is not None:
        rows = [row for row in judged.data["samples"] if row["arm"] == LORA]
        found = [(judged.folder / SAMPLES / Path(row["file"]).name, row["prompt"]) for row in rows]
    elif step is None:
        rows = drawn_samples(run)
        found = [(run.samples / row["size"] / "with" / f"{row['number']}.png", row["prompt"]) for row in rows]
    found = [(file, prompt) for file, prompt in found or _previews(run, step, recipe) if file.is_file()]
    count = min(MOST_PICTURES, len(found))
    return [found[place * len(found) // count] for place in range(count)]


def _previews(run: Run, step: int | None, recipe: Recipe) -> list[tuple[Path, str]]:
    rows = [row for row in previews(run) if not row["native"]]
    last = step if step is not None else max((row["step"] for row in rows), default=0)
    prompts = preview_prompts(recipe)
    return [
        (run.root / "checkpoints" / row["file"], prompts[row["number"]])
        for row in rows
        if row["step"] == last and row["number"] < len(prompts)
    ]


def _collection(workspace: Workspace, recipe: Recipe, entries: list[Entry]) -> Collection:
    pictures = [Picture(training_file(workspace, entry), "", entry) for entry in entries]
    return Collection(pictures, recipe.trigger, recipe.scale, ".")


def _file_name(name: str, ending: str = ".safetensors") -> str:
    """Hosts call a LoRA by its file's name: no spaces in it."""
    return name.replace(" ", "-") + ending


def sizes_of(release: Release) -> dict[str, int]:
    """Bytes of each file."""
    return {
        name: content.stat().st_size if isinstance(content, Path) else len(str(content).encode())
        for name, content in release.files.items()
    }
