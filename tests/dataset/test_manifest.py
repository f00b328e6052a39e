import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives, palettes, proposals
from unipixel.dataset import Cell, Entry, Provenance, fit, native_id, read_manifest, write_manifest
from unipixel.errors import DatasetError


@st.composite
def entries(draw):
    native = draw(natives())
    grid = st.builds(Cell, st.tuples(st.floats(1, 20), st.floats(1, 20)), st.tuples(st.floats(0, 9), st.floats(0, 9)))
    return Entry(
        id=native_id(native),
        source="sources/äöü 1.png",
        source_sha256="0" * 64,
        provenance=Provenance(draw(st.sampled_from(["", "CC0-1.0"])), draw(st.sampled_from(["yes", "unknown"]))),
        split=draw(st.sampled_from(["train", "validation"])),
        repeats=draw(st.integers(1, 4)),
        grid=draw(st.none() | grid),
        native_size=native.shape[:2],
        confidence=draw(st.floats(0, 1)),
        state=draw(st.sampled_from(["sure", "doubtful", "decided", "rejected"])),
        transforms=(fit(native, (4, 4)).to_dict(),),
        canvas="32x32",
        palette=draw(palettes()).to_hex(),
        theme="scenery",
        tags=tuple(draw(st.lists(proposals(), max_size=3))),
        history=({"at": "2026-01-01", "what": "added"},),
    )


@given(entries())
def test_an_entry_survives_json(entry):
    assert Entry.from_dict(json.loads(json.dumps(entry.to_dict()))) == entry


def test_a_manifest_survives_its_file(tmp_path):
    rows = [Entry(f"{number:012x}", f"sources/{number}.png", "f" * 64) for number in range(3)]
    file = write_manifest(tmp_path / "dataset.jsonl", rows)

    assert read_manifest(file) == tuple(rows)
    assert read_manifest(shutil.copy(file, tmp_path / "copy.jsonl")) == tuple(rows)  # which nobody remembers
    assert read_manifest(tmp_path / "none.jsonl") == ()


def test_every_broken_row_is_named_with_its_line(tmp_path):
    file = tmp_path / "dataset.jsonl"
    good = Entry("a" * 12, "a.png", "f" * 64).to_dict()
    rows = [
        good,
        {**good, "colour": 1},
        {"id": "x"},
        {**good, "state": "?"},
        {**good, "tags": [{}]},
        {**good, "grid": {}},
        5,
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    with pytest.raises(DatasetError) as error:
        read_manifest(file)
    assert [problem.split(":")[0] for problem in error.value.problems] == [
        "line 2", "line 3", "line 3", "line 4", "line 5", "line 6", "line 7",
    ]  # fmt: skip


def test_what_is_no_json_is_refused(tmp_path):
    (tmp_path / "dataset.jsonl").write_text("hello\n")

    with pytest.raises(DatasetError, match="not JSON lines"):
        read_manifest(tmp_path / "dataset.jsonl")


@given(natives(alpha=True))
def test_an_id_is_of_pixels_and_size_alone(native):
    assert native_id(native) == native_id(np.asfortranarray(native))
    assert len(native_id(native)) == 12
    hidden = native.copy()
    hidden[native[..., 3] == 0, 0] = 7
    assert native_id(hidden) == native_id(native)
    changed = native.copy()
    changed[0, 0] = (1, 2, 3, 255) if tuple(native[0, 0]) != (1, 2, 3, 255) else (3, 2, 1, 255)
    assert native_id(changed) != native_id(native)


def test_the_same_pixels_in_another_shape_are_another_native():
    flat = np.full((2, 6, 4), 255, np.uint8)

    assert native_id(flat) != native_id(flat.reshape(3, 4, 4))
