"""Numbers as ``.safetensors`` files store them, to numpy arrays and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.errors import ModelError

_PLAIN = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}
_PLAIN |= {"U16": "<u2", "U32": "<u4", "U64": "<u8", "BOOL": "?"}
FLOATS = ("F32", "F16", "BF16", "F64", "F8_E4M3")
"""Dtypes that weights are stored in."""


def decode(dtype: str, shape: Sequence[int], raw: Any) -> npt.NDArray[Any]:
    """Array of the bytes of a tensor.

    Parameters
    ----------
    dtype : str
        As the format names it. BF16 and F8_E4M3, which numpy lacks, become float32, which holds all their values.
    shape : sequence of int
    raw : bytes-like
        Little-endian, C order.

    Returns
    -------
    ndarray
        A view where numpy has the dtype.

    Raises
    ------
    ModelError
        If there is no such dtype here.
    """
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if dtype == "F8_E4M3":
        return _E4M3[np.frombuffer(raw, np.uint8)].reshape(shape)
    if dtype not in _PLAIN:
        raise ModelError(f"numbers of the kind {dtype} can't be read; there are {', '.join([*FLOATS, *_PLAIN])}")
    return np.frombuffer(raw, _PLAIN[dtype]).reshape(shape)


def encode(array: npt.NDArray[Any], dtype: str) -> bytes:
    """Bytes of an array in a dtype of `FLOATS`, each number rounded to the nearest, ties to the even one.

    Raises
    ------
    ModelError
        If a finite number is too large for the dtype, or weights are not stored in it.
    """
    if dtype not in FLOATS:
        raise ModelError(f"weights can't be stored as {dtype}; there are {', '.join(FLOATS)}")
    with np.errstate(invalid="ignore"):  # casting a signalling NaN
        plain = np.ascontiguousarray(array, np.float64 if dtype == "F64" else np.float32)
    if dtype == "F8_E4M3":
        return _to_e4m3(plain).tobytes()
    if dtype == "BF16":
        codes = _to_bf16(plain)
        stored: npt.NDArray[Any] = decode("BF16", plain.shape, codes.tobytes())
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            codes = stored = plain.astype(_PLAIN[dtype])
    if np.any(np.isfinite(plain) & ~np.isfinite(stored)):
        raise ModelError(f"a weight of {np.abs(plain).max():.3g} is too large for {dtype}; choose BF16 or F32")
    return codes.tobytes()


def _to_bf16(plain: npt.NDArray[Any]) -> npt.NDArray[Any]:
    bits = plain.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")
    quiet = ((bits >> 16) | 0x40).astype("<u2")  # rounding could carry NaN into infinity
    return np.where(np.isnan(plain), quiet, rounded)


def _e4m3_table() -> npt.NDArray[np.float32]:
    """All 256 values: sign, 4 bits of exponent (bias 7), 3 of mantissa, no infinity (arXiv 2209.05433, table 1)."""
    code = np.arange(128)
    exponent, mantissa = code >> 3, code & 7
    positive = np.where(exponent == 0, mantissa / 8 * 2.0**-6, (1 + mantissa / 8) * 2.0 ** (exponent - 7))
    positive[127] = np.nan
    return np.concatenate([positive, -positive]).astype(np.float32)


_E4M3 = _e4m3_table()


def _to_e4m3(plain: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    values = _E4M3[:127]
    finite = np.isfinite(plain)
    size = np.abs(np.where(finite, plain, 0))
    if np.any(size > 464):  # half a step above the largest
        raise ModelError(f"a weight of {size.max():.3g} is too large for F8_E4M3; choose BF16 or F32")
    above = np.clip(np.searchsorted(values, size), 1, 126)
    below = above - 1
    to_below, to_above = size - values[below], values[above] - size
    nearest = np.where((to_below < to_above) | ((to_below == to_above) & (below % 2 == 0)), below, above)
    codes = np.where(finite, nearest, 127)
    signed: npt.NDArray[np.uint8] = (codes | (np.signbit(plain) * 128)).astype(np.uint8)
    return signed
