"""The REST API as one table: each operation with its schemas and what it does; routes and OpenAPI are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from unipixel.conversion import FORMATS, encode_conversion
from unipixel.errors import OptionError
from unipixel.web import schemas
from unipixel.web.option_schema import read_options
from unipixel.web.palettes import list_palettes, read_palette, show_palette
from unipixel.web.pictures import Pictures
from unipixel.web.showing import show_conversion, show_detection

UPLOAD_LIMIT, JSON_LIMIT = 64 << 20, 1 << 20
"""Most bytes of a file that is sent, and of any other request."""

MEDIA = {
    ".png": "image/png",
    ".apng": "image/apng",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".aseprite": "application/octet-stream",
}
"""Media type of each format."""


@dataclass(frozen=True)
class Asked:
    """One request, read."""

    pictures: Pictures
    body: Any = None
    """Bytes of a file, or a JSON object whose names are those of the schema."""
    words: Mapping[str, str] | None = None
    """What stands in the address: parts of the path and the query."""

    def word(self, name: str) -> str:
        """A word of the address, empty where it is not there."""
        return (self.words or {}).get(name, "")


@dataclass(frozen=True)
class File:
    """An answer that is a file."""

    data: bytes
    media: str


@dataclass(frozen=True)
class Operation:
    """What can be asked of the server."""

    id: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    answer: Callable[[Asked], Any]
    gives: schemas.Schema | Literal["file"]
    takes: schemas.Schema | Literal["file"] | None = None
    query: Mapping[str, str] | None = None
    """Words of the query with their descriptions."""


def _add(asked: Asked) -> Any:
    picture = asked.pictures.add(asked.body)
    height, width = picture.frames.size
    return {"picture": picture.id, "width": width, "height": height, "animation": picture.frames.is_animation}


def _detect(asked: Asked) -> Any:
    return show_detection(asked.pictures.detect(_text(asked, "picture")))


def _convert(asked: Asked) -> Any:
    options = read_options(asked.body.get("options", {}))
    made = asked.pictures.convert(_text(asked, "picture"), options)
    return show_conversion(made, options, _text(asked, "name", "picture.png"))


def _encode(asked: Asked) -> Any:
    options = read_options(asked.body.get("options", {}))
    format = _text(asked, "format", ".png")
    if format not in FORMATS:
        raise OptionError(f"results are written as {', '.join(FORMATS)}, not as {format[:20]!r}.")
    made = asked.pictures.convert(_text(asked, "picture"), options)
    return File(encode_conversion(made, format, zoom=options.zoom, optimize=options.optimize), MEDIA[format])


def _text(asked: Asked, name: str, default: str | None = None) -> str:
    value = asked.body.get(name, default)
    if not isinstance(value, str) or len(value) > schemas.MOST_NAME:
        raise OptionError(f"{name!r} must be a text of at most {schemas.MOST_NAME} letters.")
    return value


OPERATIONS = (
    Operation(
        "addPicture", "POST", "/api/pictures",
        "Send a picture or animation; it is kept in memory, for as long as there is room, under the hash of its bytes.",
        _add, schemas.PICTURE, "file",
    ),
    Operation(
        "detect", "POST", "/api/detect",
        "Say which grid a picture has, how sure that is, and which others it may have.",
        _detect, schemas.DETECTION, schemas.DETECT,
    ),
    Operation(
        "convert", "POST", "/api/convert",
        "Turn a picture into true pixel art: its pixels, grid, doubt, report, and the command that does the same.",
        _convert, schemas.CONVERSION, schemas.CONVERT,
    ),
    Operation(
        "encode", "POST", "/api/files",
        "Convert, and give the result as a file: indexed with its palette where it has at most 256 colours.",
        _encode, "file", schemas.ENCODE,
    ),
    Operation(
        "listPalettes", "GET", "/api/palettes", "List the built-in palettes.",
        lambda asked: list_palettes(), schemas.PALETTES,
    ),
    Operation(
        "showPalette", "GET", "/api/palettes/{name}", "One built-in palette, by its name or alias.",
        lambda asked: show_palette(asked.word("name")), schemas.BUILTIN_PALETTE,
    ),
    Operation(
        "readPalette", "POST", "/api/palettes",
        "Read the palette in a file: a strip or any picture, .gpl, .hex, .pal, .ase, .act, .aco, .aseprite.",
        lambda asked: read_palette(asked.body, asked.word("name")), schemas.PALETTE, "file",
        query={"name": "What the file is called; the palette is named after it."},
    ),
)  # fmt: skip
"""All of them."""
