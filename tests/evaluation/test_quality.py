import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from strategies import natives
from unipixel.cleanup import clean
from unipixel.errors import ImageError
from unipixel.evaluation import measure_quality

PALETTE = np.array([[24, 20, 32], [210, 120, 60], [90, 160, 90], [250, 240, 90], [200, 210, 230]], np.uint8)


def art(height: int = 40, width: int = 30, seed: int = 0) -> np.ndarray:
    """Boxes of few colours before a ground: no noise, no lone pixels."""
    rng = np.random.default_rng(seed)
    native = np.full((height, width, 4), 255, np.uint8)
    native[..., :3] = PALETTE[2]
    for _ in range(24):
        row, col = rng.integers(0, height - 6), rng.integers(0, width - 6)
        high, wide = rng.integers(3, 7, 2)
        native[row : row + high, col : col + wide, :3] = PALETTE[rng.integers(0, len(PALETTE))]
    return clean(native, ["orphans"])


def test_clean_art_is_praised():
    found = measure_quality(art(), confidence=0.97, doubt=np.zeros((40, 30), np.float32))

    assert found.verdict == "30x40, 5 colours: looks clean, grid certain."
    assert (found.stray_pixels, found.near_duplicates, found.translucent, found.block_size) == (0, 0, 0, 1)
    assert found.doubtful_share == 0


def test_nothing_is_said_of_a_grid_that_nobody_measured():
    found = measure_quality(art())

    assert found.verdict == "30x40, 5 colours: looks clean."
    assert found.confidence is found.doubtful_share is found.flicker is None


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.7, "likely, not certain (confidence 0.70)"), (0.2, "a guess (confidence 0.20)")]
)
def test_an_unsure_grid_comes_first(confidence, words):
    verdict = measure_quality(art(), confidence=confidence).verdict

    assert verdict == f"30x40, 5 colours. The grid is {words}: give --scale or --native-size if you know it."


def test_doubtful_pixels_are_counted():
    doubt = np.zeros((40, 30), np.float32)
    doubt[:8] = 0.9
    found = measure_quality(art(), confidence=0.95, doubt=doubt)

    assert found.doubtful_share == pytest.approx(0.2)
    assert " colours. The colour of 20% of the pixels is a guess" in found.verdict


@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_grid_that_is_too_fine_shows(size):
    coarse = art(seed=size).repeat(size, 0).repeat(size, 1)
    found = measure_quality(coarse[1:, 1:], confidence=1.0)

    assert found.block_size == size
    assert f"blocks of {size}x{size} pixels" in found.verdict
    assert "--native-size 30x40" in found.verdict


def test_near_duplicates_are_those_that_the_clean_up_takes_away():
    rng, native = np.random.default_rng(0), art()
    native[..., :3] = (native[..., :3].astype(int) + rng.integers(-1, 2, native[..., :3].shape)).clip(0, 255)
    found = measure_quality(native)
    left = measure_quality(clean(native, ["near-duplicates"]))

    assert found.near_duplicates == found.colors - left.colors > 50
    assert f" colours. {found.near_duplicates} near-duplicate colours: try --colors auto" in found.verdict
    assert left.near_duplicates == 0


def test_more_colours_than_a_palette_holds():
    native = np.random.default_rng(0).integers(0, 256, (40, 40, 4)).astype(np.uint8)
    native[..., 3] = 255
    found = measure_quality(native)

    assert found.colors == 1600
    assert found.orphan_share > 0.99
    assert found.stray_pixels == 0  # there are no patches in noise
    assert found.verdict.endswith(" 1600 colours are more than a palette holds: try --colors auto.")


def test_stray_and_translucent_pixels():
    native = np.full((30, 30, 4), 255, np.uint8)
    native[..., :3] = PALETTE[2]
    for step in range(7):
        native[3 + 4 * step, 3 + 3 * step, :3] += np.uint8(10)
    native[0, 0, 3] = 100
    found = measure_quality(native)

    assert (found.orphans, found.stray_pixels, found.translucent) == (8, 7, 1)
    assert found.verdict == (
        "30x30, 3 colours. 7 stray pixels: try --clean orphans. 1 pixel is translucent: try --alpha or --clean halo."
    )


def test_shades_that_go_and_come_back_flicker():
    frames = np.stack([art()] * 5)
    frames[1::2, :10, :10, :3] -= np.uint8(4)
    found = measure_quality(frames[0], frames=frames)

    assert found.flicker == pytest.approx(100 / 1200)
    assert "8% of the pixels flicker" in found.verdict


def test_motion_and_fades_do_not_flicker():
    moving = np.stack([np.roll(art(), step, 1) for step in range(5)])
    fading = np.stack([art()] * 5)
    fading[..., :3] -= (np.arange(5, dtype=np.uint8) * 3)[:, None, None, None]

    assert measure_quality(moving[0], frames=moving).flicker < 0.001
    assert measure_quality(fading[0], frames=fading).flicker == 0
    assert measure_quality(fading[0], frames=fading[:2]).flicker is None


def test_nothing_visible():
    found = measure_quality(np.zeros((5, 5, 4), np.uint8))

    assert (found.colors, found.orphans, found.orphan_share) == (0, 0, 0)
    assert found.verdict == "Nothing is visible: all pixels are transparent."


@given(natives(max_side=20, max_colors=16, alpha=True))
@settings(max_examples=60, deadline=None)
def test_figures_keep_their_ranges_and_are_json(native):
    found = measure_quality(native, confidence=0.5, frames=np.stack([native] * 3))
    size, visible = native.shape[0] * native.shape[1], np.count_nonzero(native[..., 3])

    assert found.colors == len(np.unique(native[native[..., 3] > 0], axis=0))
    assert 0 <= found.stray_pixels <= found.orphans <= visible
    assert found.orphan_share == (found.orphans / visible if visible else 0)
    assert 0 <= found.near_duplicates <= max(0, found.colors - 1)
    assert found.flicker == 0
    assert 1 <= found.translucent + 1 <= size + 1
    assert json.loads(json.dumps(found.to_dict())) == {
        **found.to_dict(),
        "native_size": [native.shape[0], native.shape[1]],
    }
    assert found.verdict
    assert replace(found, verdict="") != found


@pytest.mark.parametrize(
    "more",
    [{"doubt": np.zeros((3, 3), np.float32)}, {"frames": np.zeros((3, 4, 4, 4), np.uint8)}],
    ids=["doubt", "frames"],
)
def test_what_does_not_belong_together_is_refused(more):
    with pytest.raises(ImageError, match="do not belong"):
        measure_quality(art(), **more)


def test_arrays_of_other_shapes_are_refused():
    with pytest.raises(ImageError, match="uint8"):
        measure_quality(np.zeros((4, 4, 3), np.uint8))
