"""Schemas of what the API takes and gives, as JSON schema 2020-12 (that of OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from unipixel.conversion import FORMATS

Schema = dict[str, Any]

MOST_NAME = 512
"""Letters of a name."""


def _object(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def _list(items: Schema, about: str = "") -> Schema:
    return {"type": "array", "items": items, **({"description": about} if about else {})}


def _text(about: str, **more: Any) -> Schema:
    return {"type": "string", "description": about, **more}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_INTEGER: Schema = {"type": "integer"}
_SIZE = _list(_INTEGER, "Width and height in native px.")
_NUMBERS = _list({"type": "number"})
_CHANCE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_ID = _text("SHA-256 of a picture that was sent.", pattern="^[0-9a-f]{64}$")
_COLORS = _list(_text("A colour as #rrggbb."), "In their order.")

PICTURE = _object(
    {"picture": _ID, "width": _INTEGER, "height": _INTEGER, "animation": {"type": "boolean"}},
)
DETECT = _object({"picture": _ID})
CONVERT = _object(
    {"picture": _ID},
    options=_ref("Options"),
    name=_text("What the picture is called, for the command.", maxLength=MOST_NAME),
)
ENCODE = _object({"picture": _ID}, options=_ref("Options"), format=_text("Of the file.", enum=list(FORMATS)))
CANDIDATE = _object(
    {
        "native": _SIZE,
        "cell": _list({"type": "number"}, "Width and height of a cell in canvas px."),
        "confidence": _CHANCE,
        "confidence_in_words": _text("The same, for a person."),
        "options": {"type": "object", "description": "The options that take this size."},
    }
)
_FOUND: dict[str, Schema] = {
    "confidence": _CHANCE,
    "confidence_in_words": _text("The same, for a person."),
    "reason": _text("One sentence on the grid."),
    "candidates": _list(_ref("Candidate"), "The size taken and the next best ones, likeliest first."),
}
DETECTION = _object(
    {
        "native": {"anyOf": [_SIZE, {"type": "null"}]},
        "cell": {"anyOf": [_NUMBERS, {"type": "null"}]},
        "offset": {"anyOf": [_NUMBERS, {"type": "null"}]},
        "sure": {"type": "boolean"},
        **_FOUND,
    }
)
CONVERSION = _object(
    {
        "native": _SIZE,
        "frames": _INTEGER,
        "cell": _NUMBERS,
        "offset": _NUMBERS,
        **_FOUND,
        "report": {"type": "object", "description": "The quality report, with its verdict in words."},
        "width": _INTEGER,
        "height": _INTEGER,
        "durations": _list({"type": "number"}, "Milliseconds of each frame; empty for a still picture."),
        "png": _text("The native pixels as a PNG in base 64; frames one below the other."),
        "rows": _list(_INTEGER, "Cut lines of the grid in canvas px, from the top."),
        "columns": _list(_INTEGER, "Likewise, from the left."),
        "doubt": {
            "type": ["string", "null"],
            "description": "A byte for each native pixel, row by row, in base 64: 0 certain, 255 a guess.",
        },
        "doubtful_from": {"type": "integer", "description": "The least doubt that counts as a guess."},
        "colors": {"anyOf": [_COLORS, {"type": "null"}]},
        "command": _text("The line for a shell that does the same."),
    }
)
PALETTE = _object({"name": {"type": "string"}, "colors": _COLORS})
BUILTIN_PALETTE = _object(
    {
        "name": {"type": "string"},
        "colors": _COLORS,
        "aliases": _list({"type": "string"}),
        "remark": {"type": "string"},
        "home": {"type": "string"},
        "sources": _list({"type": "string"}),
    }
)
PALETTES = _list(BUILTIN_PALETTE)
PROBLEM = _object(
    {"error": _text("What was wrong and what to do, as a sentence."), "kind": _text("Name of the error's class.")}
)
