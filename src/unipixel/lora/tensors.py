"""Tensors of a ``.safetensors`` file, each mapped into memory when it is asked for and let go with its array."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unipixel.errors import ModelError
from unipixel.lora.dtypes import Bytes, Floats, decode, encode
from unipixel.lora.file import Header, byte_count, read_header

PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
"""Endings of Python pickles."""


@dataclass(frozen=True, eq=False)
class Stored:
    """A tensor as it lies in a file or in memory, not yet read."""

    dtype: str
    """As in `unipixel.lora.file.TensorEntry`."""
    shape: tuple[int, ...]
    load: Callable[[], Bytes]
    """Returns its bytes, (n,) uint8, little-endian, in C order."""

    @classmethod
    def of(cls, values: NDArray[np.floating], dtype: str) -> Stored:
        """Store an array in memory; see `unipixel.lora.dtypes.encode` for rounding and errors."""
        raw = np.frombuffer(encode(values, dtype), np.uint8)
        return cls(dtype, tuple(values.shape), lambda: raw)

    def array(self) -> Floats:
        """Its values as float32."""
        return decode(self.load(), self.dtype, self.shape)

    def reshaped(self, shape: tuple[int, ...]) -> Stored:
        """The same numbers in another shape of as many elements."""
        return Stored(self.dtype, shape, self.load)

    def cast(self, dtype: str) -> Stored:
        """The same numbers in another dtype; itself where that is its own."""
        return self if dtype == self.dtype else Stored.of(self.array(), dtype)


def open_tensors(path: str | os.PathLike[str]) -> tuple[Header, dict[str, Stored]]:
    """Open a ``.safetensors`` file without reading its tensors.

    Parameters
    ----------
    path : path

    Returns
    -------
    header : Header
    tensors : dict of str to Stored
        In the order of the file.

    Raises
    ------
    ModelError
        If it is absent, a pickle, or damaged.
    """
    file = Path(path)
    if file.suffix.lower() in PICKLES:
        raise ModelError(
            f"{file}: {file.suffix} files are Python pickles, which can run any code when they are opened; "
            "use the .safetensors version"
        )
    header = read_header(file)
    tensors = {}
    for name, entry in sorted(header.tensors.items(), key=lambda item: item[1].begin):
        if entry.end - entry.begin != byte_count(entry.dtype, entry.shape) or entry.begin < 0:
            raise ModelError(f"{file}: {name} does not have the bytes of its shape; the file is damaged")
        load = partial(_map, file, header.data_start + entry.begin, entry.end - entry.begin)
        tensors[name] = Stored(entry.dtype, entry.shape, load)
    return header, tensors


def _map(file: Path, begin: int, count: int) -> Bytes:
    if count == 0:
        return np.empty(0, np.uint8)
    return np.memmap(file, np.uint8, "r", begin, (count,))
