"""Files that other programs open: indexed, in the palette's order, with alpha, timing and what the source said."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from unipixel.color import Palette
from unipixel.conversion import (
    FORMATS,
    convert,
    encode_conversion,
    encode_natives,
    encode_stills,
    save_conversion,
)
from unipixel.errors import ImageError
from unipixel.grid import upscale
from unipixel.image import load_image, read_metadata


@pytest.fixture
def art() -> np.ndarray:
    rng = np.random.default_rng(3)
    native = np.dstack([rng.integers(0, 256, (6, 3))[rng.integers(0, 6, (20, 24))], np.full((20, 24), 255)])
    return native.astype(np.uint8)


def walk(art: np.ndarray) -> list[np.ndarray]:
    return [np.roll(art, shift, axis=1) for shift in range(4)]


def test_a_fixed_palette_keeps_its_order_in_the_file(tmp_path, art):
    palette = Palette.from_hex(["ffffff", "0f380f", "9bbc0f", "123456"])

    file = save_conversion(tmp_path / "a.png", convert(upscale(art, 8), palette=palette))

    with Image.open(file) as image:
        assert image.mode == "P"
        assert image.getpalette()[:12] == palette.colors.ravel().tolist()
        assert image.size == (24, 20)


def test_transparency_survives_as_one_index(tmp_path, art):
    art[:4, :6] = 0

    file = save_conversion(tmp_path / "a.png", convert(upscale(art, 8)))

    with Image.open(file) as image:
        assert image.mode == "P"
    assert np.array_equal(load_image(file), art)


def test_translucent_colours_are_entries_too(tmp_path, art):
    art[:4, :6, 3] = 90

    file = save_conversion(tmp_path / "a.png", convert(upscale(art, 8)))

    with Image.open(file) as image:
        assert image.mode == "P"
    assert np.array_equal(load_image(file), art)


def test_more_than_256_colours_are_kept_where_nobody_asked_for_fewer(tmp_path):
    rng = np.random.default_rng(5)
    art = np.full((30, 40, 4), 255, np.uint8)
    art[..., :3] = rng.integers(0, 256, (30, 40, 3))

    made = convert(upscale(art, 8))

    assert made.indexed is None
    assert np.array_equal(load_image(save_conversion(tmp_path / "a.png", made)), art)


@pytest.mark.parametrize("ending", [".png", ".gif", ".webp"])
def test_a_zoomed_result_is_the_native_in_squares(tmp_path, art, ending):
    file = save_conversion(tmp_path / f"a{ending}", convert(upscale(art, 8)), zoom=3)

    assert np.array_equal(load_image(file), upscale(art, 3))


@pytest.mark.parametrize("ending", [".png", ".apng", ".gif", ".webp"])
def test_an_animation_keeps_frames_and_timing(tmp_path, art, ending):
    made = convert([upscale(frame, 6) for frame in walk(art)])

    with Image.open(save_conversion(tmp_path / f"a{ending}", made)) as image:
        frames = [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]

    assert np.array_equal(np.stack(frames), np.stack(walk(art)))


def test_an_aseprite_file_reads_back(tmp_path, art):
    made = convert([upscale(frame, 6) for frame in walk(art)], palette="pico-8")

    file = save_conversion(tmp_path / "a.aseprite", made)

    assert np.array_equal(load_image(file), made.frames[0])


def test_a_sheet_is_one_picture_or_an_animation(tmp_path, art):
    sheet = np.hstack([upscale(frame, 6) for frame in walk(art)])
    made = convert(sheet, sheet=(1, 4))

    assert np.array_equal(load_image(save_conversion(tmp_path / "a.png", made)), np.hstack(walk(art)))
    with Image.open(save_conversion(tmp_path / "a.gif", made)) as image:
        assert image.n_frames == 4


def test_prompt_and_seed_are_carried_over(tmp_path, art):
    said = {"parameters": "pixel art, café\nSteps: 24, Seed: 7", "workflow": '{"nodes": []}'}
    source = tmp_path / "in.png"
    info = Image.fromarray(upscale(art, 8))
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    for key, value in said.items():
        notes.add_itxt(key, value)
    info.save(source, pnginfo=notes)

    file = save_conversion(tmp_path / "out.png", convert(source))

    assert read_metadata(file) == said


def test_formats_that_are_none_are_refused(tmp_path, art):
    with pytest.raises(ImageError, match=r"\.aseprite.*not as '\.bmp'"):
        save_conversion(tmp_path / "a.bmp", convert(upscale(art, 8)))


def test_every_format_is_written_and_nothing_is_left_behind(tmp_path, art):
    made = convert(upscale(art, 8))

    for ending in FORMATS:
        assert np.array_equal(load_image(save_conversion(tmp_path / f"a{ending}", made)), art)

    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted(FORMATS)


def test_an_optimized_png_is_smaller_and_the_same(tmp_path, art):
    pytest.importorskip("oxipng", reason="the extra [optimize] is not installed")
    made = convert(upscale(art, 8), palette="sweetie-16")

    plain = save_conversion(tmp_path / "a.png", made, zoom=8)
    small = save_conversion(tmp_path / "b.png", made, zoom=8, optimize=True)

    assert small.stat().st_size < plain.stat().st_size
    assert np.array_equal(load_image(small), load_image(plain))
    with Image.open(small) as image:
        assert image.getpalette()[:48] == made.palette.colors.ravel().tolist()


def test_natives_from_anywhere_are_written_as_a_conversion_is(art):
    made = convert([upscale(frame, 8) for frame in walk(art)], colors=5)
    still = convert(upscale(art, 8), palette="pico-8", zoom=3)

    for format in FORMATS:
        written = encode_natives(made.frames, format, palette=made.palette, durations=made.durations)
        assert written == encode_conversion(made, format)
    assert encode_natives(still.frames, palette=still.palette, zoom=3) == encode_conversion(still, zoom=3)


def test_stills_share_one_table(art):
    frames = np.stack([art, np.roll(art, 5, axis=1)])
    frames[1, :3, :3] = [1, 2, 3, 255]

    files = encode_stills(frames, zoom=2)

    tables = []
    for file, frame in zip(files, frames, strict=True):
        assert np.array_equal(load_image(file), frame.repeat(2, 0).repeat(2, 1))
        with Image.open(io.BytesIO(file)) as image:
            tables.append(image.getpalette())
    assert tables[0] == tables[1]


def test_stills_of_too_many_colours_together_have_tables_of_their_own():
    rng = np.random.default_rng(6)
    frames = np.full((2, 12, 16, 4), 255, np.uint8)
    frames[..., :3] = rng.integers(0, 256, (2, 12, 16, 3))

    for file, frame in zip(encode_stills(frames), frames, strict=True):
        assert np.array_equal(load_image(file), frame)
        with Image.open(io.BytesIO(file)) as image:
            assert image.mode == "P"
