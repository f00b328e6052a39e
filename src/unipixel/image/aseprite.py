"""Read ``.aseprite`` files (also ``.ase`` of the same program): palette, frames, timing, text.

The format is described at https://github.com/aseprite/aseprite/blob/main/docs/ase-file-specs.md. Read are indexed,
grey and RGBA sprites with their visible layers, laid over each other as Aseprite does it. What can't be shown rightly
(a blend mode, a tilemap) is refused by name, never left out.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from unipixel.errors import ImageError
from unipixel.image.pixels import MAX_PIXELS, RGBA, hide_hidden

FILE_MAGIC, FRAME_MAGIC = 0xA5E0, 0xF1FA
HEADER_BYTES, FRAME_HEADER_BYTES = 128, 16
OLD_PALETTE, OLDEST_PALETTE, PALETTE = 0x0004, 0x0011, 0x2019
LAYER, CEL, PROFILE, USER_DATA = 0x2004, 0x2005, 0x2007, 0x2020
INDEXED, GREY, TRUE_COLOR = 8, 16, 32
"""Bits of a pixel; the sprite's colour mode."""
LAYER_VISIBLE, LAYER_EDITABLE, LAYER_FIXED, LAYER_BACKGROUND, LAYER_REFERENCE = 1, 2, 4, 8, 64
"""Flags of a layer. A background has no transparent pixel; a reference layer is never part of the picture."""
HEADER_LAYER_OPACITY, HEADER_GROUP_OPACITY = 1, 2
"""Flags of the header: the opacity fields of layers, and of groups, hold values."""
RAW_CEL, LINKED_CEL, ZIPPED_CEL = 0, 1, 2
# fmt: off
_BLEND_MODES = (
    "Normal", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "Color Dodge", "Color Burn", "Hard Light",
    "Soft Light", "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity", "Addition", "Subtract",
    "Divide",
)
# fmt: on
_OWN_USER_DATA = frozenset({LAYER, CEL, 0x2018, 0x2022, 0x2023})
"""Layers, cels, tags, slices and tilesets: user data that follows one is its own; what comes before is the sprite's."""
_MAX_COLORS = 1 << 16
"""Entries of a palette that are read; Aseprite itself makes no more."""


@dataclass(frozen=True)
class _Layer:
    name: str
    shown: bool
    is_background: bool
    opacity: int
    problem: str


class _Cel(NamedTuple):
    layer: int
    x: int
    y: int
    opacity: int
    kind: int
    z_index: int
    body: memoryview


