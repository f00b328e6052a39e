"""Frames of a video come as a stream, with the time of each."""

import io
from fractions import Fraction

import numpy as np
import pytest

from unipixel.errors import ImageError, MissingExtra
from unipixel.image import open_frames

LEVELS = (40, 90, 140, 190, 240)
STARTS = (0, 100, 150, 400, 500)
"""Milliseconds at which frames begin: they need not be equally long."""


def video(kind="mp4", codec="mpeg4") -> bytes:
    av = pytest.importorskip("av")
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=20)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for level, start in zip(LEVELS, STARTS, strict=True):
            frame = av.VideoFrame.from_ndarray(np.full((32, 48, 3), level, np.uint8), format="rgb24")
            frame.pts, frame.time_base = start, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "mpeg4"), ("mov", "mpeg4"), ("webm", "libvpx-vp9")])
def test_frames_and_their_times(tmp_path, kind, codec):
    (tmp_path / "a.bin").write_bytes(video(kind, codec))

    frames = open_frames(tmp_path / "a.bin")

    assert (frames.size, frames.is_animation) == ((32, 48), True)
    for _ in range(2):
        levels = [int(frame[16, 24, 1]) for frame in frames]
        assert np.abs(np.subtract(levels, LEVELS)).max() <= 4
    assert frames.durations[:4] == pytest.approx((100, 50, 250, 100), abs=1)
    assert all((frame[..., 3] == 255).all() for frame in frames)


def test_a_video_that_is_cut_short_is_one_sentence(tmp_path):
    (tmp_path / "cut.mp4").write_bytes(video()[:600])

    with pytest.raises(ImageError, match=r"cut\.mp4"):
        list(open_frames(tmp_path / "cut.mp4"))


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)

    with pytest.raises(MissingExtra, match=r"reading a video needs av.*unipixel-kit\[video\]"):
        open_frames(b"\0\0\0\x20ftypisom" + bytes(100))
