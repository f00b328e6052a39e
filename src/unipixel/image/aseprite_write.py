"""Write ``.aseprite`` files: indexed with the palette in its order, or RGBA; layers, frames with their times, text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from unipixel.errors import ImageError
from unipixel.image.aseprite import (
    CEL,
    FILE_MAGIC,
    FRAME_HEADER_BYTES,
    FRAME_MAGIC,
    HEADER_BYTES,
    HEADER_LAYER_OPACITY,
    INDEXED,
    LAYER,
    LAYER_BACKGROUND,
    LAYER_EDITABLE,
    LAYER_FIXED,
    LAYER_VISIBLE,
    PALETTE,
    PROFILE,
    TRUE_COLOR,
    USER_DATA,
    ZIPPED_CEL,
)
from unipixel.image.write import check_picture, palette_alpha

_MAX_WORD = 65535
"""Most frames, px of a side, milliseconds and bytes of a text that the format's 16-bit fields hold."""


def encode_aseprite(
    frames: Iterable[npt.NDArray[np.uint8]],
    *,
    palette: npt.NDArray[np.uint8] | None = None,
    transparent: int | None = None,
    durations: Sequence[float] | float = 100,
    layer: str = "Layer 1",
    hidden: Mapping[str, Sequence[npt.NDArray[np.uint8]]] | None = None,
    text: str = "",
) -> bytes:
    """Encode frames as an ``.aseprite`` file.

    Parameters
    ----------
    frames : iterable of (H, W) uint8 indices where ``palette`` is given, else of (H, W, 3|4) uint8
        All of one size; taken one at a time.
    palette : (n, 3|4) uint8, optional
        1 to 256 colours; their order is kept, and the sprite is indexed.
    transparent : int, optional
        Index that is transparent. Without one an indexed sprite is a background, which has no transparent pixel.
    durations : sequence of float, or float
        Milliseconds of each frame, or of all.
    layer : str
        Name of the layer.
    hidden : mapping of str to frames, optional
        Further layers above it by name, locked and not shown, such as the picture before a clean-up. The layout is that
        of ``frames``.
    text : str
        User data of the sprite; what is longer than 65,535 bytes is cut.

    Returns
    -------
    bytes
        The same for the same input.

    Raises
    ------
    ImageError
        No frame, frames of different sizes, an index without a colour, or more than the format holds.
    """
    extra = dict(hidden or {})
    head = [_chunk(PROFILE, struct.pack("<HHI8x", 1, 0, 0))]
    if palette is not None:
        head.append(_palette(palette))
    if text:
        head.append(_chunk(USER_DATA, struct.pack("<I", 1) + _string(text)))
    is_background = palette is not None and transparent is None
    flags = LAYER_VISIBLE | LAYER_EDITABLE | (LAYER_BACKGROUND | LAYER_FIXED if is_background else 0)
    head += [_layer(layer, flags), *(_layer(name, 0) for name in extra)]
    blocks: list[bytes] = []
    layout: tuple[int, ...] | None = None
    for pictures in _together(frames, extra):
        layout = layout or pictures[0].shape
        cels = [_cel(at, _checked(picture, layout, palette)) for at, picture in enumerate(pictures)]
        blocks.append(_frame([*head, *cels], _duration(durations, len(blocks))))
        head = []
    if layout is None or len(blocks) > _MAX_WORD:
        raise ImageError(f"{len(blocks)} frames: an .aseprite file holds 1 to {_MAX_WORD}.")
    return _header(layout, palette, transparent, blocks) + b"".join(blocks)


def _together(
    frames: Iterable[npt.NDArray[np.uint8]], hidden: Mapping[str, Sequence[npt.NDArray[np.uint8]]]
) -> Iterator[tuple[npt.NDArray[np.uint8], ...]]:
    try:
        yield from zip(frames, *hidden.values(), strict=True)
    except ValueError:
        raise ImageError("a hidden layer must have as many frames as the picture.") from None


def _header(
    layout: tuple[int, ...], palette: npt.NDArray[np.uint8] | None, transparent: int | None, blocks: list[bytes]
) -> bytes:
    depth, colors = (TRUE_COLOR, 0) if palette is None else (INDEXED, len(palette))
    height, width = layout[:2]
    length = HEADER_BYTES + sum(map(len, blocks))
    header = struct.pack(
        "<IHHHHHIH8x", length, FILE_MAGIC, len(blocks), width, height, depth, HEADER_LAYER_OPACITY, 100
    )
    return (header + struct.pack("<B3xHBBhhHH", transparent or 0, colors, 1, 1, 0, 0, 16, 16)).ljust(
        HEADER_BYTES, b"\0"
    )


def _frame(chunks: list[bytes], duration: int) -> bytes:
    body = b"".join(chunks)
    count = len(chunks)
    return (
        struct.pack("<IHHHxxI", FRAME_HEADER_BYTES + len(body), FRAME_MAGIC, min(count, 0xFFFF), duration, count) + body
    )


def _duration(durations: Sequence[float] | float, index: int) -> int:
    if isinstance(durations, Sequence) and index >= len(durations):
        raise ImageError(f"{len(durations)} durations for more frames. Give one for each.")
    return min(max(round(durations[index] if isinstance(durations, Sequence) else durations), 1), _MAX_WORD)


def _checked(
    picture: npt.NDArray[np.uint8], layout: tuple[int, ...], palette: npt.NDArray[np.uint8] | None
) -> npt.NDArray[np.uint8]:
    if picture.shape != layout:
        raise ImageError(f"a frame is {picture.shape}, the first one {layout}. All must have one size.")
    check_picture(picture, None if palette is None else len(palette))
    if max(picture.shape[:2]) > _MAX_WORD:
        raise ImageError(f"{picture.shape[1]}x{picture.shape[0]}: a side of an .aseprite file is 1 to {_MAX_WORD} px.")
    return picture


def _palette(palette: npt.NDArray[np.uint8]) -> bytes:
    colors, alpha = palette_alpha(palette, None)
    rows = [struct.pack("<HBBBB", 0, *color) for color in np.column_stack([colors, alpha]).tolist()]
    return _chunk(PALETTE, struct.pack("<III8x", len(palette), 0, len(palette) - 1) + b"".join(rows))


def _layer(name: str, flags: int) -> bytes:
    return _chunk(LAYER, struct.pack("<HHHHHHB3x", flags, 0, 0, 0, 0, 0, 255) + _string(name))


def _cel(layer: int, picture: npt.NDArray[np.uint8]) -> bytes:
    if picture.ndim == 3 and picture.shape[2] == 3:
        picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    height, width = picture.shape[:2]
    head = struct.pack("<HhhBHh5xHH", layer, 0, 0, 255, ZIPPED_CEL, 0, width, height)
    return _chunk(CEL, head + zlib.compress(picture.tobytes(), 9))


def _chunk(kind: int, body: bytes) -> bytes:
    return struct.pack("<IH", len(body) + 6, kind) + body


def _string(text: str) -> bytes:
    raw = text.encode("utf-8")[:_MAX_WORD].decode("utf-8", "ignore").encode("utf-8")  # cut between letters, not in one
    return struct.pack("<H", len(raw)) + raw
