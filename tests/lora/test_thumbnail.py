"""The picture in a file: in and out again."""

from __future__ import annotations

import base64
import urllib.request

import pytest

from unipixel.errors import ImageError
from unipixel.lora import read_thumbnail, thumbnail_uri
from unipixel.lora.thumbnail import MOST_BYTES

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@pytest.mark.parametrize(("start", "kind"), [(PNG, "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"RIFF0000WEBP", "webp")])
def test_a_picture_comes_back(start: bytes, kind: str) -> None:
    uri = thumbnail_uri(start)

    assert uri.startswith(f"data:image/{kind};base64,")
    assert read_thumbnail({"modelspec.thumbnail": uri}) == (kind, start)
    with urllib.request.urlopen(uri) as opened:  # as a browser reads it
        assert opened.read() == start


def test_what_sd_scripts_writes_is_read() -> None:
    uri = f"data:image/jpg;base64,{base64.b64encode(b'abc').decode()}"

    assert read_thumbnail({"modelspec.thumbnail": uri}) == ("jpeg", b"abc")


@pytest.mark.parametrize("text", ["", "data:image/png;base64,###", "https://example.org/a.png"])
def test_what_is_no_picture_is_none(text: str) -> None:
    assert read_thumbnail({"modelspec.thumbnail": text}) is None
    assert read_thumbnail({}) is None


@pytest.mark.parametrize(("picture", "message"), [(b"BM0000", "none of them"), (PNG + bytes(MOST_BYTES), "too large")])
def test_other_files_and_large_ones_are_refused(picture: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        thumbnail_uri(picture)
