"""A canvas that a person put over a native stays there: after preparing, with its tags, and until it is taken back."""

from dataclasses import replace

import numpy as np
import pytest

from unipixel.caption.edits import add
from unipixel.dataset import read_manifest
from unipixel.dataset.by_hand import lay, placings
from unipixel.errors import ImageError, WorkspaceError
from unipixel.image import load_image
from unipixel.stages.checking import check
from unipixel.stages.cropping import place_by_hand, placed_by_hand
from unipixel.stages.preparing import prepare, training_file
from unipixel.stages.recovering import native_file
from unipixel.stages.tagging import edit_tags


def images(workspace):
    return [row for row in read_manifest(workspace.manifest) if row.canvas]


def pixels(workspace, row):
    return load_image(training_file(workspace, row))[::8, ::8, :3]


def files(workspace):
    return {workspace.relative(file) for file in workspace.training.rglob("*") if file.is_file()}


@pytest.fixture
def image(captioned):
    """An image of few colours, so that nothing is quantized, cut from a 30x34 native."""
    return next(row for row in images(captioned) if row.source == "sources/art-0.png")


@pytest.mark.parametrize(
    ("corner", "window", "anchor"),
    [
        ((2, 3), (2, 3, 10, 12), (0.5, 0.5)),
        ((-4, 0), (0, 0, 6, 12), (1.0, 0.5)),
        ((25, 30), (25, 30, 5, 4), (0.0, 0.0)),
    ],
)
def test_what_is_under_the_canvas_is_shown(corner, window, anchor):
    shown, at = lay((30, 34), (10, 12), corner)

    assert (shown.row, shown.col, shown.height, shown.width) == window
    assert at == anchor


@pytest.mark.parametrize("corner", [(30, 0), (-10, 0), (0, 34), (0, -12)])
def test_a_canvas_beside_the_native_is_refused(corner):
    with pytest.raises(ImageError, match="shows nothing"):
        lay((30, 34), (10, 12), corner)


def test_a_crop_by_hand_is_kept_when_the_data_set_is_prepared_again(captioned, image):
    edit_tags(captioned, add("lantern"), only=[image.image_id])
    native = load_image(native_file(captioned.root, image))[..., :3]
    height, width = image.transforms[0]["canvas"]

    made = place_by_hand(captioned, image.image_id, (1, 2))
    assert np.array_equal(pixels(captioned, made), native[1 : 1 + height, 2 : 2 + width])
    assert check(captioned) == []
    before = captioned.manifest.read_bytes(), files(captioned)
    prepare(captioned)

    assert (captioned.manifest.read_bytes(), files(captioned)) == before
    (kept,) = [row for row in images(captioned) if row.image_id == made.image_id]
    assert placed_by_hand(kept) is not None
    assert "lantern" in {tag.name for tag in kept.tags}
    assert "lantern" in training_file(captioned, kept).with_suffix(".txt").read_text("utf-8")
    assert len(images(captioned)) == 9


def test_fill_is_where_the_canvas_hangs_over_and_survives_preparing(captioned, image):
    native = load_image(native_file(captioned.root, image))[..., :3]
    height, width = image.transforms[0]["canvas"]

    made = place_by_hand(captioned, training_file(captioned, image).name, (-3, 0))
    assert made.transforms[0]["pad"] == [3, 0, 0, 0]
    assert np.array_equal(pixels(captioned, made)[3:], native[: height - 3, :width])
    prepare(captioned)

    assert made.image_id in {row.image_id for row in images(captioned)}
    assert check(captioned) == []


def test_a_second_place_takes_that_of_the_first_and_both_are_taken_back(captioned, image):
    first_rows, first_files = images(captioned), files(captioned)
    made = place_by_hand(captioned, image.image_id, (0, 1))
    made = place_by_hand(captioned, made.image_id, (4, 0))
    assert [each.corner for each in placings(made)] == [(4, 0)]

    back = place_by_hand(captioned, made.image_id, None)

    assert (back, placings(back)) == (image, ())
    assert (images(captioned), files(captioned)) == (first_rows, first_files)


def test_what_is_no_image_or_shown_already_is_refused(captioned, image):
    before = captioned.manifest.read_bytes()

    for wanted in ("none", "../recipe.toml"):
        with pytest.raises(WorkspaceError, match="no such training image"):
            place_by_hand(captioned, wanted, (0, 0))
    with pytest.raises(ImageError, match="shows nothing"):
        place_by_hand(captioned, image.image_id, (900, 0))
    assert captioned.manifest.read_bytes() == before


def test_another_native_has_no_place_by_hand(captioned, image):
    made = place_by_hand(captioned, image.image_id, (0, 0))

    assert placings(made)
    assert placings(replace(made, id="another")) == ()
