"""The picture that a LoRA file carries in its metadata, as a ``data:`` address.

``modelspec.thumbnail`` of the Stability model metadata standard; sd-scripts writes it so (``--metadata_thumbnail``),
and SwarmUI refuses one that does not begin with ``data:image/``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from unipixel.errors import ImageError
from unipixel.lora.carry import THUMBNAIL_KEY

_SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF", "gif": b"GIF8"}
MOST_BYTES = 2_000_000
"""Of a picture that is put into a file (ours): hosts read the whole header each time they list their LoRAs."""


def thumbnail_uri(picture: bytes) -> str:
    """Write a picture as the text of ``modelspec.thumbnail``.

    Parameters
    ----------
    picture : bytes
        A PNG, JPEG, WebP or GIF file; 256 px a side are enough.

    Returns
    -------
    str
        ``"data:image/png;base64,..."``

    Raises
    ------
    ImageError
        If it is no such file, or has more than 2 MB.
    """
    kind = next((kind for kind, start in _SIGNATURES.items() if picture.startswith(start)), None)
    if kind is None:
        raise ImageError("a thumbnail must be a PNG, JPEG, WebP or GIF file, and this is none of them")
    if len(picture) > MOST_BYTES:
        raise ImageError(f"a thumbnail of {len(picture):,} bytes is too large for a LoRA file; make it 256 px wide")
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def read_thumbnail(metadata: Mapping[str, str]) -> tuple[str, bytes] | None:
    """Picture in the metadata of a file.

    Returns
    -------
    (kind, picture) or None
        Kind such as ``"png"`` or ``"jpeg"``, and the bytes of the file; None where there is none, or none that can be
        read.
    """
    found = re.fullmatch(r"data:image/([\w.+-]+);base64,(.*)", metadata.get(THUMBNAIL_KEY, ""), flags=re.DOTALL)
    if found is None:
        return None
    try:
        return ("jpeg" if found[1] == "jpg" else found[1]), base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return None
