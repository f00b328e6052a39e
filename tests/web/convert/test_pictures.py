"""Only what a change of the options changes is done again, and never the wrong picture or options are answered."""

import numpy as np
import pytest

from unipixel.conversion import Options, convert_with
from unipixel.errors import ImageError
from unipixel.grid import upscale
from unipixel.image import encode_png
from unipixel.web.convert import pictures as module
from unipixel.web.convert.pictures import PictureGone, Pictures
from web.conftest import draw


@pytest.fixture
def done(monkeypatch):
    """Names of the halves that were done, in order."""
    seen = []
    for name in ("take_natives", "finish"):
        real = getattr(module, name)

        def call(*args, real=real, name=name):
            seen.append(name)
            return real(*args)

        monkeypatch.setattr(module, name, call)
    return seen


def test_a_change_does_only_the_half_that_it_changes(done, picture):
    kept = Pictures()
    id = kept.add(picture).id

    kept.convert(id, Options())
    assert done == ["take_natives", "finish"]
    kept.convert(id, Options(colors=4))
    assert done[2:] == ["finish"]
    kept.convert(id, Options(preset="unipixel", colors=4))
    assert done[3:] == ["take_natives", "finish"]
    kept.convert(id, Options(colors=4, zoom=3, optimize=True))
    kept.convert(id, Options())
    assert len(done) == 5


@pytest.mark.parametrize(
    "options",
    [Options(), Options(colors=3), Options(cells="mean"), Options(scale=4), Options(palette="pico-8")],
    ids=str,
)
def test_what_is_kept_is_what_a_conversion_gives(options):
    kept, files = Pictures(), [encode_png(upscale(draw(seed), 8)) for seed in range(2)]
    ids = [kept.add(file).id for file in files]
    for each in (Options(), Options(colors=3), Options(cells="mean"), Options(scale=4)):
        kept.convert(ids[0], each)

    for id, file in zip(ids, files, strict=True):
        assert np.array_equal(kept.convert(id, options).frames, convert_with(file, options).frames)


def test_a_picture_that_was_never_sent_is_not_there():
    with pytest.raises(PictureGone, match="again"):
        Pictures().get("0" * 64)


@pytest.mark.parametrize("data", [b"", b"no picture", b"/etc/passwd", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_not_kept(data):
    with pytest.raises(ImageError):
        Pictures().add(data)


def test_nothing_is_kept_where_there_is_no_room(picture):
    kept = Pictures(uploads=1 << 20, work=0)
    id = kept.add(picture).id

    assert np.array_equal(kept.convert(id, Options()).frames, kept.convert(id, Options()).frames)
    assert kept.detect(id).is_sure
