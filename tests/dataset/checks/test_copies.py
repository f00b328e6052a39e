"""The same picture twice is named, above all on both sides of the split."""

import numpy as np
from hypothesis import given

from strategies import natives
from unipixel.dataset.checks.copies import check_copies, look_at


def scaled(native: np.ndarray, scale: int) -> np.ndarray:
    return native.repeat(scale, axis=0).repeat(scale, axis=1)


def draw(seed: int) -> np.ndarray:
    art = np.full((6, 7, 4), 255, np.uint8)
    art[..., :3] = np.random.default_rng(seed).integers(0, 256, (6, 7, 3))
    return art


def check(images: dict[str, np.ndarray], splits=(), sources=()) -> list[str]:
    looks = {name: look_at(scaled(image, 4), 4) for name, image in images.items()}
    return [f"{found.severity}: {found}" for found in check_copies(looks, dict(splits), dict(sources))]


@given(natives(min_side=2))
def test_a_look_is_of_native_pixels_whatever_their_scale(native):
    assert look_at(scaled(native, 4), 4) == look_at(scaled(native, 8), 8)
    assert look_at(scaled(native, 4)[:, ::-1], 4).straight == look_at(scaled(native, 4), 4).mirrored


def test_different_pictures_are_no_copies():
    assert check({"a.png": draw(1), "b.png": draw(2)}) == []


def test_a_copy_is_a_fault_and_a_mirror_image_a_note():
    assert check({"a.png": draw(1), "b.png": draw(1)}) == [
        "fault: b.png: the same pixels as a.png (leave one of them out)"
    ]
    (found,) = check({"a.png": draw(1), "b.png": draw(1)[:, ::-1]})
    assert found.startswith("note: a.png: the mirror image of b.png")


def test_a_symmetric_picture_is_no_mirror_image_of_itself():
    half = draw(3)
    both = np.concatenate([half, half[:, ::-1]], axis=1)

    assert check({"a.png": both}) == []
    assert [text.split(":")[0] for text in check({"a.png": both, "b.png": both})] == ["fault"]


def test_a_copy_on_the_other_side_of_the_split_is_a_leak():
    (found,) = check({"a.png": draw(1), "b.png": draw(1)}, {"b.png": "validation"})

    assert "a.png, on the other side of the split" in found


def test_crops_of_one_source_on_both_sides_are_a_leak():
    images = {"a.png": draw(1), "b.png": draw(2), "c.png": draw(3)}
    sources = {"a.png": "sources/x.png", "b.png": "sources/x.png", "c.png": "sources/y.png"}

    assert check(images, {"b.png": "train", "c.png": "validation"}, sources) == []
    (found,) = check(images, {"b.png": "validation"}, sources)
    assert "b.png: for validation, and sources/x.png is trained on too" in found
