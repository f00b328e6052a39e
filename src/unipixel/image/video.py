"""Frames of a video, read as a stream with PyAV (extra ``video``).

PyAV is FFmpeg's libraries, with wheels for Windows, macOS and Linux (28 MB): it gives every frame's time and hands
frames over one by one. ``imageio-ffmpeg`` ships the program, whose pipe loses the times of frames.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from unipixel.errors import ImageError
from unipixel.extras import need
from unipixel.image.pixels import MAX_PIXELS, RGBA
from unipixel.image.read import decoding, name_of

_FALLBACK_RATE = 25
"""Frames a second of a video that names none, for the last frame's time."""


def video_size(source: str | os.PathLike[str] | bytes) -> tuple[int, int]:
    """(height, width) in px, as it is shown.

    Raises
    ------
    ImageError
        Damaged, no pictures in it, or too large.
    MissingExtra
        PyAV is not installed.
    """
    for picture, _ in video_frames(source):
        return picture.shape[0], picture.shape[1]
    raise ImageError(f"{name_of(source)}: there is no picture in this video.")


def video_frames(source: str | os.PathLike[str] | bytes) -> Iterator[tuple[RGBA, float]]:
    """Frames of a video's first picture stream, with the milliseconds for which each is shown.

    Raises
    ------
    ImageError
        Damaged, no pictures in it, or too large.
    MissingExtra
        PyAV is not installed.
    """
    name = name_of(source)
    with _opened(source, name) as (container, stream):
        frames = container.decode(stream)
        rate = float(stream.average_rate or _FALLBACK_RATE)
        held: Any = None
        while True:
            with decoding(name):
                frame = next(frames, None)
                picture = None if held is None else _pixels(held)
            if held is not None and picture is not None:
                yield picture, 1000.0 / rate if frame is None else 1000.0 * (frame.time - held.time)
            if frame is None:
                return
            held = frame


@contextmanager
def _opened(source: str | os.PathLike[str] | bytes, name: str) -> Iterator[tuple[Any, Any]]:
    av = need("av", extra="video", purpose="reading a video")
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        with decoding(name):
            container = av.open(file)
        with container:
            with decoding(name):
                if not container.streams.video:
                    raise ImageError(f"{name}: there is no picture in this video.")
                stream = container.streams.video[0]
                if stream.width * stream.height > MAX_PIXELS:
                    raise ImageError(f"{name}: {stream.width}x{stream.height} pixels are more than UniPixel reads.")
                stream.thread_type = "AUTO"
            yield container, stream


def _pixels(frame: Any) -> RGBA:
    """Pixels of a frame, upright: phones note how they were held."""
    picture: RGBA = frame.to_ndarray(format="rgba")
    turns = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, turns))
