"""What a person mended by hand, as JSON: its schema, and values that come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unipixel.conversion import CLEAR, Cell, Edits
from unipixel.errors import OptionError
from unipixel.web.schema import INTEGER, Schema, list_of, obj

_LINES = (
    "Cut lines in canvas px, rising from 0 to the side of the picture, or of a frame of a sheet; both axes or none."
)
_CELL: Schema = {
    "type": "array",
    "prefixItems": [INTEGER, INTEGER, INTEGER, {"type": "string", "pattern": f"^(#[0-9a-f]{{6}}|{CLEAR})$"}],
    "minItems": 4,
    "maxItems": 4,
}
EDITS = obj(
    {},
    rows=list_of(INTEGER, _LINES),
    columns=list_of(INTEGER, _LINES),
    cells=list_of(_CELL, f"Native pixels to paint: frame, row, column, and #rrggbb or {CLEAR}; the last of one place."),
)


def read_edits(values: Any) -> Edits:
    """Edits from JSON values.

    Raises
    ------
    OptionError
        A value is of another type.
    PaletteError
        A colour is none.
    """
    if not isinstance(values, Mapping):
        raise OptionError("edits must be an object with rows and columns, cells, or all of them.")
    if unknown := set(values) - set(EDITS["properties"]):
        raise OptionError(f"edits have no {min(unknown)!r:.40}. There are: {', '.join(EDITS['properties'])}.")
    cells = values.get("cells", [])
    if not isinstance(cells, list):
        raise OptionError("cells must be a list of [frame, row, column, colour].")
    lines = None
    if "rows" in values or "columns" in values:
        lines = (_lines(values.get("rows")), _lines(values.get("columns")))
    return Edits(lines=lines, cells=tuple(_cell(each) for each in cells))


def _lines(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(_is_whole(line) for line in value):
        raise OptionError("rows and columns must both be lists of whole numbers, the lines of the grid.")
    return tuple(value)


def _cell(value: Any) -> Cell:
    if isinstance(value, list) and len(value) == 4 and isinstance(value[3], str) and all(map(_is_whole, value[:3])):
        frame, row, column, color = value
        return frame, row, column, color
    raise OptionError(f"{value!r:.60} is no cell: give [frame, row, column, colour].")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31
