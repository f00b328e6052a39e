"""Images of the data set as the page shows them: which fit a search, what is known of each, and their pixels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from unipixel.caption import count_tokens
from unipixel.color import quantize
from unipixel.dataset.fit import replay
from unipixel.dataset.manifest import Entry, read_manifest
from unipixel.errors import CaptionError, OptionError, WorkspaceError
from unipixel.image import encode_png, load_image
from unipixel.recipe import Recipe
from unipixel.remembered import stamp
from unipixel.stages.caption_files import compose_caption
from unipixel.stages.cropping import place_by_hand, placed_by_hand
from unipixel.stages.recovering import native_file
from unipixel.stages.tagging import find_images
from unipixel.stages.workspace import Workspace
from unipixel.web.operation import Asked

MOST = 400
"""Images of which a request may ask all that is known."""
FAR = 1 << 20
"""Native px from which a corner is no place."""


def revision(workspace: Workspace) -> str:
    """Another text whenever the data set was written, by whomever."""
    return "-".join(f"{number:x}" for number in stamp(workspace.manifest) or ())


def list_images(workspace: Workspace, query: str) -> dict[str, Any]:
    """Ids of the images that fit a search, in the order of the data set; how many there are in all, and how large."""
    now = revision(workspace)  # before the rows: what is written in between makes the page look again
    found = find_images(workspace, query)
    images = [row for row in read_manifest(workspace.manifest) if row.canvas]
    sizes = [row.transforms[0]["canvas"] for row in images]
    largest = [max(side, default=1) for side in ([width for _, width in sizes], [height for height, _ in sizes])]
    return {"revision": now, "ids": [row.image_id for row in found], "all": len(images), "largest": largest}


def show_images(workspace: Workspace, ids: Collection[str]) -> dict[str, Any]:
    """All that is known of images; those that are gone are left out."""
    now, recipe, wanted = revision(workspace), workspace.recipe(), frozenset(ids)
    rows = [row for row in read_manifest(workspace.manifest) if row.canvas and row.image_id in wanted]
    return {"revision": now, "images": [show_image(row, recipe) for row in rows]}


def show_image(row: Entry, recipe: Recipe) -> dict[str, Any]:
    """One image, as JSON types."""
    try:
        caption, problem = str(compose_caption(recipe, row)), ""
    except CaptionError as error:
        caption, problem = "", str(error)
    placed, by_hand = row.transforms[0], placed_by_hand(row)
    return {
        "id": row.image_id,
        "native": row.id,
        "name": row.source.rsplit("/", 1)[-1],
        "source": row.source,
        "width": placed["canvas"][1],
        "height": placed["canvas"][0],
        "canvas": row.canvas,
        "native_size": [row.native_size[1], row.native_size[0]],
        "window": list(row.window),
        "pad": placed["pad"],
        "corner": [row.window[0] - placed["pad"][0], row.window[1] - placed["pad"][3]],
        "by_hand": by_hand is not None,
        "theme": row.theme,
        "state": row.state,
        "split": row.split,
        "rating": row.rating,
        "repeats": row.repeats,
        "colors": len(row.palette),
        "licence": row.provenance.licence,
        "allow_train": row.provenance.allow_train,
        "author": row.provenance.author,
        "caption": caption,
        "problem": problem,
        "tokens": count_tokens(caption),
        "tags": [{"by": "", **tag.to_dict()} for tag in row.tags],
    }


def find_image(workspace: Workspace, id: str) -> Entry:
    """The row of an image.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    for row in read_manifest(workspace.manifest):
        if row.canvas and row.image_id == id:
            return row
    raise WorkspaceError(f"there is no image {id[:40]!r} any more: look at the data set again.")


def draw_image(workspace: Workspace, id: str) -> bytes:
    """An image as PNG, one pixel for each native pixel, made as its row says; the same for ever."""
    row = find_image(workspace, id)
    native = replay(load_image(native_file(workspace.root, row)), row.transforms[0])
    indices, palette = quantize(native, next(step["colors"] for step in row.transforms if step["op"] == "index"))
    return encode_png(palette.colors[indices])


def draw_native(workspace: Workspace, native: str, rows: Sequence[Entry] | None = None) -> bytes:
    """A native as PNG, before it is fitted.

    Raises
    ------
    WorkspaceError
        No row of the data set has it.
    """
    for row in read_manifest(workspace.manifest) if rows is None else rows:
        if row.id == native and row.has_native:
            return encode_png(load_image(native_file(workspace.root, row)))
    raise WorkspaceError(f"there is no native {native[:40]!r}.")


def place(asked: Asked) -> dict[str, Any]:
    """Put the canvas of an image elsewhere over its native; gives the image, which has another id then."""
    corner = asked.body.get("corner")
    if corner is not None and not (
        isinstance(corner, list) and len(corner) == 2 and all(type(each) is int and abs(each) < FAR for each in corner)
    ):
        raise OptionError("'corner' must be row and column in native px, or null for the place that the plan chose.")
    workspace = asked.studio.workspace
    row = place_by_hand(workspace, asked.text("id"), None if corner is None else (corner[0], corner[1]))
    return {"revision": revision(workspace), "image": show_image(row, workspace.recipe())}
