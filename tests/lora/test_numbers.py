"""Stored numbers: there and back, and each rounded to the nearest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import ModelError
from unipixel.lora.numbers import FLOATS, decode, encode

FLOAT32 = st.floats(width=32, allow_nan=False, min_value=-(2.0**127), max_value=2.0**127)


def through(value: float, dtype: str) -> float:
    return float(decode(dtype, (1,), encode(np.array([value], np.float32), dtype))[0])


@given(FLOAT32)
def test_bf16_is_the_nearest_and_ties_go_to_the_even_one(value: float) -> None:
    bits = int(np.float32(value).view(np.uint32))
    low, high = (np.array([code << 16], np.uint32).view(np.float32)[0] for code in (bits >> 16, (bits >> 16) + 1))
    stored = through(value, "BF16")
    to_low, to_high = abs(float(value) - float(low)), abs(float(high) - float(value))

    assert stored in (low, high)
    if to_low != to_high:
        assert stored == (low if to_low < to_high else high)
    else:
        assert int(np.float32(stored).view(np.uint32)) >> 16 & 1 == 0


@pytest.mark.parametrize(
    ("value", "stored"),
    [(1.00390625, 1.0), (1.01171875, 1.015625), (-1.0, -1.0), (np.inf, np.inf), (3e38, 3.0040553e38)],
)
def test_known_values_of_bf16(value: float, stored: float) -> None:
    assert through(value, "BF16") == pytest.approx(stored, rel=1e-7)


def test_no_rounding_turns_nan_into_infinity() -> None:
    worst = np.array([0x7F800001, 0x7FFFFFFF, 0xFFFFFFFF], np.uint32).view(np.float32)

    for dtype in FLOATS:
        assert np.isnan(decode(dtype, (3,), encode(worst, dtype))).all()


@pytest.mark.parametrize(("code", "value"), [(0x7E, 448.0), (0x01, 2.0**-9), (0x38, 1.0), (0xB8, -1.0), (0x00, 0.0)])
def test_known_codes_of_8_bits(code: int, value: float) -> None:
    assert float(decode("F8_E4M3", (1,), bytes([code]))[0]) == value


def test_every_number_of_16_and_8_bits_is_stored_as_itself() -> None:
    for dtype, codes in (("F8_E4M3", np.arange(256, dtype=np.uint8)), ("BF16", np.arange(65536, dtype="<u2"))):
        numbers = decode(dtype, codes.shape, codes.tobytes())
        finite = np.isfinite(numbers)
        again = np.frombuffer(encode(numbers[finite], dtype), codes.dtype)
        assert np.array_equal(again, codes[finite])


@given(st.floats(-440, 440, width=32))
def test_8_bits_are_the_nearest(value: float) -> None:
    numbers = decode("F8_E4M3", (256,), bytes(range(256)))

    assert abs(through(value, "F8_E4M3") - value) == np.nanmin(np.abs(numbers.astype(np.float64) - value))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ModelError, match=r"1e\+05 is too large for F16"):
        encode(np.array([1e5], np.float32), "F16")
    with pytest.raises(ModelError, match="can't be stored as I8"):
        encode(np.zeros(1), "I8")
    with pytest.raises(ModelError, match="F4 can't be read"):
        decode("F4", (1,), b"1")
