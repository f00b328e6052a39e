"""From the tags of a row of the data set to the text file beside its training image."""

from __future__ import annotations

from pathlib import Path

from unipixel.caption import Caption, compose
from unipixel.dataset.manifest import Entry
from unipixel.dataset.policy import rating_tags
from unipixel.errors import CaptionError
from unipixel.files import write_atomic
from unipixel.recipe import Recipe
from unipixel.stages.preparing import training_file
from unipixel.stages.workspace import Workspace


def compose_caption(recipe: Recipe, entry: Entry) -> Caption:
    """The caption that the tags of a row make.

    Raises
    ------
    CaptionError
        Tags by hand exclude each other, or one would be misread; names the source.
    """
    hand = [tag.name for tag in entry.tags if tag.origin == "hand" and tag.state == "accepted"]
    try:
        return compose(
            recipe.trigger,
            constants=(*recipe.caption.constants, *rating_tags(entry.rating, recipe.policy.sexual)),
            hand=hand,
            proposals=[tag for tag in entry.tags if tag.origin != "hand"],
            profile=recipe.caption.profile,
            keep_implied=recipe.caption.keep_implied,
        )
    except CaptionError as error:
        raise CaptionError(
            f"{entry.source}: {error} Mend the text file beside it, or take one away with: unipixel tags delete"
        ) from None


def caption_file(workspace: Workspace, entry: Entry) -> Path:
    """Where the caption of a training image lies."""
    return training_file(workspace, entry).with_suffix(".txt")


def read_caption(workspace: Workspace, entry: Entry) -> str:
    """The caption that is written, without its line end; empty where there is none."""
    file = caption_file(workspace, entry)
    return file.read_text("utf-8").removesuffix("\n") if file.exists() else ""


def write_caption(workspace: Workspace, entry: Entry, caption: Caption) -> bool:
    """Write a caption where it is not there yet; returns whether it was written."""
    file = caption_file(workspace, entry)
    text = f"{caption}\n"
    if file.exists() and file.read_text("utf-8") == text:
        return False
    write_atomic(file, text)
    return True