@dataclass
class _Frame:
    duration: int
    palette: npt.NDArray[np.uint8]
    cels: list[_Cel] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Sprite:
    """What an ``.aseprite`` file holds; its pictures are made when they are asked for."""

    size: tuple[int, int]
    """(height, width) in px."""
    durations: tuple[int, ...]
    """Milliseconds of each frame."""
    palette: npt.NDArray[np.uint8]
    """``(n, 4)`` uint8: the first frame's; n is 0 where the file has none."""
    text: str
    """User data of the sprite."""
    _depth: int
    _transparent: int
    _layers: tuple[_Layer, ...]
    _frames: tuple[_Frame, ...]

    def frame(self, index: int) -> RGBA:
        """One frame: its visible layers over each other.

        Returns
        -------
        (H, W, 4) uint8
            Black below alpha 0.

        Raises
        ------
        ImageError
            Damaged pixels, or a layer that can't be shown rightly.
        """
        picture = np.zeros((*self.size, 4), np.uint8)
        with _as_damage():
            for cel in sorted(self._frames[index].cels, key=lambda cel: (cel.layer + cel.z_index, cel.z_index)):
                layer = self._layers[cel.layer]
                if not layer.shown:
                    continue
                if layer.problem:
                    raise ImageError(f"layer {layer.name!r} {layer.problem}. Flatten it in Aseprite, or export a PNG.")
                _lay_over(picture, self._pixels(index, cel, layer), cel.x, cel.y, _times(layer.opacity, cel.opacity))
        return hide_hidden(picture)

    def _pixels(self, index: int, cel: _Cel, layer: _Layer) -> RGBA:
        at = index
        while cel.kind == LINKED_CEL:
            (target,) = struct.unpack_from("<H", cel.body)
            if target >= at:  # links point back to where the pixels are, so that following them ends
                raise ImageError("the .aseprite file is damaged (a cel is linked to a later frame).")
            at = target
            cel = next((other for other in self._frames[target].cels if other.layer == cel.layer), _NO_CEL)
        if cel.kind not in (RAW_CEL, ZIPPED_CEL):
            raise ImageError(f"layer {layer.name!r} holds tiles. Convert it to a layer in Aseprite, or export a PNG.")
        width, height = struct.unpack_from("<HH", cel.body)
        if width * height > MAX_PIXELS:
            raise ImageError(f"a cel of {width}x{height} pixels is more than UniPixel reads.")
        wanted = width * height * self._depth // 8
        raw = bytes(cel.body[4:]) if cel.kind == RAW_CEL else zlib.decompressobj().decompress(cel.body[4:], wanted)
        values = np.frombuffer(raw, np.uint8, wanted).reshape(height, width, self._depth // 8)
        if self._depth == TRUE_COLOR:
            return values
        if self._depth == GREY:
            return values[..., [0, 0, 0, 1]]
        table = np.zeros((256, 4), np.uint8)
        palette = self._frames[at].palette[:256]
        table[: len(palette)] = palette
        if layer.is_background:
            table[:, 3] = 255
        else:
            table[self._transparent] = 0
        indices: npt.NDArray[np.uint8] = values[..., 0]
        return table[indices]


_NO_CEL = _Cel(0, 0, 0, 255, RAW_CEL, 0, memoryview(bytes(4)))
"""What a link to an empty cel shows: 0x0 pixels."""


def is_aseprite(data: bytes) -> bool:
    """Whether bytes begin as an ``.aseprite`` file does (an Adobe ``.ase`` swatch file does not)."""
    return len(data) >= HEADER_BYTES and data[4:6] == FILE_MAGIC.to_bytes(2, "little") and data[12] in (8, 16, 32)


def decode_aseprite_palette(data: bytes) -> npt.NDArray[np.uint8]:
    """Palette of a sprite, in its order.

    Parameters
    ----------
    data : bytes
        A whole ``.aseprite`` file.

    Returns
    -------
    (n, 4) uint8
        sRGB and alpha. The entry that an indexed sprite shows as transparent has alpha 0.

    Raises
    ------
    ImageError
        Not such a file, damaged, or without a palette.
    """
    sprite = decode_aseprite(data)
    if not len(sprite.palette):
        raise ImageError("the .aseprite file has no palette.")
    palette: npt.NDArray[np.uint8] = sprite.palette.copy()
    has_clear = sprite._depth == INDEXED and not all(layer.is_background for layer in sprite._layers)
    if has_clear and sprite._transparent < len(palette):
        palette[sprite._transparent, 3] = 0
    return palette


def decode_aseprite(data: bytes) -> Sprite:
    """Read an ``.aseprite`` file; pixels are decompressed frame by frame, when they are asked for.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    Sprite

    Raises
    ------
    ImageError
        Not such a file, damaged, or larger than UniPixel reads.
    """
    if not is_aseprite(data):
        raise ImageError("not an .aseprite file.")
    with _as_damage():
        count, width, height, depth, flags, speed = struct.unpack_from("<HHHHIH", data, 6)
        if not width or not height or not count:
            raise ImageError("the .aseprite file has no pixels.")
        if width * height > MAX_PIXELS:
            raise ImageError(f"{width}x{height} pixels are more than UniPixel reads.")
        reader = _Reader(flags, speed or 100)
        view, at = memoryview(data), HEADER_BYTES
        for _ in range(count):
            at = reader.read_frame(view, at)
        frames = reader.frames
        if any(cel.layer >= len(reader.layers) for frame in frames for cel in frame.cels):
            raise ImageError("the .aseprite file is damaged (a cel has no layer).")
        durations = tuple(frame.duration for frame in frames)
        layers = tuple(reader.layers)
        return Sprite(
            (height, width), durations, frames[0].palette, reader.text, depth, data[28], layers, tuple(frames)
        )


class _Reader:
    """Gathers layers, frames and text; each frame has the palette that the ones before it left."""

    def __init__(self, flags: int, speed: int) -> None:
        self.layers: list[_Layer] = []
        self.frames: list[_Frame] = []
        self.text = ""
        self._flags, self._speed = flags, speed
        self._hidden_below: int | None = None
        self._has_new_palette = False
        self._is_sprites_own = True

    def read_frame(self, view: memoryview, at: int) -> int:
        length, magic, old_count, duration, new_count = struct.unpack_from("<IHHH2xI", view, at)
        if magic != FRAME_MAGIC or length < FRAME_HEADER_BYTES or at + length > len(view):
            raise ImageError("the .aseprite file is damaged or cut short (a frame is not whole).")
        palette = self.frames[-1].palette if self.frames else np.zeros((0, 4), np.uint8)
        frame = _Frame(duration or self._speed, palette)
        self.frames.append(frame)
        end: int = at + length
        here = at + FRAME_HEADER_BYTES
        for _ in range(new_count or old_count):
            size, kind = struct.unpack_from("<IH", view, here)
            if size < 6 or here + size > end:
                raise ImageError("the .aseprite file is damaged or cut short (a part is not whole).")
            self._read_chunk(frame, kind, view[here + 6 : here + size])
            here += size
        if len(self.frames) > 1:  # pixels index 256 colours; more for each frame would let a small file fill memory
            frame.palette = frame.palette[:256].copy()
        return end

    def _read_chunk(self, frame: _Frame, kind: int, body: memoryview) -> None:
        if kind == LAYER:
            self._read_layer(body)
        elif kind == CEL:
            layer, x, y, opacity, cel_kind, z_index = struct.unpack_from("<HhhBHh", body)
            frame.cels.append(_Cel(layer, x, y, opacity, cel_kind, z_index, body[16:]))
        elif kind == PALETTE:
            self._has_new_palette = True
            frame.palette = _new_palette(body, frame.palette)
        elif kind in (OLD_PALETTE, OLDEST_PALETTE) and not self._has_new_palette:
            frame.palette = _old_palette(body, frame.palette, six_bit=kind == OLDEST_PALETTE)
        elif kind == USER_DATA and self._is_sprites_own:
            (flags,) = struct.unpack_from("<I", body)
            self.text = _string(body, 4)[0] if flags & 1 else ""
        self._is_sprites_own = self._is_sprites_own and kind not in _OWN_USER_DATA

    def _read_layer(self, body: memoryview) -> None:
        flags, kind, level, blend, opacity = struct.unpack_from("<HHH4xHB", body)
        if self._hidden_below is not None and level <= self._hidden_below:
            self._hidden_below = None
        shown = self._hidden_below is None and bool(flags & LAYER_VISIBLE) and not flags & LAYER_REFERENCE
        if kind == 1 and not shown and self._hidden_below is None:
            self._hidden_below = level
        valid = HEADER_GROUP_OPACITY if kind == 1 else HEADER_LAYER_OPACITY
        opacity = opacity if self._flags & valid else 255
        name = _string(body, 16)[0]
        problem = ""
        if blend and (kind != 1 or self._flags & HEADER_GROUP_OPACITY):
            mode = _BLEND_MODES[blend] if blend < len(_BLEND_MODES) else str(blend)
            problem = f"has the blend mode {mode}, which is not read"
        elif kind == 1 and opacity < 255:
            problem = "is a group with an opacity of its own, which is not read"
        if kind == 1 and shown and problem:
            raise ImageError(f"layer {name!r} {problem}. Flatten it in Aseprite, or export a PNG.")
        self.layers.append(_Layer(name, shown, bool(flags & LAYER_BACKGROUND), opacity, problem))


def _new_palette(body: memoryview, before: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    size, first, last = struct.unpack_from("<III", body)
    if not first <= last < _MAX_COLORS or size > _MAX_COLORS:
        raise ImageError("the .aseprite file is damaged (its palette).")
    palette = _resized(before, max(size, last + 1))
    at = 20
    for index in range(first, last + 1):
        flags, *color = struct.unpack_from("<HBBBB", body, at)
        palette[index] = color
        at = _string(body, at + 6)[1] if flags & 1 else at + 6
    return palette


def _old_palette(body: memoryview, before: npt.NDArray[np.uint8], *, six_bit: bool) -> npt.NDArray[np.uint8]:
    (packets,) = struct.unpack_from("<H", body)
    palette, index, at = before, 0, 2
    for _ in range(packets):
        skip, count = struct.unpack_from("<BB", body, at)
        index, count = index + skip, count or 256
        if index + count > 256:
            raise ImageError("the .aseprite file is damaged (its palette).")
        colors = np.frombuffer(body, np.uint8, count * 3, at + 2).reshape(count, 3)
        palette = _resized(palette, max(len(palette), index + count))
        palette[index : index + count, :3] = (colors << 2 | colors >> 4) if six_bit else colors
        palette[index : index + count, 3] = 255
        index, at = index + count, at + 2 + count * 3
    return palette


def _resized(palette: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.uint8]:
    wider = np.zeros((count, 4), np.uint8)
    wider[:, 3] = 255
    wider[: len(palette)] = palette[:count]
    return wider


def _lay_over(picture: RGBA, top: RGBA, x: int, y: int, opacity: int | npt.NDArray[np.int32]) -> None:
    """Lay a picture over another in place, with the 8-bit rounding of Aseprite's normal blend."""
    height, width = picture.shape[:2]
    rows, cols = slice(max(y, 0), max(y + top.shape[0], 0)), slice(max(x, 0), max(x + top.shape[1], 0))
    below = picture[rows, cols]
    front = top[max(-y, 0) :, max(-x, 0) :][: max(height - rows.start, 0), : max(width - cols.start, 0)]
    touched = front[..., 3] > 0
    over = front[touched].astype(np.int32)
    under = below[touched].astype(np.int32)
    alpha = _times(over[:, 3], opacity)
    total = alpha + under[:, 3] - _times(under[:, 3], alpha)
    step = (over[:, :3] - under[:, :3]) * alpha[:, None]
    mixed = under[:, :3] + np.sign(step) * (abs(step) // np.maximum(total, 1)[:, None])
    color = np.where(under[:, 3:] == 0, over[:, :3], mixed)
    below[touched] = np.column_stack([color, total])


def _times(a: int | npt.NDArray[np.int32], b: int | npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """``a * b / 255``, rounded, for values from 0 to 255."""
    product = np.asarray(a, np.int32) * b + 128
    rounded: npt.NDArray[np.int32] = (product + (product >> 8)) >> 8
    return rounded


def _string(body: memoryview, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<H", body, at)
    raw = body[at + 2 : at + 2 + length]
    if len(raw) < length:
        raise ImageError("the .aseprite file is damaged (a text is not whole).")
    return bytes(raw).decode("utf-8", "replace"), at + 2 + length


@contextmanager
def _as_damage() -> Iterator[None]:
    try:
        yield
    except (struct.error, zlib.error, ValueError) as error:
        raise ImageError(f"the .aseprite file is damaged or cut short ({error}).") from None
