"""The data set, as operations of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from unipixel.stages.tagging import list_tags
from unipixel.web.dataset import schemas
from unipixel.web.dataset.images import MOST, draw_image, draw_native, list_images, show_images
from unipixel.web.dataset.tags import complete, make_again, make_edit, show_edits, take_back
from unipixel.web.operation import Asked, File, Operation

SEARCH = {"query": "A search in the data set's language; all images by default."}


def in_turn(answer: Callable[[Asked], Any]) -> Callable[[Asked], Any]:
    """The same, while no other request is at the data set."""

    def wait(asked: Asked) -> Any:
        with asked.studio.turn:
            return answer(asked)

    return wait


OPERATIONS = (
    Operation(
        "listImages", "GET", "/api/dataset/images", "Ids of the training images that fit a search.",
        in_turn(lambda asked: list_images(asked.studio.workspace, asked.word("query"))), schemas.LIST, query=SEARCH,
    ),
    Operation(
        "showImages", "POST", "/api/dataset/rows", "All that is known of images, with their tags and captions.",
        lambda asked: show_images(asked.studio.workspace, asked.texts("ids", MOST)), schemas.IMAGES, schemas.IDS,
    ),
    Operation(
        "drawImage", "GET", "/api/dataset/images/{id}/png", "A training image, one pixel for each native pixel.",
        lambda asked: File(draw_image(asked.studio.workspace, asked.word("id")), "image/png", is_fixed=True), "file",
    ),
    Operation(
        "drawNative", "GET", "/api/dataset/natives/{id}/png", "A native before it is fitted.",
        lambda asked: File(draw_native(asked.studio.workspace, asked.word("id")), "image/png", is_fixed=True), "file",
    ),
    Operation(
        "editTags", "POST", "/api/dataset/edit",
        "Edit the tags of images that are chosen, or that fit a search; or say what that would do.",
        in_turn(make_edit), schemas.EDITED, schemas.EDIT,
    ),
    Operation(
        "undoEdit", "POST", "/api/dataset/undo", "Take the last edit of tags back, of whatever session.",
        in_turn(take_back), schemas.EDITED, schemas.NUMBERED,
    ),
    Operation(
        "redoEdit", "POST", "/api/dataset/redo", "Make the edit of tags again that was taken back last.",
        in_turn(make_again), schemas.EDITED, schemas.NUMBERED,
    ),
    Operation(
        "showEdits", "GET", "/api/dataset/edits", "Which edit can be taken back or made again.",
        in_turn(lambda asked: show_edits(asked.studio.workspace)), schemas.EDITS,
    ),
    Operation(
        "countTags", "GET", "/api/dataset/tags", "How often each tag is in captions, proposed and rejected.",
        in_turn(lambda asked: [asdict(row) for row in list_tags(asked.studio.workspace, asked.word("query"))]),
        schemas.COUNTS, query=SEARCH,
    ),
    Operation(
        "completeTag", "GET", "/api/dataset/complete", "Known tags that begin with what somebody types.",
        lambda asked: complete(asked.word("start")), schemas.COMPLETIONS, query={"start": "What was typed so far."},
    ),
)  # fmt: skip
"""What the page's part *Data set* asks."""
