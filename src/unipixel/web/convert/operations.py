"""Converting, as operations of the API."""

from __future__ import annotations

from typing import Any

from unipixel.conversion import FORMATS, encode_conversion
from unipixel.errors import OptionError
from unipixel.web.convert import schemas
from unipixel.web.convert.option_schema import read_options
from unipixel.web.convert.palettes import list_palettes, read_palette, show_palette
from unipixel.web.convert.showing import show_conversion, show_detection
from unipixel.web.operation import Asked, File, Operation

MEDIA = {
    ".png": "image/png",
    ".apng": "image/apng",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".aseprite": "application/octet-stream",
}
"""Media type of each format."""


def _add(asked: Asked) -> Any:
    picture = asked.studio.pictures.add(asked.body)
    height, width = picture.frames.size
    return {"picture": picture.id, "width": width, "height": height, "animation": picture.frames.is_animation}


def _detect(asked: Asked) -> Any:
    return show_detection(asked.studio.pictures.detect(asked.text("picture")))


def _convert(asked: Asked) -> Any:
    options = read_options(asked.body.get("options", {}))
    made = asked.studio.pictures.convert(asked.text("picture"), options)
    return show_conversion(made, options, asked.text("name", "picture.png"))


def _encode(asked: Asked) -> Any:
    options = read_options(asked.body.get("options", {}))
    format = asked.text("format", ".png")
    if format not in FORMATS:
        raise OptionError(f"results are written as {', '.join(FORMATS)}, not as {format[:20]!r}.")
    made = asked.studio.pictures.convert(asked.text("picture"), options)
    return File(encode_conversion(made, format, zoom=options.zoom, optimize=options.optimize), MEDIA[format])


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
"""What the page's part *Convert* asks."""
