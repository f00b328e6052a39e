import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from strategies import natives, seeds
from unipixel.errors import GridMismatch, ImageError
from unipixel.evaluation import measure_discipline


def upscaled(native: np.ndarray, scale: int) -> np.ndarray:
    return native.repeat(scale, axis=0).repeat(scale, axis=1)


def art(seed: int = 0, side: int = 16) -> np.ndarray:
    """Patches of few colours, as sprites are."""
    rng = np.random.default_rng(seed)
    native = rng.integers(0, 256, (6, 3)).astype(np.uint8)[rng.integers(0, 6, (side // 2, side // 2))]
    native = upscaled(native, 2)
    native[rng.integers(0, side, 20), rng.integers(0, side, 20)] = (250, 240, 30)
    return native


def reference(image: np.ndarray, scale: int) -> dict[str, object]:
    """The definitions, cell by cell and phase by phase."""
    values = image[..., :3].astype(np.float64)

    def within(row: int, col: int) -> tuple[float, int]:
        height, width = (values.shape[0] - row) // scale, (values.shape[1] - col) // scale
        cells = values[row : row + height * scale, col : col + width * scale]
        cells = cells.reshape(height, scale, width, scale, 3)
        return float(((cells - cells.mean(axis=(1, 3), keepdims=True)) ** 2).sum()), cells.size

    whole = values[: len(values) // scale * scale, : values.shape[1] // scale * scale]
    total = ((whole - whole.mean(axis=(0, 1))) ** 2).sum()
    means = {}
    for row in range(scale):
        for col in range(scale):
            spread, size = within(row, col)
            if size:
                means[row, col] = spread / size
    down, right = np.abs(np.diff(values, axis=0)), np.abs(np.diff(values, axis=1))
    on_grid = down[scale - 1 :: scale].sum() + right[:, scale - 1 :: scale].sum()
    edges = on_grid / (down.sum() + right.sum())
    edge_share = max(0.0, (edges - 1 / scale) / (1 - 1 / scale))
    phase_share = max(0.0, 1 - means[0, 0] / np.mean(list(means.values())))
    return {
        "score": np.sqrt(edge_share * phase_share),
        "within_cell_variance": within(0, 0)[0] / total,
        "edge_energy_on_grid": edges,
        "round_trip_psnr": min(99.0, 10 * np.log10(255**2 / means[0, 0])),
        "best_offset": min(means, key=lambda phase: (round(means[phase], 9), phase)),
    }


@given(seeds, st.integers(2, 9))
@settings(max_examples=40)
def test_figures_are_as_defined(seed, scale):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(scale, 40, 2)
    image = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    measured, expected = measure_discipline(image, scale), reference(image, scale)
    if height < 2 * scale and width < 2 * scale:
        return  # one cell has no total to share

    assert measured.within_cell_variance == pytest.approx(expected["within_cell_variance"])
    assert measured.edge_energy_on_grid == pytest.approx(expected["edge_energy_on_grid"])
    assert measured.round_trip_psnr == pytest.approx(expected["round_trip_psnr"])
    assert measured.best_offset == expected["best_offset"]
    assert measured.score == pytest.approx(expected["score"], abs=1e-9)


def test_the_score_is_as_defined_for_half_damaged_art():
    image = damage("noise", 20)

    expected = reference(image, 8)["score"]
    assert 0.1 < expected < 0.9
    assert measure_discipline(image, 8).score == pytest.approx(expected)


@pytest.mark.parametrize(("height", "darkest"), [(173, 0), (403, 220)])
def test_large_pictures_are_worked_on_in_strips_with_the_same_result(height, darkest):
    image = np.random.default_rng(5).integers(darkest, 256, (height, 404, 3)).astype(np.uint8)
    measured, expected = measure_discipline(image, 8), reference(image, 8)

    assert measured.within_cell_variance == pytest.approx(expected["within_cell_variance"])
    assert measured.best_offset == expected["best_offset"]


@given(natives(alpha=True), st.integers(2, 9))
@settings(max_examples=60)
def test_perfect_art_is_perfect(native, scale):
    measured = measure_discipline(upscaled(native, scale), scale)

    assert measured.within_cell_variance == 0.0
    assert measured.edge_energy_on_grid == 1.0
    assert measured.round_trip_psnr == 99.0
    assert measured.best_offset == (0, 0)
    assert measured.is_on_grid
    assert measured.score == 1.0


@given(st.integers(0, 7), st.integers(0, 7))
def test_the_offset_of_shifted_art_is_found(row, col):
    image = upscaled(art(), 8)[8 - row :, 8 - col :] if row or col else upscaled(art(), 8)
    measured = measure_discipline(image, 8)

    assert measured.best_offset == (row % 8, col % 8)
    assert measured.is_on_grid == (row == col == 0)


def damage(kind: str, amount: float) -> np.ndarray:
    image = upscaled(art(3), 8)
    if kind == "noise":
        noise = np.random.default_rng(1).normal(0, amount, image.shape)
        return np.clip(image + noise, 0, 255).astype(np.uint8)
    if kind == "blur":
        return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(amount)))
    return np.roll(image, (round(amount), round(amount)), axis=(0, 1))


@pytest.mark.parametrize(
    ("kind", "amounts"), [("noise", [1, 2, 4, 8, 16, 32, 64]), ("blur", [0.4, 0.7, 1, 1.5, 2, 3, 5])]
)
def test_score_falls_with_every_step_of_damage(kind, amounts):
    scores = [1.0, *(measure_discipline(damage(kind, amount), 8).score for amount in amounts)]

    assert (np.diff(scores) < 0).all()


@pytest.mark.parametrize("amount", [1, 2, 3, 4])
def test_shifted_art_scores_nothing(amount):
    assert measure_discipline(damage("shift", amount), 8).score < 0.01


def test_smooth_and_random_pictures_score_about_nothing():
    rows, cols = np.mgrid[:256, :256]
    waves = np.stack([np.sin(rows / 23), np.cos(cols / 31), np.sin((rows + cols) / 40)], axis=-1)
    smooth = (127 + 120 * waves).astype(np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)

    for image in (smooth, noise):
        measured = measure_discipline(image, 8)
        assert measured.score < 0.1
        assert measured.edge_energy_on_grid == pytest.approx(1 / 8, abs=0.03)


def test_a_flat_picture_is_on_every_grid():
    flat = measure_discipline(np.full((20, 30, 4), 77, np.uint8), 8)

    assert (flat.within_cell_variance, flat.edge_energy_on_grid, flat.score, flat.colors) == (0.0, 1.0, 1.0, 1)


def test_a_grid_in_alpha_alone_counts():
    image = np.full((32, 32, 4), 255, np.uint8)
    image[:, 3:7, 3] = 0

    assert measure_discipline(image, 8).score < 0.5


def test_colours_are_counted_and_figures_go_to_json():
    measured = measure_discipline(upscaled(art(), 8), 8)

    assert measured.colors == len(np.unique(art().reshape(-1, 3), axis=0))
    assert measured.to_dict()["best_offset"] == [0, 0]


def test_what_has_no_grid_is_refused():
    with pytest.raises(GridMismatch, match="x8"):
        measure_discipline(np.zeros((7, 20, 3), np.uint8), 8)
    with pytest.raises(GridMismatch):
        measure_discipline(np.zeros((7, 20, 3), np.uint8), 1)
    with pytest.raises(ImageError):
        measure_discipline(np.zeros((16, 16)), 8)
