"""Remove what the checks name to be deleted: files that no image of the data set needs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from unipixel.dataset.checks import Finding, check_leftovers, check_natives, check_pairs, training_images
from unipixel.dataset.manifest import native_id, read_manifest
from unipixel.errors import ImageError, WorkspaceError
from unipixel.image import load_image
from unipixel.stages.workspace import Workspace


def list_leftovers(workspace: Workspace) -> list[Finding]:
    """Findings that are mended by deleting their file.

    Trainers' lists and caches that are too old, captions without an image, natives of no picture.
    """
    folders = [folder for folder in (workspace.training, workspace.validation) if folder.is_dir()]
    images = [file for folder in folders for file in training_images(folder)]
    found = [
        *check_leftovers(workspace.root, folders, images),
        *check_pairs(workspace.root, folders, images),
        *check_natives(workspace.root, workspace.natives, read_manifest(workspace.manifest)),
    ]
    return [finding for finding in found if finding.remedy == "delete"]


def remove_leftovers(workspace: Workspace, files: Collection[str] | None = None) -> list[str]:
    """Remove files that no image needs.

    Parameters
    ----------
    workspace : Workspace
    files : collection of str, optional
        These alone, as :attr:`~unipixel.dataset.checks.Finding.file` names them; all by default.

    Returns
    -------
    list of str
        What was removed.

    Raises
    ------
    WorkspaceError
        One of the files is no such leftover; nothing was removed.
    """
    with workspace.lock():
        there = list(dict.fromkeys(finding.file for finding in list_leftovers(workspace)))
        unknown = sorted(set(files or ()) - set(there))
        if unknown:
            raise WorkspaceError(f"{unknown[0]}: no file that may be removed. Check the data set again.")
        gone = [file for file in there if files is None or file in files]
        for file in gone:
            (workspace.root / file).unlink()
    return gone


def forget_changed_native(workspace: Workspace, file: str) -> Path:
    """Remove the native of a training image where it was changed since it was recovered; preparing makes it anew.

    Parameters
    ----------
    workspace : Workspace
    file : str
        The training image, from the workspace.

    Raises
    ------
    WorkspaceError
        There is no such image, or its native is as it was recovered.
    """
    with workspace.lock():
        stem = Path(file).stem
        for row in read_manifest(workspace.manifest):
            native = workspace.natives / f"{row.id}.png"
            if row.canvas and stem.startswith(f"{row.id}-") and native.exists() and not _is_whole(native, row.id):
                native.unlink()
                return native
    raise WorkspaceError(f"{file}: its native is as it was recovered, or there is none. Check the data set again.")


def _is_whole(native: Path, id: str) -> bool:
    try:
        return native_id(load_image(native)) == id
    except ImageError:
        return False
