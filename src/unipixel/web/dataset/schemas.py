"""Schemas of what the data set's operations take and give."""

from __future__ import annotations

from typing import get_args

from unipixel.dataset.checks import Remedy
from unipixel.web.dataset.images import MOST
from unipixel.web.dataset.sources import DECISIONS
from unipixel.web.dataset.tags import CHOSEN, MAKERS
from unipixel.web.schema import CHANCE, INTEGER, NUMBER, SWITCH, list_of, obj, or_null, text

REVISION = text("Another one whenever the data set was written.")
QUERY = text("A search in the data set's language; empty for all images.")
_ID = text("Of an image.")
_NUMBERS = list_of(INTEGER)

TAG = obj(
    {
        "name": text("The tag, with spaces."),
        "origin": text("Who says so.", enum=["hand", "measured", "machine", "constant"]),
        "state": text("Only accepted ones are in captions.", enum=["accepted", "proposed", "rejected"]),
        "score": CHANCE,
        "reason": text("Why it was proposed."),
        "by": text("The rule, the tagger or the file that said so."),
    }
)
IMAGE = obj(
    {
        "id": _ID,
        "native": text("Id of its native."),
        "name": text("File name of its source."),
        "source": text("Its source, from the workspace."),
        "width": {**INTEGER, "description": "Native px on its canvas."},
        "height": {**INTEGER, "description": "Native px on its canvas."},
        "canvas": text("WIDTHxHEIGHT in canvas px."),
        "native_size": {**_NUMBERS, "description": "Width and height of the native in px."},
        "window": {**_NUMBERS, "description": "What is in view of the native: row, column, height, width."},
        "pad": {**_NUMBERS, "description": "Fill above, right, below and left of it, in native px."},
        "corner": {**_NUMBERS, "description": "Row and column of its canvas in native px; negative: fill before it."},
        "by_hand": {**SWITCH, "description": "Whether a person put it there."},
        "theme": text("For balance."),
        "state": text("How the native was decided on."),
        "split": text("train or validation."),
        "caption": text("As it is written; empty where the tags make none."),
        "problem": text("Why they make none."),
        "tokens": INTEGER,
        "tags": list_of(TAG, "All, rejected ones too."),
    }
)
_IMAGES = list_of(IMAGE, "As they are now.")
LIST = obj(
    {
        "revision": REVISION,
        "ids": list_of(_ID, "Images that fit, in order."),
        "all": {**INTEGER, "description": "Images of the data set."},
        "largest": list_of(INTEGER, "Width and height in native px into which every image fits."),
    }
)
IMAGES = obj({"revision": REVISION, "images": _IMAGES})
IDS = obj({"ids": {**list_of(_ID), "maxItems": MOST}})
_MADE = or_null(obj({"number": INTEGER, "what": text("The edit in words."), "images": INTEGER}))
_EDITS = {
    "revision": REVISION,
    "undo": _MADE,
    "redo": _MADE,
    "recent": list_of(text("A tag."), "Added last, the last first."),
}
EDITS = obj(_EDITS)
EDITED = obj(
    {
        "what": text("The edit in words."),
        "changed": {**INTEGER, "description": "Images of which tags changed, or would."},
        "examples": list_of(
            obj({"image": _ID, "file": text("Of the image."), "before": text("Caption."), "after": text("Caption.")}),
            "The first of them.",
        ),
        "images": {**_IMAGES, "description": "The first of them as they are now; none of a preview."},
        **_EDITS,
    }
)
EDIT = obj(
    {"op": text("What to do.", enum=list(MAKERS)), "tag": text("Tag, pattern, or regular expression to replace.")},
    new=text("What rename and replace put in its place."),
    score={**NUMBER, "description": "accept: from this score on; reject: below it."},
    query=QUERY,
    ids={**list_of(_ID, "Of what the search finds, these alone."), "maxItems": CHOSEN},
    dry_run={**SWITCH, "description": "Say what would change, and change nothing."},
)
NUMBERED = obj({"number": {**INTEGER, "description": "Of the edit, as undo or redo name it."}})
COUNTS = list_of(obj({"name": text("The tag."), "accepted": INTEGER, "proposed": INTEGER, "rejected": INTEGER}))
COMPLETIONS = list_of(obj({"name": text("The tag."), "group": text("Of tags."), "posts": INTEGER}))

_SOURCE = text("Of the data set, from the workspace.")
_SIZE = list_of(INTEGER, "Width and height in native px.")
SOURCE = obj(
    {
        "source": _SOURCE,
        "name": text("Its file name."),
        "state": text("new, sure, doubtful, decided or rejected."),
        "native": text("Id of its native; empty where no grid was found."),
        "native_size": or_null(_SIZE),
        "confidence": CHANCE,
        "reason": text("What the grid finder says."),
    }
)
SOURCES = list_of(SOURCE)
EXPLANATION = obj(
    {
        "source": _SOURCE,
        "native_size": or_null(_SIZE),
        "confidence": CHANCE,
        "reason": text("What the grid finder says."),
        "alternatives": list_of(_SIZE, "Other sizes, the likelier first."),
    }
)
DECIDE = obj(
    {"sources": list_of(_SOURCE), "decision": text("The same for all.", enum=list(DECISIONS))},
    native_size=_SIZE,
    scale=list_of(NUMBER, "Width and height of a native pixel in source px."),
)
ADDED = obj({"added": INTEGER, "known": INTEGER, "problems": list_of(text("Why it was left out."))})
_CELL = obj(
    {
        "value": text("Of the axis across."),
        "images": INTEGER,
        "query": text("The search for its images; where it is empty, for those that have one of the two values."),
        "is_empty": {**SWITCH, "description": "Whether known values never meet here."},
    }
)
BALANCE = obj(
    {
        "images": INTEGER,
        "tables": list_of(
            obj(
                {
                    "axes": list_of(text("Down and across.")),
                    "across": list_of(text("A value.")),
                    "information": {**CHANCE, "description": "What one axis tells of the other."},
                    "rows": list_of(obj({"value": text("Of the axis down."), "cells": list_of(_CELL)})),
                }
            )
        ),
        "confounds": list_of(text("Values that always come together, in words.")),
    }
)
SENTENCES = list_of(text("A step of the plan."))
FINDINGS = list_of(
    obj(
        {
            "file": text("From the workspace."),
            "problem": text("What is wrong."),
            "mend": text("What mends it, in words."),
            "severity": text("fault or note."),
            "remedy": text("What mends it.", enum=list(get_args(Remedy))),
            "image": text("Id of the image that it is of; empty where there is none."),
            "words": list_of(text("A tag"), "Tag and new tag, where another spelling mends it."),
            "query": text("The search for images with the tags that it names; empty where it names none."),
        }
    )
)
FILES = obj({"files": list_of(text("As a finding names it."))})
REMOVED = list_of(text("What was removed."))
LICENCE = obj(
    {"patterns": list_of(text("For file names or sources, such as *.png; all where there is none."))},
    licence=text("SPDX expression, or free text."),
    allow_train=text("Whether they may be trained on.", enum=["yes", "no", "unknown"]),
    author=text("Who made them."),
    url=text("Where they were found."),
)
LICENSED = list_of(text("A source of which something changed."))
PLACE = obj(
    {"id": _ID},
    corner=or_null({**_NUMBERS, "description": "Row and column; null for the place that the plan chose."}),
)
PLACED = obj({"revision": REVISION, "image": IMAGE})
