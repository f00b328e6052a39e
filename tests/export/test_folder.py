"""A folder is whole or absent, and what we did not write is never touched."""

import json
import os

import pytest

from unipixel.errors import ExportError
from unipixel.export.folder import MANIFEST, hash_content, inspect_folder, is_inside, read_export, write_folder

FACTS = {"to": "kohya", "images": 1}


def content(tmp_path) -> dict:
    image = tmp_path / "image.png"
    image.write_bytes(b"\x89PNG pixels")
    return {"a/1.png": image, "a/1.txt": "trigger, bäume", "b.tar": lambda file: file.write(b"tar")}


def hashes_of(files) -> dict[str, str]:
    return {name: hash_content(what) for name, what in files.items()}


def write(tmp_path, facts=FACTS, **options):
    files = content(tmp_path)
    write_folder(tmp_path / "out", files, facts, hashes_of(files), **options)
    return tmp_path / "out"


def inspect(tmp_path, facts=FACTS):
    return inspect_folder(tmp_path / "out", facts, hashes_of(content(tmp_path)))


def snapshot(folder) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_what_was_written_is_the_same_and_reads_back(tmp_path):
    assert inspect(tmp_path).state == "absent"
    folder = write(tmp_path)

    assert inspect(tmp_path).state == "same"
    assert snapshot(folder)["a/1.txt"] == "trigger, bäume".encode()
    assert read_export(folder)["files"] == hashes_of(content(tmp_path))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_images_are_copies_unless_links_are_asked_for(tmp_path):
    folder = write(tmp_path)
    assert os.stat(folder / "a/1.png").st_ino != os.stat(tmp_path / "image.png").st_ino

    linked = write(tmp_path, hard_links=True)
    assert os.stat(linked / "a/1.png").st_ino == os.stat(tmp_path / "image.png").st_ino


def test_a_changed_added_or_missing_file_is_noticed(tmp_path):
    folder = write(tmp_path)
    (folder / "a/1.npz").write_text("cache")
    (folder / "a/1.txt").write_text("trigger, edited")

    assert inspect(tmp_path).state == "other"
    assert inspect(tmp_path).strange == ("a/1.npz", "a/1.txt")
    (folder / "a/1.npz").unlink()
    (folder / "a/1.txt").unlink()
    assert (inspect(tmp_path).state, inspect(tmp_path).strange) == ("other", ())


def test_another_data_set_is_another_export(tmp_path):
    write(tmp_path)

    assert inspect(tmp_path, {**FACTS, "images": 2}).state == "other"


def test_what_is_no_export_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")

    with pytest.raises(ExportError, match="no export of UniPixel"):
        inspect(tmp_path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda manifest: {**manifest, "version": "2.0"}, "version 2.0"),
        (lambda manifest: {**manifest, "format": "other"}, "does not know"),
        (lambda manifest: {**manifest, "files": {"../../etc/passwd": "0"}}, "outside"),
        (lambda manifest: {"format": "unipixel-export"}, "damaged"),
        (lambda manifest: [], "damaged"),
    ],
)
def test_a_manifest_that_can_not_be_trusted_is_refused(tmp_path, change, sentence):
    file = write(tmp_path) / MANIFEST
    file.write_text(json.dumps(change(json.loads(file.read_text("utf-8")))))

    with pytest.raises(ExportError, match=sentence):
        inspect(tmp_path)


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", "C:\\a", "a\\b", "", "c:a"])
def test_paths_stay_inside(name):
    assert not is_inside(name)
    assert is_inside("train/1_t/a.png")


def test_a_failure_leaves_the_earlier_export_as_it_was(tmp_path):
    before = snapshot(write(tmp_path))

    def fail(file):
        raise OSError(28, "No space left on device")

    files = {"a/2.txt": "new", "b.tar": fail}
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "out", files, FACTS, {})

    assert snapshot(tmp_path / "out") == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_kill_between_the_renames_loses_nothing(tmp_path, monkeypatch, moment):
    """Killed before, between and after the two renames: the next look finds the old export or the new, whole."""
    folder = write(tmp_path)
    before = snapshot(folder)
    real, calls = os.replace, []

    def replace(source, target):
        if len(calls) == moment:
            raise KeyboardInterrupt
        calls.append(target)
        real(source, target)

    monkeypatch.setattr("unipixel.export.folder.os.replace", replace)
    if moment < 2:
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path, {**FACTS, "images": 7})
    else:
        write(tmp_path, {**FACTS, "images": 7})
    monkeypatch.undo()

    found = inspect(tmp_path)
    assert found.strange == ()
    assert (snapshot(folder) == before) == (moment < 2)
    assert write(tmp_path, {**FACTS, "images": 7})
    assert inspect(tmp_path, {**FACTS, "images": 7}).state == "same"


def test_a_link_that_can_not_be_made_is_one_sentence(tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("unipixel.export.folder.os.link", refuse)

    with pytest.raises(ExportError, match="--hard-links"):
        write(tmp_path, hard_links=True)
    assert not (tmp_path / "out").exists()
