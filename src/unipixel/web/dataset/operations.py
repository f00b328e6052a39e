"""The data set, as operations of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from unipixel.stages.tagging import list_tags
from unipixel.web.dataset import faults, schemas, sources
from unipixel.web.dataset.images import MOST, draw_image, draw_native, list_images, place, show_images
from unipixel.web.dataset.tags import complete, make_again, make_edit, show_edits, take_back
from unipixel.web.operation import Asked, File, Operation

SEARCH = {"query": "A search in the data set's language; all images by default."}


def in_turn(answer: Callable[[Asked], Any]) -> Callable[[Asked], Any]:
    """The same, while no other request is at the data set."""

    def wait(asked: Asked) -> Any:
        with asked.studio.turn:
            return answer(asked)

    return wait


SOURCE = {"source": "Of the data set, from the workspace."}
SAID = {
    "name": "File name.", "tags": "Tags by hand, with commas.", "theme": "For balance.", "licence": "SPDX expression.",
    "allow": "Whether it may be trained on: yes, no, unknown.", "author": "Who made it.", "url": "Where it was found.",
}  # fmt: skip

_IMAGES = (
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
        "placeImage", "POST", "/api/dataset/place", "Put the canvas of an image over another part of its native.",
        in_turn(place), schemas.PLACED, schemas.PLACE,
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
_SOURCES = (
    Operation(
        "listSources", "GET", "/api/dataset/sources", "Sources with their natives, and how those were decided on.",
        lambda asked: sources.list_sources(asked.studio.workspace), schemas.SOURCES,
    ),
    Operation(
        "explainSource", "GET", "/api/dataset/doubtful", "What speaks for which native size of a source.",
        lambda asked: sources.explain_source(asked.studio.workspace, asked.word("source")), schemas.EXPLANATION,
        query=SOURCE,
    ),
    Operation(
        "drawExplanation", "GET", "/api/dataset/doubtful/png", "The same as a picture, with the likeliest natives.",
        lambda asked: File(sources.draw_explanation(asked.studio.workspace, asked.word("source")), "image/png"), "file",
        query=SOURCE,
    ),
    Operation(
        "decide", "POST", "/api/dataset/decide", "Decide on sources; it is kept, and never asked again.",
        in_turn(sources.make_decision), schemas.SOURCES, schemas.DECIDE,
    ),
    Operation(
        "addSource", "POST", "/api/dataset/sources", "Add a picture to the sources.",
        in_turn(sources.add_picture), schemas.ADDED, "file", query=SAID,
    ),
)  # fmt: skip
_FAULTS = (
    Operation(
        "showBalance", "GET", "/api/dataset/balance", "What the images show how often, and what never meets.",
        lambda asked: faults.show_balance(asked.studio.workspace), schemas.BALANCE,
    ),
    Operation(
        "planBalance", "GET", "/api/dataset/balance/plan", "What would make the data set even, in words.",
        lambda asked: faults.show_plan(asked.studio.workspace), schemas.SENTENCES,
    ),
    Operation(
        "checkDataset", "GET", "/api/dataset/check", "What would spoil a training, and what mends it.",
        lambda asked: faults.show_findings(asked.studio.workspace), schemas.FINDINGS,
    ),
    Operation(
        "removeLeftovers", "POST", "/api/dataset/remove", "Remove files that the checks name to be deleted.",
        in_turn(faults.remove), schemas.REMOVED, schemas.FILES,
    ),
    Operation(
        "sayLicence", "POST", "/api/dataset/licence", "Say where sources come from, and whether to train on them.",
        in_turn(faults.say_licence), schemas.LICENSED, schemas.LICENCE,
    ),
)  # fmt: skip

OPERATIONS = (*_IMAGES, *_SOURCES, *_FAULTS)
"""What the page's part *Data set* asks."""
