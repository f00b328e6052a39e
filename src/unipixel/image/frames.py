"""Pictures in time: stills, GIF, APNG, WebP, folders, ``.aseprite`` and videos, with one frame in memory at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from unipixel.errors import ImageError
from unipixel.image.aseprite import Sprite, decode_aseprite
from unipixel.image.metadata import from_comment, read_metadata
from unipixel.image.pixels import RGBA
from unipixel.image.read import ImageSource, about, decoding, load_image, name_of, opened, sniff, to_rgba
from unipixel.image.video import video_frames, video_size

STILL_MS = 100.0
"""Milliseconds of a frame that has no time of its own: a still picture, one of a folder, or one of an animation without
a delay, which browsers show for as long."""
_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
"""Formats whose pictures follow each other in time: those of a TIFF are pages, those of an icon are sizes."""
# fmt: off
_ENDINGS = (
    ".png", ".apng", ".gif", ".webp", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".tga", ".qoi", ".avif", ".ase",
    ".aseprite",
)
# fmt: on
"""Files of a folder that are frames; whatever else lies there is passed over."""

Timed: TypeAlias = "tuple[RGBA, float]"
"""A frame and its milliseconds."""


@dataclass(eq=False)
class Frames:
    """Frames of one size, decoded one at a time, as often as they are asked for.

    Iterating gives ``(H, W, 4)`` uint8 arrays as of :func:`unipixel.image.load_image`, but they may be read-only.
    """

    size: tuple[int, int]
    """(height, width) in px."""
    _read: Callable[[], Iterator[Timed]] = field(repr=False)
    loop: int = 0
    """Times that the animation plays; 0 is for ever."""
    metadata: dict[str, str] = field(default_factory=dict)
    """Notes of the generator, see :func:`unipixel.image.read_metadata`."""
    is_animation: bool = False
    """Whether frames follow each other in time; False for a still picture."""
    _durations: tuple[float, ...] | None = None

    def __iter__(self) -> Iterator[RGBA]:
        """Frames in order.

        Raises
        ------
        ImageError
            A frame is damaged or has another size.
        """
        durations: list[float] = []
        for picture, duration in self._read():
            if picture.shape[:2] != self.size:
                raise ImageError(
                    f"frame {len(durations) + 1} is {picture.shape[1]}x{picture.shape[0]} px, the first one "
                    f"{self.size[1]}x{self.size[0]}. Frames must have one size."
                )
            durations.append(duration)
            yield picture
        self._durations = tuple(durations)

    @property
    def count(self) -> int | None:
        """How many there are; None for a video or animation that was never read to its end."""
        return None if self._durations is None else len(self._durations)

    @property
    def durations(self) -> tuple[float, ...]:
        """Milliseconds of each frame. Reads all frames once where that was never done."""
        if self._durations is None:
            for _ in self:
                pass
        return self._durations or ()


def open_frames(source: ImageSource) -> Frames:
    """Open a picture, an animation, a folder of frames or a video.

    Parameters
    ----------
    source : path, bytes, PIL image or (H, W, 3|4) uint8 array
        Known by content. Of a PIL image, the frame that it shows. A folder's pictures are its frames, ``frame2`` before
        ``frame10``, 100 ms each. Videos (MP4, MOV, WebM, ...) need the extra ``video``.

    Returns
    -------
    Frames

    Raises
    ------
    ImageError
        Not a picture, damaged, or a folder without pictures or with pictures of several sizes.
    MissingExtra
        A video, without the extra.
    """
    if isinstance(source, np.ndarray | Image.Image):
        return _still(load_image(source), {})
    if not isinstance(source, bytes) and Path(source).is_dir():
        return _open_folder(Path(source))
    kind = sniff(source)
    if kind == "aseprite":
        with about(name_of(source)):
            return _open_sprite(decode_aseprite(source if isinstance(source, bytes) else Path(source).read_bytes()))
    if kind == "video":
        return Frames(video_size(source), partial(video_frames, source), loop=1, is_animation=True)
    name = name_of(source)
    with opened(source) as image:
        with decoding(name):
            is_animation = image.format in _ANIMATED and getattr(image, "is_animated", False)
        first = to_rgba(image, name)
        if not is_animation:
            return _still(first, read_metadata(source))
        height, width = first.shape[:2]
        read = partial(_animation, source)
        return Frames((height, width), read, _plays(image), read_metadata(source), is_animation=True)


def _still(picture: RGBA, metadata: dict[str, str]) -> Frames:
    height, width = picture.shape[:2]
    return Frames((height, width), lambda: iter([(picture, STILL_MS)]), metadata=metadata, _durations=(STILL_MS,))


def _open_sprite(sprite: Sprite) -> Frames:
    times = tuple(float(duration) for duration in sprite.durations)
    return Frames(
        sprite.size,
        lambda: ((sprite.frame(index), time) for index, time in enumerate(times)),
        metadata=from_comment(sprite.text),
        is_animation=len(times) > 1,
        _durations=times,
    )


def _open_folder(folder: Path) -> Frames:
    files = sorted((file for file in folder.iterdir() if _is_frame(file)), key=lambda file: natural_key(file.name))
    if not files:
        raise ImageError(f"{folder}: there are no pictures in this folder.")
    height, width = load_image(files[0]).shape[:2]
    return Frames(
        (height, width),
        lambda: ((load_image(file), STILL_MS) for file in files),
        metadata=read_metadata(files[0]),
        is_animation=True,
    )


def _is_frame(file: Path) -> bool:
    return file.suffix.lower() in _ENDINGS and not file.name.startswith(".") and file.is_file()


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that takes digits as numbers, so that ``frame2`` comes before ``frame10``.

    Examples
    --------
    >>> sorted(["f10.png", "f2.png", "F1.png"], key=natural_key)
    ['F1.png', 'f2.png', 'f10.png']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    words = tuple((0, int(part), part) if part.isdigit() else (1, 0, part.casefold()) for part in parts)
    return (*words, (2, 0, name))


def _animation(source: str | os.PathLike[str] | bytes) -> Iterator[Timed]:
    name = name_of(source)
    with opened(source) as image:
        with decoding(name):  # a PNG may begin with a picture for programs that don't know APNG; it is no frame
            indices = range(int(getattr(image, "default_image", False)), getattr(image, "n_frames", 1))
        for index in indices:
            with decoding(name):
                image.seek(index)
            picture = to_rgba(image, name)
            yield picture, float(image.info.get("duration") or STILL_MS)


def _plays(image: Image.Image) -> int:
    """Times that an animation plays: a GIF says how often it is repeated after the first time, or nothing."""
    loop = image.info.get("loop")
    if image.format == "GIF":
        return 1 if loop is None else int(loop) and int(loop) + 1
    return int(loop or 0)
