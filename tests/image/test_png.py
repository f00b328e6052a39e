"""Indexed PNGs: any number of colours and any width, read back by Pillow as they went in."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from unipixel.image.png import chunks_of, encode_indexed, optimized

RNG = np.random.default_rng(0)


@given(st.integers(1, 256), st.integers(1, 20), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_pillow_reads_back_indices_palette_and_alpha(count, width, height, seed):
    rng = np.random.default_rng(seed)
    indices = rng.integers(0, count, (height, width)).astype(np.uint8)
    colors = rng.integers(0, 256, (count, 3)).astype(np.uint8)
    alpha = rng.choice([0, 77, 255, 255], count).astype(np.uint8)

    with Image.open(io.BytesIO(encode_indexed(indices, colors, alpha, {}))) as read:
        assert read.mode == "P"
        assert (np.asarray(read) == indices).all()
        assert read.getpalette()[: 3 * count] == colors.ravel().tolist()
        assert (np.asarray(read.convert("RGBA")) == np.column_stack([colors, alpha])[indices]).all()


@pytest.mark.parametrize(("count", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (256, 8)])
def test_the_fewest_bits_are_taken(count, bits):
    colors = np.zeros((count, 3), np.uint8)

    chunks = dict(chunks_of(encode_indexed(np.zeros((2, 3), np.uint8), colors, np.full(count, 255, np.uint8), {})))

    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (3, 2, bits, 3, 0, 0, 0)
    assert len(chunks[b"PLTE"]) == 3 * count
    assert b"tRNS" not in chunks


def test_it_is_no_larger_than_pillow_makes_it():
    indices = np.kron(RNG.integers(0, 12, (32, 32)), np.ones((2, 2))).astype(np.uint8)
    colors = RNG.integers(0, 256, (12, 3)).astype(np.uint8)
    image = Image.fromarray(indices)
    image.putpalette(colors.tobytes())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)

    assert len(encode_indexed(indices, colors, np.full(12, 255, np.uint8), {})) <= len(buffer.getvalue())


def test_oxipng_makes_it_smaller_and_changes_nothing_that_is_seen():
    pytest.importorskip("oxipng")
    indices = np.kron(RNG.integers(0, 12, (32, 32)), np.ones((4, 4))).astype(np.uint8)
    colors = RNG.integers(0, 256, (20, 3)).astype(np.uint8)
    plain = encode_indexed(indices, colors, np.arange(20).astype(np.uint8), {"parameters": "größe"})

    small = optimized(plain)

    assert len(small) < len(plain)
    assert optimized(plain) == small
    with Image.open(io.BytesIO(small)) as read:
        assert (np.asarray(read) == indices).all()
        assert read.getpalette()[:60] == colors.ravel().tolist()
        assert read.info["transparency"] == bytes(range(20))
        assert read.text == {"parameters": "größe"}
