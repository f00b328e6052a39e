"""Files are whole or absent."""

import os
import stat

import pytest

from unipixel.files import read_jsonl, sha256, write_atomic, write_jsonl


def test_writes_and_replaces(tmp_path):
    target = tmp_path / "new" / "folder" / "file.txt"

    write_atomic(target, "one\n")
    write_atomic(target, b"two\n")

    assert target.read_bytes() == b"two\n"
    assert os.listdir(target.parent) == ["file.txt"]


def test_a_failing_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    target = write_atomic(tmp_path / "file.txt", "old")

    def no_room(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("unipixel.files.os.fsync", no_room)
    with pytest.raises(OSError, match="No space") as caught:
        write_atomic(target, "new")

    assert caught.value.filename == str(target)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits of this kind")
def test_has_the_permissions_of_an_ordinary_file(tmp_path):
    (tmp_path / "ordinary").write_text("x")

    written = write_atomic(tmp_path / "written", "x")

    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE((tmp_path / "ordinary").stat().st_mode)


def test_hash_of_bytes_and_of_a_file_agree(tmp_path):
    file = write_atomic(tmp_path / "file", b"abc")

    assert sha256(file) == sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_json_lines_survive_a_line_that_was_cut_off(tmp_path):
    rows = [{"name": "ä", "n": 1}, {"name": "b", "n": 2}]
    file = write_jsonl(tmp_path / "rows.jsonl", rows)

    assert read_jsonl(file) == rows
    file.write_bytes(file.read_bytes() + b'{"name": "c')
    assert read_jsonl(file) == rows
    assert read_jsonl(tmp_path / "absent.jsonl") == []
