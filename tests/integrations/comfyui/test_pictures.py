"""Pictures cross the border to ComfyUI and back without a level lost."""

import importlib

import numpy as np
import pytest
import torch

from comfyui_prompts import as_batch, node, put
from host_pictures import draw
from unipixel.errors import ImageError
from unipixel.image import load_image

pytestmark = pytest.mark.torch

LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)


@pytest.fixture(scope="module")
def pictures(pack):
    return importlib.import_module(f"{pack.__name__}.pictures")


def test_all_levels_come_in_exactly(pictures):
    batch = as_batch(LEVELS)

    assert np.array_equal(pictures.from_comfy(batch)[0], LEVELS)
    assert np.array_equal(pictures.from_comfy(batch.half())[0], LEVELS)  # some nodes hand half precision on
    assert np.array_equal(pictures.from_comfy(torch.nextafter(batch, torch.ones(())))[0], LEVELS)


def test_save_image_truncates_and_still_gets_every_level(pictures):
    opaque = np.dstack([LEVELS, np.full((16, 16), 255, np.uint8)])[None]
    images, _ = pictures.to_comfy(opaque)

    truncated = np.clip(255.0 * images[0].numpy(), 0, 255).astype(np.uint8)

    assert images.dtype == torch.float32
    assert np.array_equal(truncated, LEVELS)
    lost = np.clip(255.0 * images[0].half().float().numpy(), 0, 255).astype(np.uint8) != LEVELS
    assert np.count_nonzero(lost[..., 0]) > 100  # why nothing may leave float32


def test_every_alpha_crosses_as_a_mask(pictures):
    rgba = np.full((1, 16, 16, 4), 90, np.uint8)
    rgba[0, ..., 3] = LEVELS[..., 0]

    images, mask = pictures.to_comfy(rgba)

    assert np.array_equal(pictures.from_comfy(images, mask)[0], rgba[0])
    loaded = 1.0 - torch.from_numpy(LEVELS[..., 0].astype(np.float32) / 255.0)
    assert torch.equal(mask[0], loaded)  # as Load Image makes it


@pytest.mark.parametrize(
    ("value", "level"),
    [(-1.0, 0), (-0.01, 0), (1.01, 255), (1.5, 255), (1e30, 255), ("nan", 0), ("inf", 255), ("-inf", 0), (0.5, 128)],
)
def test_what_lies_outside_is_clipped_and_no_number_is_black(pictures, value, level):
    row = torch.tensor([0.2, float(value), 1.0]).reshape(1, 1, 3, 1)

    assert pictures.from_comfy(row)[0][0, :, 0].tolist() == [51, level, 255]


def test_an_empty_mask_of_64_px_says_nothing(pictures):
    batch = as_batch(draw())

    assert pictures.from_comfy(batch, torch.zeros(1, 64, 64))[0].shape == (20, 24, 3)


def test_one_mask_is_for_all_pictures_and_one_each_for_each(pictures):
    batch = as_batch(draw(0), draw(1), draw(2))
    masks = torch.zeros(3, 20, 24)
    masks[1, 0, 0] = 1.0

    assert [picture[0, 0, 3] for picture in pictures.from_comfy(batch, masks)] == [255, 0, 255]
    assert [picture[0, 0, 3] for picture in pictures.from_comfy(batch, masks[1:2])] == [0, 0, 0]
    assert [picture[0, 0, 3] for picture in pictures.from_comfy(batch, masks[1])] == [0, 0, 0]


def test_masks_that_do_not_fit_are_told(pictures):
    batch = as_batch(draw(0), draw(1), draw(2))

    with pytest.raises(ImageError, match="the mask has 8x9 px, the pictures 24x20"):
        pictures.from_comfy(batch, torch.ones(1, 9, 8))
    with pytest.raises(ImageError, match="2 masks don't fit 3 pictures"):
        pictures.from_comfy(batch, torch.ones(2, 20, 24))


def test_four_channels_and_one_are_pictures_too(pictures):
    native = draw(3, clear=True)
    batch = torch.from_numpy(native[None].astype(np.float32) / 255.0)

    assert np.array_equal(pictures.natives_from_comfy(batch)[0], native)
    assert np.array_equal(pictures.natives_from_comfy(batch, torch.zeros(1, 64, 64))[0], native)
    assert (pictures.from_comfy(batch[..., :1])[0] == native[..., :1]).all()
    with pytest.raises(ImageError, match="pictures are"):
        pictures.from_comfy(batch[..., :2])
    with pytest.raises(ImageError, match="pictures are"):
        pictures.from_comfy(batch[0])


def test_a_picture_through_load_image_and_save_image_is_the_same(comfy, folders):
    put(folders, "a.png", draw(4).repeat(8, 0).repeat(8, 1))
    prompt = {
        "1": node("LoadImage", image="a.png"),
        "2": node("UniPixelConvert", images=["1", 0], mask=["1", 1], preset="unipixel", zoom=2),
        "3": node("SaveImage", images=["2", 0], filename_prefix="native"),
        "4": node("SaveImage", images=["2", 1], filename_prefix="enlarged"),
    }

    comfy.run(prompt)

    native = load_image(f"{folders.get_output_directory()}/native_00000_.png")
    assert np.array_equal(native, draw(4))
    enlarged = load_image(f"{folders.get_output_directory()}/enlarged_00000_.png")
    assert np.array_equal(enlarged, draw(4).repeat(2, 0).repeat(2, 1))


def test_what_is_read_ahead_is_the_same_without_hidden_colour(pictures):
    batch = as_batch(*[draw(seed, height=37, width=41) for seed in range(5)])
    masks = torch.zeros(5, 37, 41)
    masks[2, 3, 4] = 1.0

    for sent, mask in ((batch, None), (batch, masks), (batch[:1], None), (batch[:1], masks[2:3])):
        read = [wait() for wait in pictures.read_ahead(sent, mask)]
        expected = [load_image(picture) for picture in pictures.from_comfy(sent, mask)]
        assert all(np.array_equal(one, other) for one, other in zip(read, expected, strict=True))


def test_what_can_not_be_read_ahead_is_told_at_once(pictures):
    with pytest.raises(ImageError, match="the mask has 8x9 px"):
        pictures.read_ahead(as_batch(draw(0), draw(1)), torch.ones(1, 9, 8))


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_any_number_of_threads_reads_the_same(pictures, threads):
    values = torch.rand(3, 5, 7, 3, generator=torch.Generator().manual_seed(0)).numpy()

    assert np.array_equal(pictures.to_levels(values, threads), np.rint(values * np.float32(255)).astype(np.uint8))
