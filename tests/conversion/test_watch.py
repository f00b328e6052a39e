"""A folder that is watched: what lands in it is converted, once it is whole."""

import numpy as np
import pytest

from unipixel.conversion import Options, watch_folder
from unipixel.errors import ImageError
from unipixel.grid import upscale
from unipixel.image import encode_png, load_image, save_png


def draw(seed: int) -> np.ndarray:
    art = np.full((16, 20, 4), 255, np.uint8)
    rng = np.random.default_rng(seed)
    art[..., :3] = rng.integers(0, 256, (5, 3))[rng.integers(0, 5, (16, 20))]
    return art


class Watcher:
    def __init__(self, place, folder):
        self._looks = watch_folder(place, folder, Options(), pause=0)

    def look(self) -> list[str]:
        """States of what was done up to the end of the next look."""
        done = []
        while (result := next(self._looks)) is not None:
            done.append(f"{result.source.name} {result.state}")
        return done


def test_what_lands_is_converted_once(tmp_path):
    place, out = tmp_path / "in", tmp_path / "in" / "out"
    save_png(place / "first.png", upscale(draw(0), 6))
    watcher = Watcher(place, out)

    assert watcher.look() == []
    assert watcher.look() == ["first.png converted"]
    assert watcher.look() == []
    save_png(place / "deep" / "second.png", upscale(draw(1), 6))
    assert watcher.look() == []
    assert watcher.look() == ["second.png converted"]
    assert watcher.look() == watcher.look() == []
    assert np.array_equal(load_image(out / "deep" / "second.png"), draw(1))


def test_a_file_that_still_grows_waits(tmp_path):
    data = encode_png(upscale(draw(0), 6))
    watcher = Watcher(tmp_path, tmp_path / "out")
    for size in (10, 50, len(data)):
        (tmp_path / "a.png").write_bytes(data[:size])
        assert watcher.look() == []

    assert watcher.look() == ["a.png converted"]


def test_a_file_that_changes_is_done_again(tmp_path):
    save_png(tmp_path / "a.png", upscale(draw(0), 6))
    watcher = Watcher(tmp_path, tmp_path / "out")
    watcher.look(), watcher.look()

    save_png(tmp_path / "a.png", upscale(draw(1), 7))

    assert [*watcher.look(), *watcher.look()] == ["a.png converted"]
    assert np.array_equal(load_image(tmp_path / "out" / "a.png"), draw(1))


def test_a_bad_file_is_told_once_and_mended_later(tmp_path):
    (tmp_path / "a.png").write_bytes(b"nothing")
    watcher = Watcher(tmp_path, tmp_path / "out")
    watcher.look()

    assert watcher.look() == ["a.png failed"]
    assert watcher.look() == []
    save_png(tmp_path / "a.png", upscale(draw(0), 6))
    assert [*watcher.look(), *watcher.look()] == ["a.png converted"]


def test_there_must_be_a_folder(tmp_path):
    with pytest.raises(ImageError, match="no folder"):
        next(watch_folder(tmp_path / "none", tmp_path / "out", Options()))
