"""Numbers: every code is read, every float is written as the nearest one, as other programs do it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import ModelError
from unipixel.lora.dtypes import decode, encode

WIDTHS = {"BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F16": 16}
LARGEST = {"BF16": 3.3895313892515355e38, "F8_E4M3": 448.0, "F8_E5M2": 57344.0, "F16": 65504.0}


def every_code(dtype: str) -> np.ndarray:
    count = 2 ** WIDTHS[dtype]
    return np.arange(count).astype("<u2" if WIDTHS[dtype] == 16 else "u1").view(np.uint8)


@pytest.mark.parametrize("dtype", WIDTHS)
def test_every_number_is_written_as_it_was_read(dtype: str) -> None:
    codes = every_code(dtype)
    values = decode(codes, dtype, (2 ** WIDTHS[dtype],))
    written = np.frombuffer(encode(values, dtype), np.uint8)
    numbers = np.repeat(~np.isnan(values), WIDTHS[dtype] // 8)

    assert np.array_equal(written[numbers], codes[numbers])
    assert np.isnan(decode(written, dtype, values.shape)[np.isnan(values)]).all()
    assert values[np.isfinite(values)].max() == np.float32(LARGEST[dtype])


@pytest.mark.parametrize(
    ("dtype", "value", "code"),
    [
        ("F8_E4M3", 1.0, 0x38),
        ("F8_E4M3", -448.0, 0xFE),
        ("F8_E4M3", 2.0**-9, 0x01),  # the smallest
        ("F8_E4M3", 1.0625, 0x38),  # halfway between 1 and 1.125: to the even code
        ("F8_E4M3", 1.1875, 0x3A),  # halfway between 1.125 and 1.25: to the even code
        ("F8_E5M2", 1.0, 0x3C),
        ("BF16", 1.0, 0x3F80),
        ("BF16", 1 + 2.0**-8, 0x3F80),  # halfway, to even
        ("BF16", 1 + 3 * 2.0**-8, 0x3F82),  # halfway, to even
        ("BF16", 1 + 2.0**-8 + 2.0**-20, 0x3F81),
    ],
)
def test_known_codes(dtype: str, value: float, code: int) -> None:
    assert int.from_bytes(encode(np.array(value), dtype), "little") == code


@given(st.floats(-440, 440, width=32), st.sampled_from(sorted(WIDTHS)))
def test_no_other_number_is_nearer(value: float, dtype: str) -> None:
    known = decode(every_code(dtype), dtype, (-1,))
    known = known[np.isfinite(known)].astype(float)
    stored = decode(np.frombuffer(encode(np.array(value), dtype), np.uint8), dtype, ())

    assert abs(float(stored) - value) == np.abs(known - value).min()


@pytest.mark.parametrize(("dtype", "value"), [("F16", 7e4), ("F8_E4M3", 500.0), ("F8_E5M2", -6e4)])
def test_what_is_too_large_is_refused_and_what_is_not_finite_is_kept(dtype: str, value: float) -> None:
    with pytest.raises(ModelError, match="choose float32"):
        encode(np.array([1.0, value]), dtype)

    back = decode(np.frombuffer(encode(np.array([np.nan, 1.0]), dtype), np.uint8), dtype, (2,))
    assert np.isnan(back[0])
    assert back[1] == 1


def test_what_is_no_float_is_named() -> None:
    with pytest.raises(ModelError, match="BOOL are not supported"):
        decode(np.zeros(1, np.uint8), "BOOL", (1,))
    with pytest.raises(ModelError, match="written as I8"):
        encode(np.zeros(1), "I8")
