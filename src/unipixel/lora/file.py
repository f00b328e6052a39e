"""The bytes of a ``.safetensors`` file: 8 bytes of header length, a JSON header, then the tensors.

Read and written here with the standard library alone. Writing is our own for one more reason: the header's
order is then ours too, so that the same LoRA is the same bytes.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from unipixel.errors import ModelError

_BYTES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2}
_BYTES |= {"I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8}
"""Bytes of one number, by the name of its dtype in the format."""
_LONGEST_HEADER = 100_000_000  # the format's own limit, bytes


@dataclass(frozen=True)
class TensorEntry:
    """One tensor of a file."""

    dtype: str
    """Name in the format: ``"F16"``, ``"BF16"``, ``"F32"``, ..."""
    shape: tuple[int, ...]
    begin: int
    """First byte, counted from the end of the header."""
    end: int
    """One past the last byte."""


@dataclass(frozen=True)
class Header:
    """What a file says about itself before its tensors begin."""

    metadata: dict[str, str]
    tensors: dict[str, TensorEntry]
    data_start: int
    """Byte of the file at which the tensors begin."""


def read_header(path: str | os.PathLike[str]) -> Header:
    """Read the header of a ``.safetensors`` file and check that the file is whole.

    Parameters
    ----------
    path : path

    Returns
    -------
    Header

    Raises
    ------
    ModelError
        If the file is absent, is no ``.safetensors`` file, or ends before its tensors do.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        with open(file, "rb") as stream:
            start = stream.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else -1
            if not 2 <= length <= _LONGEST_HEADER:
                raise ModelError(f"{file}: this is not a .safetensors file (its first bytes name no header length)")
            if 8 + length > size:
                raise ModelError(f"{file}: the file ends inside its header; it is damaged, download or copy it again")
            raw = stream.read(length)
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror}). Give the path of a .safetensors file") from error
    header = _parse(raw, file, 8 + length)
    needed = header.data_start + max((entry.end for entry in header.tensors.values()), default=0)
    if size < needed:
        raise ModelError(
            f"{file}: the file is cut off ({size:,} of {needed:,} bytes); it is damaged, download or copy it again"
        )
    return header


def read_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Metadata of a ``.safetensors`` file; see `read_header` for the errors."""
    return read_header(path).metadata


def pack(tensors: Mapping[str, tuple[str, Sequence[int], bytes]], metadata: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Lay out a ``.safetensors`` file, the same input always as the same bytes.

    Parameters
    ----------
    tensors : mapping
        Name to (dtype as in `TensorEntry`, shape, little-endian bytes in C order).
    metadata : mapping of str to str

    Returns
    -------
    header, data : bytes
        The file is one after the other. Tensors lie in the order of falling item size, then of their names, which
        keeps each of them aligned.

    Raises
    ------
    ModelError
        If the bytes of a tensor do not fit its dtype and shape.
    """
    for name, (dtype, shape, raw) in tensors.items():
        if len(raw) != byte_count(dtype, shape):
            raise ModelError(f"{name}: {len(raw)} bytes do not fill {dtype} of shape {tuple(shape)}")
    names = sorted(tensors, key=lambda name: (-_BYTES[tensors[name][0]], name))
    header = head_bytes({name: tensors[name][:2] for name in names}, metadata)
    return header, b"".join(tensors[name][2] for name in names)


def head_bytes(tensors: Mapping[str, tuple[str, Sequence[int]]], metadata: Mapping[str, str]) -> bytes:
    """Everything that comes before the tensors of a ``.safetensors`` file.

    Parameters
    ----------
    tensors : mapping
        Name to (dtype, shape), in the order in which the tensors follow, without gaps.
    metadata : mapping of str to str
        Written in the order of its keys.

    Returns
    -------
    bytes
        Of a length that divides by 8.
    """
    entries: dict[str, Any] = {"__metadata__": {key: metadata[key] for key in sorted(metadata)}} if metadata else {}
    position = 0
    for name, (dtype, shape) in tensors.items():
        size = byte_count(dtype, shape)
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [position, position + size]}
        position += size
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def byte_count(dtype: str, shape: Sequence[int]) -> int:
    """Bytes that a tensor fills.

    Raises
    ------
    ModelError
        If the dtype is not known.
    """
    if dtype not in _BYTES:
        raise ModelError(f"no tensor type {dtype!r} is known here; save the model as float16, bfloat16 or float32")
    return _BYTES[dtype] * prod(shape)


def _parse(raw: bytes, file: Path, data_start: int) -> Header:
    try:
        content = json.loads(raw.decode("utf-8"))
        metadata = {str(key): str(value) for key, value in content.pop("__metadata__", {}).items()}
        tensors = {
            str(name): TensorEntry(
                str(entry["dtype"]), tuple(int(n) for n in entry["shape"]), *map(int, entry["data_offsets"])
            )
            for name, entry in content.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{file}: the header is not that of a .safetensors file; it is damaged") from error
    return Header(metadata, tensors, data_start)
