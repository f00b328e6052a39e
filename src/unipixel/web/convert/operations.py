"""Converting, as operations of the API."""

from __future__ import annotations

from typing import Any

from unipixel.conversion import FORMATS, Edits, Options, encode_conversion
from unipixel.errors import OptionError
from unipixel.web.convert import schemas
from unipixel.web.convert.edit_schema import read_edits
from unipixel.web.convert.option_schema import read_options
from unipixel.web.convert.palettes import list_palettes, read_palette, show_colors, show_palette
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
    options, edits, pictures = *_read(asked), asked.studio.pictures
    made = pictures.convert(asked.text("picture"), options, edits)
    doubt = pictures.doubt(asked.text("picture"), options, edits)
    return show_conversion(made, doubt, options, asked.text("name", "picture.png"))


def _encode(asked: Asked) -> Any:
    options, edits = _read(asked)
    format = asked.text("format", ".png")
    if format not in FORMATS:
        raise OptionError(f"results are written as {', '.join(FORMATS)}, not as {format[:20]!r}.")
    made = asked.studio.pictures.convert(asked.text("picture"), options, edits)
    return File(encode_conversion(made, format, zoom=options.zoom, optimize=options.optimize), MEDIA[format])


def _share(asked: Asked) -> Any:
    items = asked.body.get("pictures")
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise OptionError("'pictures' must be a list of objects with a picture, and its edits.")
    shared = asked.body.get("options", {})
    each_read = [_read(Asked(asked.studio, {"options": shared, **each})) for each in items]
    ids = [Asked(asked.studio, each).text("picture") for each in items]
    read = [(id, *given) for id, given in zip(ids, each_read, strict=True)]
    return show_colors(asked.studio.pictures.share(read, read_options(shared)))


def _list_arrivals(asked: Asked) -> Any:
    watched = asked.studio.watched
    if watched is None:
        return {"folder": None, "arrived": []}
    arrived = watched.arrived(_number(asked.word("after") or "0"))
    return {"folder": str(watched.folder), "arrived": [{"number": number, "name": name} for number, name in arrived]}


def _get_arrival(asked: Asked) -> Any:
    if asked.studio.watched is None:
        raise OptionError("this studio watches no folder. Start it with one: unipixel serve --watch FOLDER.")
    return File(asked.studio.watched.read(_number(asked.word("number"))), "application/octet-stream")


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise OptionError(f"{word[:20]!r} is no number of a picture.")
    return int(word)


def _read(asked: Asked) -> tuple[Options, Edits]:
    return read_options(asked.body.get("options", {})), read_edits(asked.body.get("edits", {}))


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
        "sharePalette", "POST", "/api/palettes/shared",
        "Take one automatic palette from several pictures, of as many colours as the options say or as they need.",
        _share, schemas.PALETTE, schemas.SHARE,
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
    Operation(
        "listArrivals", "GET", "/api/watched", "Pictures that landed in the folder that is watched, since the start.",
        _list_arrivals, schemas.ARRIVALS, query={"after": "Only those with a greater number."},
    ),
    Operation(
        "getArrival", "GET", "/api/watched/{number}", "One of them, as it lies there.", _get_arrival, "file",
    ),
)  # fmt: skip
"""What the page's part *Convert* asks."""
