"""Numbers of a ``.safetensors`` file as numpy arrays and back, those that numpy has no type for included.

BF16 is the upper half of a float32. The two kinds of FP8 (Micikevicius et al. 2022, arXiv 2209.05433) have so few
values that a table holds them: ``F8_E4M3`` is the kind without infinities that torch calls ``float8_e4m3fn``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unipixel.errors import ModelError

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

DTYPE_NAMES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
"""What a person writes for a dtype, and what the format calls it."""
_NUMPY = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}
_FLOATS = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2")


def decode(raw: Bytes, dtype: str, shape: tuple[int, ...]) -> Floats:
    """Read numbers.

    Parameters
    ----------
    raw : (n,) uint8
        Little-endian, in C order.
    dtype : str
        As in `unipixel.lora.file.TensorEntry`.
    shape : tuple of int

    Returns
    -------
    float32 of this shape
        Exact for every kind of float but F64.

    Raises
    ------
    ModelError
        If the dtype is none that weights have.
    """
    if dtype == "BF16":
        return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if dtype in ("F8_E4M3", "F8_E5M2"):
        return _fp8_values(dtype)[raw].reshape(shape)
    if dtype not in _NUMPY:
        raise ModelError(f"weights of type {dtype} are not supported; save the model as float16, bfloat16 or float32")
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        values: Floats = raw.view(_NUMPY[dtype]).astype(np.float32).reshape(shape)
    return values


def encode(values: NDArray[np.floating], dtype: str) -> bytes:
    """Write numbers, each as the nearest that the dtype has; of two equally near the even one.

    Parameters
    ----------
    values : array of float
    dtype : {"F32", "F16", "BF16", "F64", "F8_E4M3", "F8_E5M2"}

    Returns
    -------
    bytes
        Little-endian, in C order.

    Raises
    ------
    ModelError
        If a finite value is too large for the dtype, or the dtype is none of floats.
    """
    if dtype not in _FLOATS:
        raise ModelError(f"weights can't be written as {dtype}; choose float16, bfloat16 or float32")
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        plain: NDArray[Any] = np.ascontiguousarray(values, np.float64 if dtype == "F64" else np.float32)
    finite = np.isfinite(plain)
    largest = float(np.abs(plain, where=finite, out=np.zeros_like(plain)).max(initial=0.0))
    if largest > (limit := _largest(dtype)):
        raise ModelError(f"a weight of {largest:.3g} is beyond the {limit:.3g} that {dtype} can hold; choose float32")
    if dtype == "BF16":
        return _to_bf16(plain)
    if dtype in ("F8_E4M3", "F8_E5M2"):
        return _to_fp8(plain, dtype)
    with np.errstate(invalid="ignore"):
        return bytes(plain.astype(_NUMPY[dtype]).tobytes())


def _largest(dtype: str) -> float:
    """Largest finite value; what only rounds up to the next one is refused too."""
    known = {"F8_E4M3": 448.0, "F8_E5M2": 57344.0, "F16": 65504.0, "BF16": 3.3895313892515355e38}
    return known.get(dtype, float("inf"))


def _to_bf16(values: Floats) -> bytes:
    bits = values.view(np.uint32)
    # half of the last place that stays, less one where that place is even: nearest, ties to even
    rounded = (bits + (0x7FFF + ((bits >> 16) & 1))) >> 16
    quiet = (bits >> 16) | 0x40  # a NaN stays one, whichever of its bits are set
    return bytes(np.where(np.isnan(values), quiet, rounded).astype("<u2").tobytes())


@cache
def _fp8_values(dtype: str) -> Floats:
    codes = np.arange(256, dtype=np.uint16)
    if dtype == "F8_E5M2":  # the upper half of a float16
        with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
            return (codes << 8).view(np.float16).astype(np.float32)
    exponent, fraction = (codes >> 3 & 15).astype(np.int32), (codes & 7).astype(np.float32)
    size = np.where(exponent == 0, np.ldexp(fraction, -9), np.ldexp(1 + fraction / 8, exponent - 7))
    size[(codes & 127) == 127] = np.nan
    return np.where(codes >= 128, -size, size).astype(np.float32)


def _to_fp8(values: Floats, dtype: str) -> bytes:
    positive = _fp8_values(dtype)[:128]
    known = positive[np.isfinite(positive)]  # rising with their codes
    middles = (known[:-1] + known[1:]) / 2
    size = np.where(np.isfinite(values), np.abs(values), 0)
    code = np.searchsorted(middles, size, side="left")
    tie = size == middles[np.minimum(code, middles.size - 1)]
    code += tie & (code % 2 == 1)
    code = np.where(np.isnan(values), 127, np.where(np.isinf(values), known.size, code))
    return bytes((code + 128 * np.signbit(values)).astype(np.uint8).tobytes())
