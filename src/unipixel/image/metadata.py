"""What a generator wrote into a picture (prompt, seed, workflow): read it from any format, carry it into any other.

Notes are a mapping of key to text, with the keys of PNG text chunks: ``parameters`` (A1111, Forge), ``prompt`` and
``workflow`` (ComfyUI), ``invokeai_metadata``, ``Comment`` (NovelAI) and whatever else is there. Where a format has
named places, they are used; where it has one text for all (GIF, Aseprite), that is ``parameters`` itself, or JSON.
"""

from __future__ import annotations

import io
import json
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from PIL import Image, PngImagePlugin

from unipixel.image.aseprite import decode_aseprite
from unipixel.image.read import about, decoding, name_of, opened, sniff

MAX_TEXT = 1 << 22
"""Most characters of all notes together; a large ComfyUI workflow is a tenth of it. What goes beyond is left out."""

PARAMETERS = "parameters"
"""Key of a text that comes without one."""

_DETAILS, _USER_COMMENT = 0x8769, 0x9286
"""EXIF: the folder of details, and the place for a text in it: A1111 and Forge write their parameters there."""
_NAMED_TAGS = {"workflow": 0x010F, "prompt": 0x0110}
"""EXIF: where ComfyUI puts its texts in a WebP, each as ``key:text``."""
_PNG_KEY = 79
"""Most letters of a key in a PNG; they are Latin-1."""
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
_NOT_NOTES = ("XML:com.adobe.xmp", "Raw profile type")
"""How the keys of texts begin that are other things than notes."""


def read_metadata(source: str | os.PathLike[str] | bytes) -> dict[str, str]:
    """Notes in a picture: prompt, seed, workflow. No pixel is decoded.

    Parameters
    ----------
    source : path or bytes

    Returns
    -------
    dict of str to str
        In the file's order; empty where there are none. What goes beyond :data:`MAX_TEXT` characters in all, and what
        is no text, is left out.

    Raises
    ------
    ImageError
        Not a picture.
    """
    kind, name = sniff(source), name_of(source)
    if kind == "video":
        return {}
    if kind == "png":
        with decoding(name), io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
            return _bounded(_png_texts(file))
    if kind == "aseprite":
        with about(name):
            sprite = decode_aseprite(source if isinstance(source, bytes) else Path(source).read_bytes())
        return _bounded(from_comment(sprite.text))
    with opened(source) as image, decoding(name):
        return _bounded(_comment(image) | _exif_texts(image))


def to_exif(notes: Mapping[str, str]) -> bytes:
    """Notes as EXIF, for JPEG and WebP: ``prompt`` and ``workflow`` as ComfyUI writes them, the rest as A1111 does.

    Returns
    -------
    bytes
        Empty where there are no notes.
    """
    named = {key: notes[key] for key in _NAMED_TAGS if key in notes and notes[key].isascii()}
    rest = {key: value for key, value in notes.items() if key not in named}
    exif = Image.Exif()
    for key, value in named.items():
        exif[_NAMED_TAGS[key]] = f"{key}:{value}"
    if rest:
        exif[_DETAILS] = {_USER_COMMENT: b"UNICODE\0" + to_comment(rest).encode("utf-16-be")}
    return exif.tobytes() if notes else b""


def to_comment(notes: Mapping[str, str], most: int | None = None) -> str:
    """Notes as one text: ``parameters`` as it is, where that is all; else JSON.

    Parameters
    ----------
    notes : mapping
    most : int, optional
        Most bytes of the text in UTF-8: the longest notes are left out until it fits, ``parameters`` last.

    Returns
    -------
    str
    """
    left = dict(notes)
    while left:
        plain = left.get(PARAMETERS, "")
        is_plain = len(left) == 1 and plain and not plain.lstrip().startswith("{")
        text = plain if is_plain else json.dumps(left, ensure_ascii=False)
        if most is None or len(text.encode("utf-8", "replace")) <= most:
            return text
        left.pop(max(left, key=lambda key: (key != PARAMETERS, len(left[key]))))
    return ""


def from_comment(text: str) -> dict[str, str]:
    """Undo :func:`to_comment`; any other text becomes ``parameters``."""
    text = text.strip("\0")
    if text.lstrip().startswith("{"):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if values and isinstance(values, dict) and all(isinstance(value, str) for value in values.values()):
            return values
    return {PARAMETERS: text} if text.strip() else {}


def _png_texts(file: BinaryIO) -> dict[str, str]:
    """Text chunks, before the pixels and after them; Pillow bounds what they unpack to."""
    file.seek(8)
    stream = PngImagePlugin.PngStream(file)
    while True:
        try:
            kind, at, length = stream.read()
            if kind == b"IEND":
                break
            if kind in _TEXT_CHUNKS:
                stream.crc(kind, stream.call(kind, at, length))
            else:
                file.seek(at + length + 4)
        except (EOFError, OSError, SyntaxError, ValueError, struct.error):
            break  # cut short, or more text than Pillow unpacks: what came before it counts
    return {key: str(value) for key, value in stream.im_text.items()}


def _comment(image: Image.Image) -> dict[str, str]:
    """The comment of a GIF or JPEG."""
    comment = image.info.get("comment", "")
    return from_comment(comment.decode("utf-8", "replace") if isinstance(comment, bytes) else str(comment))


def _exif_texts(image: Image.Image) -> dict[str, str]:
    try:
        exif = image.getexif()
        comment = exif.get_ifd(_DETAILS).get(_USER_COMMENT)
        named = [str(exif[tag]) for tag in _NAMED_TAGS.values() if tag in exif]
    except Exception:  # damaged EXIF: Pillow raises anything, struct.error to SyntaxError; notes don't spoil a picture
        return {}
    found = dict(text.split(":", 1) for text in named if text.split(":", 1)[0].lower() in _NAMED_TAGS)
    return from_comment(_user_comment(comment)) | {key.lower(): value for key, value in found.items()}


def _user_comment(comment: object) -> str:
    """Text of a UserComment: its first eight bytes say how it is written, though not in which byte order."""
    if not isinstance(comment, bytes):
        return str(comment or "")
    mark, body = comment[:8], comment[8:]
    if mark != b"UNICODE\0":
        return (body if mark in (b"ASCII\0\0\0", bytes(8)) else comment).decode("utf-8", "replace")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    is_little = body[1::2].count(0) > body[::2].count(0)  # letters of English have a zero for their upper byte
    return body.decode("utf-16-le" if is_little else "utf-16-be", "replace")


def _bounded(notes: Mapping[str, str]) -> dict[str, str]:
    """Those notes that every format can hold, until there are too many."""
    return dict(_fitting(notes))


def _fitting(notes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    room = MAX_TEXT
    for key, value in notes.items():
        text = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        is_key = 1 <= len(key.encode("latin-1", "ignore")) == len(key) <= _PNG_KEY and key.isprintable()
        room -= len(text)
        if is_key and text and room >= 0 and not key.startswith(_NOT_NOTES):
            yield key.strip() or key, text
