"""WebDataset's own reader, Hugging Face's and tarfile find every sample; the same bytes every time."""

import gc
import json
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from unipixel.export import EXPORTERS, Collection, webdataset
from unipixel.image import load_image

WEBDATASET = EXPORTERS["webdataset"]


def seen(collection: Collection, split: str) -> list[str]:
    return sorted(one.caption for one in collection.pictures if one.entry.split == split for _ in range(one.repeats))


def test_a_sample_is_three_files_with_one_key(collection, write):
    folder = write(WEBDATASET, collection)
    with tarfile.open(folder / "train-000000.tar") as tar:
        members = tar.getmembers()
        contents = {member.name: tar.extractfile(member).read() for member in members}

    keys = [member.name.split(".")[0] for member in members]
    assert len(contents) == len(members) == 3 * 12
    assert keys == [key for key in dict.fromkeys(keys) for _ in range(3)], "a reader joins files that follow each other"
    assert sorted(contents[f"{key}.txt"].decode() for key in set(keys)) == seen(collection, "train")
    images = {one.name: one.image.read_bytes() for one in collection.pictures}
    assert all(contents[f"{name}.png"] == images[name] for name in set(keys) & set(images))
    assert {member.mtime for member in members} == {0}
    assert json.loads(contents[f"{keys[0]}.json"])["canvas"] in keys[0]


def test_it_is_cut_into_shards(collection, write, monkeypatch):
    monkeypatch.setattr(webdataset, "SHARD", 5)
    folder = write(WEBDATASET, collection)

    shards = sorted(file.name for file in folder.glob("*.tar"))
    assert shards == ["train-000000.tar", "train-000001.tar", "train-000002.tar", "validation-000000.tar"]
    counts = []
    for shard in shards:
        with tarfile.open(folder / shard) as tar:
            counts.append(len(tar.getnames()) // 3)
    assert counts == [5, 5, 2, 1]


def test_touched_files_give_the_same_bytes(collection, write):
    first = (write(WEBDATASET, collection) / "train-000000.tar").read_bytes()
    for one in collection.pictures:
        one.image.touch()

    assert (write(WEBDATASET, replace(collection, root="elsewhere")) / "train-000000.tar").read_bytes() == first


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # webdataset 1.0.2 leaves the tar open
def test_webdataset_reads_it(collection, write):
    reader = pytest.importorskip("webdataset")
    folder = write(WEBDATASET, collection)

    samples = list(reader.WebDataset(str(folder / "train-000000.tar"), shardshuffle=False).decode("pil"))

    by_caption = {one.caption: one.image for one in collection.pictures}
    assert sorted(sample["txt"] for sample in samples) == seen(collection, "train")
    for sample in samples:
        assert np.array_equal(load_image(sample["png"]), load_image(by_caption[sample["txt"]]))
        assert sample["__key__"].startswith(sample["json"]["id"])
    gc.collect()


def test_hugging_face_reads_it(collection, write, tmp_path):
    datasets = pytest.importorskip("datasets")
    folder = write(WEBDATASET, collection)

    read = datasets.load_dataset("webdataset", data_dir=str(folder), cache_dir=str(tmp_path / "cache"))

    for split in ("train", "validation"):
        assert sorted(read[split]["txt"]) == seen(collection, split)
