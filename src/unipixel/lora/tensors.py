"""Tensors of a ``.safetensors`` file one at a time, so that a whole checkpoint never lies in memory."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy.typing as npt

from unipixel.errors import ModelError
from unipixel.files import replacing
from unipixel.lora.file import ITEM_BYTES, lay_out, read_header
from unipixel.lora.numbers import decode

Entry = tuple[str, str, Sequence[int], "bytes | Callable[[], bytes]"]
"""Name, dtype as the format names it, shape, and the bytes, or what gives them when their turn comes."""


class TensorFile:
    """A ``.safetensors`` file opened for reading, through a memory map.

    Parameters
    ----------
    path : path

    Raises
    ------
    ModelError
        As `read_header` does.

    Examples
    --------
    ::

        with TensorFile("lora.safetensors") as file:
            for name in file.header.tensors:
                print(name, file.read(name).shape)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.header = read_header(self.path)
        with open(self.path, "rb") as stream:
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def __enter__(self) -> TensorFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._map.close()

    def raw(self, name: str) -> bytes:
        """Bytes of a tensor as they lie in the file."""
        entry = self.header.tensors[name]
        start = self.header.data_start
        return self._map[start + entry.begin : start + entry.end]

    def read(self, name: str) -> npt.NDArray[Any]:
        """Tensor as an array, see `decode`.

        Raises
        ------
        ModelError
            If its dtype is unknown, or its bytes do not fill its shape.
        """
        entry = self.header.tensors[name]
        expected = ITEM_BYTES.get(entry.dtype, 0) * prod(entry.shape)
        if expected and entry.end - entry.begin != expected:
            raise ModelError(f"{self.path}: {name} has not the bytes that its shape needs; the file is damaged")
        try:
            return decode(entry.dtype, entry.shape, self.raw(name))
        except ModelError as error:
            raise ModelError(f"{self.path}: {name}: {error}") from error


def write_tensors(
    path: str | os.PathLike[str],
    entries: Iterable[Entry],
    metadata: Mapping[str, str],
    *,
    check: Callable[[Path], None] | None = None,
) -> Path:
    """Write a ``.safetensors`` file tensor by tensor, the same input always as the same bytes.

    Parameters
    ----------
    path : path
        Written under another name beside it, then renamed.
    entries : iterable of Entry
        In any order; the file is laid out as `pack` does.
    metadata : mapping of str to str
    check : callable, optional
        Given the finished file before it gets its name; what it raises leaves ``path`` as it was.

    Returns
    -------
    Path

    Raises
    ------
    ModelError
        If the bytes of a tensor do not fill its dtype and shape.
    """
    by_name = {entry[0]: entry for entry in entries}
    names, header = lay_out({name: (dtype, shape) for name, dtype, shape, _ in by_name.values()}, metadata)
    with replacing(path) as part:
        with open(part, "wb") as stream:
            stream.write(header)
            for name in names:
                stream.write(_content(*by_name[name]))
        if check is not None:
            check(part)
    return Path(path)


def _content(name: str, dtype: str, shape: Sequence[int], raw: bytes | Callable[[], bytes]) -> bytes:
    data = raw if isinstance(raw, bytes) else raw()
    if len(data) != ITEM_BYTES[dtype] * prod(shape):
        raise ModelError(f"{name}: {len(data)} bytes do not fill {dtype} of shape {tuple(shape)}")
    return data
