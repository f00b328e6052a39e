"""Export a workspace's data set for another trainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.dataset.manifest import Entry, read_manifest
from unipixel.errors import DatasetError, ExportError, WorkspaceError
from unipixel.export import (
    ATTRIBUTION,
    EXPORTERS,
    SETTINGS,
    Collection,
    Content,
    Picture,
    Showing,
    attribution_page,
    hash_content,
    inspect_folder,
    settings_page,
    write_folder,
)
from unipixel.files import sha256
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.checking import check_against
from unipixel.stages.preparing import training_file
from unipixel.stages.workspace import Workspace
from unipixel.version import __version__

NAMED = 5
"""Pictures that a refusal names; the rest is counted."""
AS_THEY_ARE = Showing()
"""Images and captions shown as they are written."""


@dataclass(frozen=True)
class Exported:
    """What :func:`export` did, or would do."""

    folder: Path
    """Where it is."""
    wrote: bool
    """False where the same export was there already, and for a dry run."""
    train: int
    """Training images."""
    validation: int
    """Validation images."""
    files: tuple[str, ...]
    """Paths in the folder, in the order in which they are written."""
    settings: tuple[str, ...]
    """What to set in the trainer, a sentence or two each."""


def export(
    workspace: Workspace,
    to: str,
    folder: Path,
    *,
    root: str | None = None,
    allow_unlicensed: bool = False,
    hard_links: bool = False,
    force: bool = False,
    dry_run: bool = False,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
) -> Exported:
    """Write the data set in a trainer's format.

    The folder is written whole or not at all, the same bytes for the same data set, and nothing where it is there
    already. Images are copies, byte for byte those of ``training/``.

    Parameters
    ----------
    workspace : Workspace
    to : str
        One of :data:`unipixel.export.EXPORTERS`.
    folder : Path
        Absent, empty, or an earlier export.
    root : str, optional
        Path of the folder as the trainer will see it, for configuration files; where it is now by default, and ``.``
        for paths relative to it.
    allow_unlicensed : bool
        Export also images whose provenance does not say that they may be trained on.
    hard_links : bool
        Link the images instead of copying them: a tool that writes into one then writes into the workspace.
    force : bool
        Replace an earlier export also where its files were changed or others were added.
    dry_run : bool
        Write nothing.
    overrides : mapping, optional
        Recipe values by dotted name.
    progress : Progress
        Told after each file.

    Returns
    -------
    Exported

    Raises
    ------
    DatasetError
        The check finds faults.
    ExportError
        Images that may not be trained on, or a folder that is not ours to write.
    WorkspaceError
        There are no training images, or no such format.
    """
    if to not in EXPORTERS:
        raise WorkspaceError(f"there is no format {to!r}. Choose one of: {', '.join(EXPORTERS)}.")
    exporter = EXPORTERS[to]
    place = seen_as(folder, root)
    collection = collect(workspace, workspace.recipe(overrides), place, allow_unlicensed=allow_unlicensed)
    return deliver(
        workspace,
        collection,
        folder,
        facts={"to": to},
        title=exporter.line,
        files=exporter.files(collection),
        notes=exporter.settings(collection),
        hard_links=hard_links,
        force=force,
        dry_run=dry_run,
        progress=progress,
    )


def seen_as(folder: Path, root: str | None) -> str:
    """Path of an export as its trainer will see it: where it is now, if nothing else is said."""
    return folder.absolute().as_posix() if root is None else root


def collect(
    workspace: Workspace, recipe: Recipe, place: str, *, allow_unlicensed: bool, showing: Showing = AS_THEY_ARE
) -> Collection:
    """Gather what is exported, once the check and the licences let it go.

    Parameters
    ----------
    workspace : Workspace
    recipe : Recipe
    place : str
        Path of the export as its trainer will see it.
    allow_unlicensed : bool
        As for :func:`export`.
    showing : Showing
        How the trainer is to show images and captions.

    Raises
    ------
    DatasetError, ExportError, WorkspaceError
        As for :func:`export`.
    """
    entries = _entries(workspace, recipe)
    _require_permission(workspace, entries, allow_unlicensed)
    pictures = [_picture(workspace, entry) for entry in entries]
    return Collection(pictures, recipe.trigger, recipe.scale, place, showing)


def deliver(
    workspace: Workspace,
    collection: Collection,
    folder: Path,
    *,
    facts: Mapping[str, Any],
    title: str,
    files: Mapping[str, Content],
    notes: Sequence[str],
    hard_links: bool,
    force: bool,
    dry_run: bool,
    progress: Progress,
) -> Exported:
    """Write the folder of an export: its files, what to set, and whose pictures these are.

    Parameters
    ----------
    workspace : Workspace
    collection : Collection
    folder : Path
    facts : mapping
        What the export is, for its manifest; nothing that changes from one call to the next.
    title : str
        The same in a line.
    files : mapping of str to content
        Path in the folder, with ``/``, to content.
    notes : sequence of str
        What to set in the trainer, in Markdown.
    hard_links, force, dry_run, progress
        As for :func:`export`.

    Raises
    ------
    ExportError
        The folder is not ours to write.
    """
    whole: dict[str, Content] = {
        **files,
        SETTINGS: settings_page(title, collection, notes),
        ATTRIBUTION: attribution_page(collection),
    }
    hashes = _hashes(whole, progress)
    told = {**facts, **_facts(workspace, collection)}
    existing = inspect_folder(folder, told, hashes)
    if not force:
        _require_ours(folder, existing.strange)
    wrote = not dry_run and existing.state != "same"
    if wrote:
        write_folder(folder, whole, told, hashes, hard_links=hard_links, progress=progress)
    validation = sum(picture.entry.split == "validation" for picture in collection.pictures)
    return Exported(folder, wrote, len(collection.pictures) - validation, validation, tuple(whole), tuple(notes))


def _require_ours(folder: Path, strange: Sequence[str]) -> None:
    if strange:
        raise ExportError(
            f"{folder}: an earlier export, but {len(strange)} files were changed or added since, such as "
            f"{strange[0]}. Move them away, or give --force to lose them."
        )


def _entries(workspace: Workspace, recipe: Recipe) -> list[Entry]:
    entries = [entry for entry in read_manifest(workspace.manifest) if entry.canvas]
    if not entries:
        raise WorkspaceError(f"{workspace.root}: no training images. Make them with: unipixel prepare {workspace.root}")
    faults = check_against(workspace, recipe)
    if faults:
        raise DatasetError(f"{workspace.root}: not exported, since the data set has faults.", [str(f) for f in faults])
    if not any(entry.split == "train" for entry in entries):
        raise WorkspaceError(f"{workspace.root}: all images are for validation, none for training.")
    return sorted(entries, key=lambda entry: (entry.canvas, training_file(workspace, entry).name))


def _require_permission(workspace: Workspace, entries: list[Entry], allowed: bool) -> None:
    missing = [entry for entry in entries if entry.provenance.allow_train != "yes"]
    if not missing or allowed:
        return
    sources = sorted({entry.source for entry in missing})
    more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
    raise ExportError(
        f"{len(missing)} of {len(entries)} images are not exported, since nobody said that they may be trained on: "
        f"{', '.join(sources[:NAMED])}{more}. Say it with: unipixel licence {workspace.root} PATTERN --licence SPDX "
        "--allow-train yes; or give --allow-unlicensed."
    )


def _picture(workspace: Workspace, entry: Entry) -> Picture:
    image = training_file(workspace, entry)
    return Picture(image, image.with_suffix(".txt").read_text("utf-8").strip(), entry)


def _hashes(files: Mapping[str, Content], progress: Progress) -> dict[str, str]:
    hashes = {}
    for index, (name, content) in enumerate(files.items()):
        hashes[name] = hash_content(content)
        progress(Event("compare", index + 1, len(files), name))
    return hashes


def _facts(workspace: Workspace, collection: Collection) -> dict[str, Any]:
    """What every export says of itself; nothing in it changes from one call to the next."""
    return {
        "unipixel": __version__,
        "dataset_sha256": sha256(workspace.manifest),
        "trigger": collection.trigger,
        "scale": collection.scale,
        "images": len(collection.pictures),
    }
