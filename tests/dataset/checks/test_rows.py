"""Rows and files agree, natives are what they were, and nobody's word is passed over."""

from dataclasses import replace

import numpy as np
import pytest

from unipixel.color import quantize
from unipixel.dataset import Entry, Provenance, fit, native_id
from unipixel.dataset.checks.rows import check_change, check_natives, check_rows, missing_labels
from unipixel.image import save_png

SCALE = 4


def draw(seed: int, colors: int = 9) -> np.ndarray:
    rng = np.random.default_rng(seed)
    palette = np.dstack([rng.integers(0, 256, (1, colors, 3)), np.full((1, colors, 1), 255)]).astype(np.uint8)[0]
    return palette[rng.integers(0, colors, (14, 16))]


@pytest.fixture(params=[9, 60], ids=["few colours", "too many colours"])
def prepared(request, tmp_path):
    """A native with its row and its training image, of few colours or indexed down to 32."""
    native = draw(1, request.param)
    placed = fit(native, (12, 12))
    indices, palette = quantize(placed.native, 32)
    image = np.dstack([palette.colors[indices], np.full(indices.shape, 255, np.uint8)])
    row = Entry(native_id(native), "sources/1.png", "0" * 64, transforms=(placed.to_dict(),), canvas="48x48")
    file = save_png(tmp_path / "natives" / f"{row.id}.png", native)
    return image.repeat(SCALE, 0).repeat(SCALE, 1), file, row


def change(image, native, row):
    return [str(found) for found in check_change("a.png", image, native, row, SCALE, 32)]


def test_an_image_as_it_was_prepared_is_fine(prepared):
    assert change(*prepared) == []


def test_one_changed_pixel_is_noticed_even_on_the_grid(prepared):
    image, native, row = prepared
    edited = image.copy()
    edited[:SCALE, :SCALE, 0] ^= 255

    assert change(edited, native, row) == ["a.png: was changed since it was prepared (run: unipixel prepare)"]


def test_a_changed_damaged_or_missing_native_is_noticed(prepared):
    image, native, row = prepared
    save_png(native, draw(2))
    assert "its native was changed" in change(image, native, row)[0]

    native.write_bytes(b"no picture")
    assert "can't be compared" in change(image, native, row)[0]
    native.unlink()
    assert "there is no such file" in change(image, native, row)[0]


def test_transforms_that_can_not_be_done_again_are_noticed(prepared):
    image, native, row = prepared

    assert "can't be compared" in change(image, native, replace(row, transforms=({"op": "stretch"},)))[0]


def rows_of(tmp_path, **fields):
    row = Entry("a" * 12, "sources/1.png", "0" * 64, provenance=Provenance("CC0-1.0", "yes"), canvas="48x48")
    return {tmp_path / "training" / "a.png": replace(row, **fields)}


def check(tmp_path, rows, images=None, policy="refuse"):
    found = check_rows(tmp_path, rows, list(rows) if images is None else images, policy)
    return [f"{finding.severity}: {finding}" for finding in found]


def test_rows_with_their_files_and_permission_are_fine(tmp_path):
    assert check(tmp_path, rows_of(tmp_path)) == []


def test_rows_without_files_and_files_without_rows_are_faults(tmp_path):
    rows = rows_of(tmp_path)
    gone, strange = check(tmp_path, rows, [tmp_path / "training" / "b.png"])

    assert gone.startswith("fault: training/a.png: has a row")
    assert strange.startswith("fault: training/b.png: has no row")


def test_a_no_is_a_fault_and_not_knowing_a_note_for_all(tmp_path):
    (no,) = check(tmp_path, rows_of(tmp_path, provenance=Provenance(allow_train="no")))
    (unknown,) = check(tmp_path, rows_of(tmp_path, provenance=Provenance()))

    assert no.startswith("fault: training/a.png: sources/1.png may not be trained on")
    assert unknown.startswith("note: .: nobody said whether 1 pictures")
    assert "unipixel licence" in unknown


@pytest.mark.parametrize(
    ("rating", "policy", "count"), [("explicit", "refuse", 1), ("explicit", "label", 0), ("general", "refuse", 0)]
)
def test_the_policy_refuses_ratings(tmp_path, rating, policy, count):
    found = check(tmp_path, rows_of(tmp_path, rating=rating), policy=policy)

    assert len(found) == count
    assert all("rated explicit" in text and "policy.sexual" in text for text in found)


def test_a_label_that_is_wanted_and_not_there_is_missing(tmp_path):
    (row,) = rows_of(tmp_path, rating="explicit").values()

    assert missing_labels(row, ["w0rd", "tree"], "label") == ["explicit"]
    assert missing_labels(row, ["w0rd", "explicit"], "label") == []
    assert missing_labels(row, ["w0rd"], "allow") == []


def test_natives_of_nothing_are_noted(tmp_path):
    row = Entry("a" * 12, "sources/1.png", "0" * 64)
    for name in ("a" * 12, "b" * 12):
        save_png(tmp_path / "natives" / f"{name}.png", draw(1))

    assert [found.file for found in check_natives(tmp_path, tmp_path / "natives", [row])] == [f"natives/{'b' * 12}.png"]
