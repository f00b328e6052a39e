"""Put the canvas of one training image elsewhere over its native, by hand; preparing keeps it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from unipixel.dataset.balance import Candidate
from unipixel.dataset.by_hand import COST, STEP, ByHand, lay, placings
from unipixel.dataset.canvas import Canvas
from unipixel.dataset.manifest import IMAGE_STEPS, Entry, in_file_order, read_manifest, write_manifest
from unipixel.dataset.windows import Window
from unipixel.errors import WorkspaceError
from unipixel.files import write_atomic
from unipixel.recipe import Recipe
from unipixel.stages.caption_files import caption_file, read_caption
from unipixel.stages.placing import Placement, write_image
from unipixel.stages.preparing import training_file
from unipixel.stages.recovering import native_file
from unipixel.stages.workspace import Workspace


def place_by_hand(workspace: Workspace, image: str, corner: tuple[int, int] | None) -> Entry:
    """Put the canvas of a training image over another part of its native.

    What lies under the canvas is shown, what lies beside the native is fill. Tags and captions stay; what was measured
    of the pixels is measured again by ``unipixel caption``.

    Parameters
    ----------
    workspace : Workspace
    image : str
        :attr:`unipixel.dataset.Entry.image_id`, or the file name of the training image.
    corner : (row, col) or None
        Top left corner of the canvas in native px, negative where fill comes before the native; None for the place
        that the plan had chosen.

    Returns
    -------
    Entry
        The row of the image after that.

    Raises
    ------
    WorkspaceError
        There is no such image, or another one of the same native shows just this part.
    ImageError
        Nothing of the native is under the canvas.
    """
    with workspace.lock():
        rows = read_manifest(workspace.manifest)
        row = _find(workspace, rows, image)
        said = placed_by_hand(row)
        instead = said.instead if said else row.window
        step = None if corner is None else ByHand(row.id, row.canvas, corner, instead)
        target = replace(row, history=_history(row, said, step))
        made = _write(workspace, workspace.recipe(), rows, target, step, instead)
        touched = [_noted(each, row, said, step) for each in rows if each is not row]
        write_manifest(workspace.manifest, in_file_order([*touched, made]))
        for file in (training_file(workspace, row), caption_file(workspace, row)):
            if file.stem != training_file(workspace, made).stem:
                file.unlink(missing_ok=True)
    return made


def placed_by_hand(row: Entry) -> ByHand | None:
    """What a person said of the place of an image; None where the plan chose it."""
    size = row.transforms[0]["canvas"]
    for each in placings(row):
        window, _ = lay(row.native_size, (size[0], size[1]), each.corner)
        if each.canvas == row.canvas and (window.row, window.col, window.height, window.width) == row.window:
            return each
    return None


def _find(workspace: Workspace, rows: Sequence[Entry], image: str) -> Entry:
    wanted = Path(image).name
    for row in rows:
        if row.canvas and wanted in (row.image_id, training_file(workspace, row).name):
            return row
    raise WorkspaceError(f"{image[:200]}: there is no such training image.")


def _write(
    workspace: Workspace, recipe: Recipe, rows: Sequence[Entry], row: Entry, step: ByHand | None, instead: Sequence[int]
) -> Entry:
    """Write the image and its caption where they now belong; gives the row."""
    size = (row.transforms[0]["canvas"][0], row.transforms[0]["canvas"][1])
    if step is None:
        window, anchor = Window(instead[0], instead[1], instead[2], instead[3]), (0.5, 0.5)
    else:
        window, anchor = lay(row.native_size, size, step.corner)
    pick = Candidate(row.id, Canvas.parse(row.canvas), window, COST, anchor=anchor)
    target = training_file(workspace, replace(row, transforms=({"window": [window.row, window.col, 0, 0]},)))
    others = {training_file(workspace, each) for each in rows if each.canvas and each.image_id != row.image_id}
    if target in others:
        raise WorkspaceError(f"{workspace.relative(target)}: another image shows this part of the native already.")
    native = native_file(workspace.root, row)
    made = write_image(
        Placement(native, target, row, pick, recipe.scale, recipe.dataset.max_colors, recipe.dataset.background_color)
    )
    if caption := read_caption(workspace, row):
        write_atomic(caption_file(workspace, made), f"{caption}\n")
    return made


def _noted(each: Entry, row: Entry, said: ByHand | None, step: ByHand | None) -> Entry:
    """The history of a source is that of all of its rows."""
    return replace(each, history=_history(each, said, step)) if each.source == row.source else each


def _history(row: Entry, said: ByHand | None, step: ByHand | None) -> tuple[dict[str, object], ...]:
    own = [past for past in row.history if past.get("op") in IMAGE_STEPS]
    source = [past for past in row.history if past not in own and past != (said.to_dict() if said else {"op": STEP})]
    return (*source, *([step.to_dict()] if step else []), *own)
