"""A conversion as the page shows it: pixels, grid lines, doubt, facts in words, and the command that does the same."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from unipixel.conversion import Conversion, Options, describe, to_arguments
from unipixel.evaluation.quality import DOUBTFUL
from unipixel.grid import Candidate, Recovery, describe_recovery, say_confidence
from unipixel.image import encode_png

SQUARE = 0.02
"""Cells whose sides differ by no more than this share are given by one scale; others by the native size."""


def show_conversion(made: Conversion, options: Options, name: str) -> dict[str, Any]:
    """All that a page needs to draw and explain a conversion, as JSON types.

    Parameters
    ----------
    made : Conversion
    options : Options
        Those that it was made with.
    name : str
        What the picture is called; for the command alone.
    """
    height, width = made.native.shape[:2]
    stack = made.native[None] if made.layout else made.frames
    doubt = None if made.layout or len(made.frames) > 1 else made.recovery.doubt
    return {
        **describe(made),
        "confidence_in_words": say_confidence(made.confidence, is_sure=made.recovery.is_sure),
        "candidates": show_candidates(made.recovery),
        "width": width,
        "height": height,
        "durations": list(made.durations),
        "png": _png(stack.reshape(-1, *stack.shape[2:])),
        "rows": _lines(made.grid.rows, made.layout[0] if made.layout else 1),
        "columns": _lines(made.grid.cols, made.layout[1] if made.layout else 1),
        "doubt": None if doubt is None else b64encode(np.rint(doubt * 255).astype(np.uint8).tobytes()).decode(),
        "doubtful_from": round(DOUBTFUL * 255),
        "colors": None if made.indexed is None else _codes(made),
        "command": write_command(options, name),
    }


def show_detection(found: Recovery) -> dict[str, Any]:
    """What ``unipixel detect --json`` says, and the candidates in words with the options that take each."""
    words = say_confidence(found.confidence, is_sure=found.is_sure)
    return {**describe_recovery(found), "confidence_in_words": words, "candidates": show_candidates(found)}


def show_candidates(found: Recovery) -> list[dict[str, Any]]:
    """The size that was found and the next best ones, likeliest first; each with the options that take it."""
    own = found.grid
    first = [] if own is None else [Candidate(own.native_size, own.cell, found.confidence)]
    rows = []
    for place, each in enumerate([*first, *found.alternatives]):
        is_sure = found.is_sure and own is not None and place == 0
        rows.append(
            {
                "native": [each.native_size[1], each.native_size[0]],
                "cell": [round(each.cell[1], 4), round(each.cell[0], 4)],
                "confidence": round(each.confidence, 4),
                "confidence_in_words": say_confidence(each.confidence, is_sure=is_sure),
                "options": _options_of(each),
            }
        )
    return rows


def write_command(options: Options, name: str) -> str:
    """The line for a shell that converts a file of this name in the same way."""
    safe = name if not name.startswith("-") else f"./{name}"
    return shlex.join(["unipixel", "convert", safe, *to_arguments(options)])


def _options_of(each: Candidate) -> Mapping[str, Any]:
    height, width = each.cell
    if abs(height / width - 1) <= SQUARE:
        return {"scale": round((height + width) / 2, 4)}
    return {"native_size": f"{each.native_size[1]}x{each.native_size[0]}"}


def _png(pixels: Any) -> str:
    return b64encode(encode_png(pixels)).decode()


def _lines(lines: Sequence[int], times: int) -> list[int]:
    """Cut lines of each frame of a sheet, one after the other."""
    return [0, *(line + lines[-1] * turn for turn in range(times) for line in lines[1:])]


def _codes(made: Conversion) -> list[str]:
    assert made.indexed is not None
    table = made.indexed.table
    return ["#" + bytes(row[:3]).hex() for row in table[table[:, 3] > 0]]
