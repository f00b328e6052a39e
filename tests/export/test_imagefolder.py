"""Hugging Face's own reader finds every image with its caption."""

import json

import numpy as np
import pytest

from unipixel.export import EXPORTERS, Collection
from unipixel.image import load_image

IMAGEFOLDER = EXPORTERS["imagefolder"]


def test_each_line_names_a_file_with_its_caption(collection, write):
    folder = write(IMAGEFOLDER, collection)
    for split in ("train", "validation"):
        rows = [json.loads(line) for line in (folder / split / "metadata.jsonl").read_text("utf-8").splitlines()]
        pictures = [one for one in collection.pictures if one.entry.split == split]

        assert [row["text"] for row in rows] == [one.caption for one in pictures]
        assert {row["file_name"] for row in rows} == {file.name for file in (folder / split).glob("*.png")}
        assert [row["repeats"] for row in rows] == [one.repeats for one in pictures]
        assert {row["source_licence"] for row in rows} == {"CC0-1.0"}
        assert all(set(row) == set(rows[0]) for row in rows), "columns must be the same in every line"


def test_hugging_face_reads_it(collection, write, tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))

    read = datasets.load_dataset(str(write(IMAGEFOLDER, collection)), cache_dir=str(tmp_path / "cache"))

    assert {split: len(read[split]) for split in read} == {"train": 9, "validation": 1}
    for split in read:
        by_caption = {one.caption: one.image for one in collection.pictures if one.entry.split == split}
        for row in read[split]:
            assert np.array_equal(load_image(row["image"]), load_image(by_caption[row["text"]]))


def test_what_diffusers_can_not_keep_is_said(collection):
    squares = Collection(
        [one for one in collection.pictures if one.entry.canvas == "256x256"], collection.trigger, 8, "."
    )

    assert any("resize and crop" in note for note in IMAGEFOLDER.settings(collection))
    assert any("--resolution=256" in note for note in IMAGEFOLDER.settings(squares))
    assert any("repeats" in note for note in IMAGEFOLDER.settings(collection))
