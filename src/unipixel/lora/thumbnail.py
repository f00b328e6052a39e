"""The picture that a LoRA file carries for hosts to show (``modelspec.thumbnail``)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error

from unipixel.errors import ModelError

THUMBNAIL = "modelspec.thumbnail"
"""Metadata key of the Stability model metadata standard 1.0.1: a data URI."""
_START = "data:image/png;base64,"


def thumbnail_uri(png: bytes) -> str:
    """Data URI of a PNG file's bytes.

    Raises
    ------
    ModelError
        If they are not a PNG's.

    Examples
    --------
    >>> thumbnail_uri(bytes([137]) + b"PNG" + bytes([13, 10, 26, 10]))
    'data:image/png;base64,iVBORw0KGgo='
    """
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ModelError("a thumbnail has to be a PNG file, and this one is not")
    return _START + b64encode(png).decode("ascii")


def thumbnail_bytes(uri: str) -> bytes:
    """Bytes of the picture in a data URI, of whatever kind it is.

    Raises
    ------
    ModelError
        If it is no data URI of a picture.
    """
    head, comma, body = uri.partition(",")
    try:
        if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
            raise ValueError
        return b64decode(body, validate=True)
    except (ValueError, Error) as error:
        raise ModelError("the thumbnail in this file is not a picture's data URI") from error
