"""Files: what was packed is read, the same input is the same bytes, damage is named."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import ModelError
from unipixel.lora import TensorEntry, pack, read_header, read_metadata

TENSORS = {"b": ("F16", (2, 3), bytes(range(12))), "a": ("F32", (), b"\0\0\x80?"), "c": ("F16", (1,), b"\1\2")}


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def test_what_is_packed_is_read_again(tmp_path: Path) -> None:
    file = write(tmp_path / "x.safetensors", *pack(TENSORS, {"trigger": "späße", "a": "b"}))

    header = read_header(file)

    assert header.metadata == {"trigger": "späße", "a": "b"}
    assert header.tensors == {
        "a": TensorEntry("F32", (), 0, 4),
        "b": TensorEntry("F16", (2, 3), 4, 16),
        "c": TensorEntry("F16", (1,), 16, 18),
    }
    assert header.data_start % 8 == 0
    assert file.read_bytes()[header.data_start :] == TENSORS["a"][2] + TENSORS["b"][2] + TENSORS["c"][2]
    assert read_metadata(file) == header.metadata


@given(st.permutations(sorted(TENSORS)), st.permutations(["x", "y", "z"]))
def test_the_order_of_the_input_does_not_matter(names: list[str], keys: list[str]) -> None:
    tensors = {name: TENSORS[name] for name in names}

    assert pack(tensors, {key: "1" for key in keys}) == pack(TENSORS, {"x": "1", "y": "1", "z": "1"})


def test_bytes_that_do_not_fill_the_shape_are_refused() -> None:
    with pytest.raises(ModelError, match=r"a: 3 bytes do not fill F32"):
        pack({"a": ("F32", (), b"abc")}, {})


def test_a_file_cut_off_in_its_tensors_is_named(tmp_path: Path) -> None:
    header, data = pack(TENSORS, {})
    file = write(tmp_path / "x.safetensors", header, data[:-1])

    with pytest.raises(ModelError, match=r"x.safetensors: the file is cut off"):
        read_header(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a .safetensors file"),
        (b"PK\x03\x04" + b"\xff" * 30, "not a .safetensors file"),
        (struct.pack("<Q", 500) + b"{}", "ends inside its header"),
        (struct.pack("<Q", 4) + b"{]}x", "header is not that of"),
        (struct.pack("<Q", 9) + b'{"a": 12}', "header is not that of"),
        (struct.pack("<Q", 2) + b"[]", "header is not that of"),
    ],
)
def test_other_files_are_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    file = write(tmp_path / "x.safetensors", content)

    with pytest.raises(ModelError, match=message):
        read_header(file)


def test_an_absent_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(ModelError, match="cannot be read"):
            read_header(path)
