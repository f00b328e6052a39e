"""A file is read once, and again as soon as it is another one."""

import os

import pytest

from unipixel.files import write_atomic
from unipixel.remembered import Remembered


@pytest.fixture
def reads():
    return []


@pytest.fixture
def texts(reads):
    def read(path):
        reads.append(path.name)
        return path.read_text() if path.exists() else ""

    return Remembered(read, most=2)


def test_a_file_that_stays_is_read_once(texts, reads, tmp_path, monkeypatch):
    file = write_atomic(tmp_path / "a", "one")
    monkeypatch.chdir(tmp_path)

    assert [texts.get(file), texts.get(str(file)), texts.get("a")] == ["one"] * 3
    assert reads == ["a"]


def test_another_file_in_its_place_is_read_though_size_and_time_are_the_same(texts, tmp_path):
    file = write_atomic(tmp_path / "a", "one")
    facts = file.stat()
    texts.get(file)
    write_atomic(file, "two")
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    assert texts.get(file) == "two"


def test_an_edit_in_place_and_a_removal_are_seen(texts, tmp_path):
    file = write_atomic(tmp_path / "a", "one")
    texts.get(file)
    file.write_text("three")

    assert texts.get(file) == "three"
    file.unlink()
    assert texts.get(file) == ""


def test_what_is_written_need_not_be_read(texts, reads, tmp_path):
    file = texts.write(tmp_path / "new" / "a", b"one", "one")

    assert (texts.get(file), file.read_text(), reads) == ("one", "one", [])


def test_what_another_process_writes_right_after_is_not_taken_for_ours(texts, tmp_path, monkeypatch):
    replace = os.replace

    def overtaken(source, target):
        replace(source, target)
        (tmp_path / "theirs").write_text("two")
        replace(tmp_path / "theirs", target)

    monkeypatch.setattr("unipixel.files.os.replace", overtaken)

    assert texts.get(texts.write(tmp_path / "a", b"one", "one")) == "two"


def test_what_was_replaced_while_it_was_read_is_read_again(tmp_path):
    file = write_atomic(tmp_path / "a", "one")

    def read(path):
        text = path.read_text()
        if text == "one":
            write_atomic(path, "two")
        return text

    texts = Remembered(read)

    assert [texts.get(file), texts.get(file)] == ["one", "two"]


def test_as_many_are_kept_as_may_be(texts, reads, tmp_path):
    files = [write_atomic(tmp_path / name, name) for name in "abc"]
    for file in [*files, *files[1:], files[0]]:
        texts.get(file)

    assert reads == ["a", "b", "c", "a"]
