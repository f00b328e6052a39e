"""What only looks like a model is called by its name."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import pytest

from unipixel.checkpoint.first_bytes import check_first_bytes
from unipixel.errors import ModelError

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 6938040682\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.safetensors", LFS, "git lfs pull"),
        ("a.safetensors", b"\n<!DOCTYPE html><html>", "a web page"),
        ("a.safetensors", b"<html lang=en>", "a web page"),
        ("a.safetensors", b'{"error":"Unauthorized"}', "an error message"),
        ("a.gguf", b"GGUF\x03\x00\x00\x00", "a GGUF file"),
        ("a.safetensors", pickle.dumps({"state_dict": {}}), "a Python pickle under another name"),
        ("a.safetensors", b"", "the file is empty"),
        ("a.safetensors.crdownload", b"x", "not finished"),
        ("a.CKPT", b"x", r"a \.ckpt file is a Python pickle, which can run any code"),
        ("a.pt", b"x", r"a \.pt file is a Python pickle"),
    ],
)
def test_it_is_refused_with_the_reason(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ModelError, match=message):
        check_first_bytes(tmp_path / name)


def test_a_zip_as_torch_saves_it_is_a_pickle(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.safetensors", "w") as file:
        file.writestr("archive/data.pkl", b"")

    with pytest.raises(ModelError, match="a Python pickle under another name"):
        check_first_bytes(tmp_path / "a.safetensors")


def test_a_pickle_that_is_not_there_is_refused_for_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a Python pickle"):
        check_first_bytes(tmp_path / "none.pth")


@pytest.mark.parametrize("length", [0x0280, 0x0480, 0x04034B50])
def test_a_header_whose_length_looks_like_a_pickle_or_a_zip_is_none(tmp_path: Path, length: int) -> None:
    (tmp_path / "a.safetensors").write_bytes(length.to_bytes(8, "little") + b"{}".ljust(600))

    check_first_bytes(tmp_path / "a.safetensors")
