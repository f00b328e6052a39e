"""Tell what a file is by how it begins, whatever its name says."""

from __future__ import annotations

from typing import Literal, TypeAlias

from unipixel.image.aseprite import is_aseprite

Format: TypeAlias = Literal["png", "gif", "webp", "jpeg", "bmp", "tiff", "aseprite", "video", "other"]
"""``video`` is MP4, MOV, WebM, Matroska or AVI; ``other`` is everything that is left to Pillow to name."""

HEAD_BYTES = 128
"""Bytes from a file's start that are enough to tell."""

_BEGINNINGS: tuple[tuple[bytes, Format], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\x1a\x45\xdf\xa3", "video"),  # EBML: WebM and Matroska
)
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
"""Pictures in the container of MP4, by the brand that follows ``ftyp``."""


def detect_format(data: bytes) -> Format:
    """Format of a file by its content.

    Parameters
    ----------
    data : bytes
        The whole file or its first 128 bytes.

    Returns
    -------
    str
        See :data:`Format`.

    Examples
    --------
    >>> detect_format(b"GIF89a" + bytes(20))
    'gif'
    """
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name
    if data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"AVI "):
        return "webp" if data[8:12] == b"WEBP" else "video"
    if data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") and data[8:12] not in _PICTURE_BRANDS:
        return "video"
    return "aseprite" if is_aseprite(data) else "other"
