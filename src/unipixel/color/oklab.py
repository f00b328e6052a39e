"""sRGB to OKLab and back: a space in which equal distances look about equally far.

Matrices and formulas: Björn Ottosson, "A perceptual color space for image processing", 2020,
https://bottosson.github.io/posts/oklab/ (the values as corrected on 2021-01-25). Transfer curve: IEC 61966-2-1 (sRGB).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Lab: TypeAlias = npt.NDArray[np.float32]
"""``(..., 3)`` float32: lightness 0..1, then a (green to red) and b (blue to yellow), each about -0.4..0.4."""

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def _linear_table() -> npt.NDArray[np.float64]:
    value = np.arange(256) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


_LINEAR = _linear_table()

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""How much red, green and blue light of the same amount count for brightness (IEC 61966-2-1, of the CIE's Y)."""


def to_oklab(rgb: npt.NDArray[np.uint8]) -> Lab:
    """Colours from sRGB to OKLab.

    Parameters
    ----------
    rgb : (..., 3) or (..., 4) uint8, sRGB
        A fourth channel is left out.

    Returns
    -------
    (..., 3) float32
        White is (1, 0, 0), black (0, 0, 0).

    Examples
    --------
    >>> to_oklab(np.array([255, 255, 255], np.uint8)).round(3).tolist()
    [1.0, 0.0, 0.0]
    """
    lab: Lab = linear_to_oklab(to_linear(rgb)).astype(np.float32)
    lab += np.float32(0.0)  # turns -0.0 into 0.0
    return lab


def to_linear(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Amounts of light of sRGB colours: what eyes at a distance average.

    Parameters
    ----------
    rgb : (..., 3) or (..., 4) uint8, sRGB
        A fourth channel is left out.

    Returns
    -------
    (..., 3) float64
        Red, green, blue, 0 to 1.
    """
    light: npt.NDArray[np.float64] = _LINEAR[rgb[..., :3]]
    return light


def linear_to_oklab(light: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """OKLab ``(..., 3)`` float64 of amounts of light ``(..., 3)``, 0 to 1 each, as :func:`to_linear` gives them."""
    lab: npt.NDArray[np.float64] = np.cbrt(light @ _RGB_TO_LMS.T) @ _LMS_TO_LAB.T
    return lab


def to_srgb(lab: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Colours from OKLab to sRGB, rounded to 8 bits; what sRGB can't show is clipped per channel.

    Parameters
    ----------
    lab : (..., 3) float

    Returns
    -------
    (..., 3) uint8
    """
    lms = lab.astype(np.float64) @ _LAB_TO_LMS.T
    linear = np.clip((lms * lms * lms) @ _LMS_TO_RGB.T, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    rgb: npt.NDArray[np.uint8] = np.rint(encoded * 255.0).astype(np.uint8)
    return rgb


def distance(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Distance of colours in OKLab.

    Parameters
    ----------
    first, second : (..., 3|4) uint8, sRGB
        Shapes broadcast over the leading axes.

    Returns
    -------
    (...) float32
        0 for equal colours, 1 from black to white; about 0.02 is where most eyes begin to see a difference.
    """
    difference = to_oklab(first) - to_oklab(second)
    length: npt.NDArray[np.float32] = np.sqrt((difference * difference).sum(axis=-1))
    return length
