"""Schemas of what converting takes and gives."""

from __future__ import annotations

from unipixel.conversion import FORMATS
from unipixel.web.operation import MOST_NAME
from unipixel.web.schema import CHANCE, INTEGER, NUMBER, SWITCH, Schema, list_of, obj, or_null, ref, text

_SIZE = list_of(INTEGER, "Width and height in native px.")
_NUMBERS = list_of(NUMBER)
_ID = text("SHA-256 of a picture that was sent.", pattern="^[0-9a-f]{64}$")
_COLORS = list_of(text("A colour as #rrggbb."), "In their order.")

PICTURE = obj(
    {"picture": _ID, "width": INTEGER, "height": INTEGER, "animation": SWITCH},
)
DETECT = obj({"picture": _ID})
CONVERT = obj(
    {"picture": _ID},
    options=ref("Options"),
    edits=ref("Edits"),
    name=text("What the picture is called, for the command.", maxLength=MOST_NAME),
)
ENCODE = obj(
    {"picture": _ID}, options=ref("Options"), edits=ref("Edits"), format=text("Of the file.", enum=list(FORMATS))
)
_SHARED = {**ref("Options"), "description": "Those of the palette; and of each picture that has none of its own."}
SHARE = obj({"pictures": list_of(obj({"picture": _ID}, options=ref("Options"), edits=ref("Edits")))}, options=_SHARED)
ARRIVALS = obj(
    {
        "folder": or_null(text("The folder; null where none is watched.")),
        "arrived": list_of(obj({"number": INTEGER, "name": text("Within the folder.")}), "In the order of coming."),
    }
)
CANDIDATE = obj(
    {
        "native": _SIZE,
        "cell": list_of(NUMBER, "Width and height of a cell in canvas px."),
        "confidence": CHANCE,
        "confidence_in_words": text("The same, for a person."),
        "options": {"type": "object", "description": "The options that take this size."},
    }
)
_FOUND: dict[str, Schema] = {
    "confidence": CHANCE,
    "confidence_in_words": text("The same, for a person."),
    "reason": text("One sentence on the grid."),
    "candidates": list_of(ref("Candidate"), "The size taken and the next best ones, likeliest first."),
}
DETECTION = obj(
    {
        "native": or_null(_SIZE),
        "cell": or_null(_NUMBERS),
        "offset": or_null(_NUMBERS),
        "sure": SWITCH,
        **_FOUND,
    }
)
CONVERSION = obj(
    {
        "native": _SIZE,
        "frames": INTEGER,
        "cell": _NUMBERS,
        "offset": _NUMBERS,
        **_FOUND,
        "report": {"type": "object", "description": "The quality report, with its verdict in words."},
        "width": INTEGER,
        "height": INTEGER,
        "durations": list_of(NUMBER, "Milliseconds of each frame; empty for a still picture."),
        "png": text("The native pixels as a PNG in base 64; frames one below the other."),
        "layout": or_null(list_of(INTEGER, "Rows and columns of the frames of a sheet.")),
        "rows": list_of(INTEGER, "Cut lines of the grid in canvas px, from the top."),
        "columns": list_of(INTEGER, "Likewise, from the left."),
        "doubt": {
            "type": ["string", "null"],
            "description": "A byte for each native pixel, row by row, in base 64: 0 certain, 255 a guess; "
            "an animation's frame by frame. Null where all are certain.",
        },
        "doubtful_from": {"type": "integer", "description": "The least doubt that counts as a guess."},
        "colors": or_null(_COLORS),
        "command": text("The line for a shell that does the same."),
    }
)
PALETTE = obj({"name": {"type": "string"}, "colors": _COLORS})
BUILTIN_PALETTE = obj(
    {
        "name": {"type": "string"},
        "colors": _COLORS,
        "aliases": list_of({"type": "string"}),
        "remark": {"type": "string"},
        "home": {"type": "string"},
        "sources": list_of({"type": "string"}),
    }
)
PALETTES = list_of(BUILTIN_PALETTE)
