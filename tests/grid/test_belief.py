"""Belief in a lattice: square cells count for more than bricks, and borders hold no slivers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unipixel.grid.belief import believe, trust_size
from unipixel.grid.soft import Axis, SoftAnswer

WEAK = Axis(
    pitch=15.3,
    offset=2.0,
    agreement=0.25,
    contrast=0.16,
    floor=0.02,
    share=0.21,
    relief=1.9,
    strong=0.1,
    odd=1.0,
    gain=0.4,
    length=1024,
)


def test_weak_evidence_is_enough_for_square_cells_and_not_for_bricks() -> None:
    square = SoftAnswer(WEAK, replace(WEAK, pitch=15.4))
    bricks = SoftAnswer(WEAK, replace(WEAK, pitch=23.0))
    assert believe(square) > 0.5 > believe(bricks)


def test_fine_lattices_must_own_the_edges_though_they_are_square() -> None:
    fine = replace(WEAK, pitch=2.7, share=0.45, contrast=0.5, agreement=0.6)
    assert believe(SoftAnswer(fine, fine)) < 0.5
    assert believe(SoftAnswer(replace(fine, share=0.8), replace(fine, share=0.8))) > 0.5


def test_the_blocks_of_a_jpeg_are_no_grid_and_drawn_cells_of_their_size_are() -> None:
    blocks = replace(
        WEAK, pitch=8.0, offset=0.0, agreement=0.9, contrast=0.8, floor=0.04, share=0.98, relief=2.8, strong=0.01
    )
    assert believe(SoftAnswer(blocks, blocks)) < 0.5
    drawn = replace(blocks, strong=0.1)
    assert believe(SoftAnswer(drawn, drawn)) > 0.5
    lively = replace(drawn, share=0.5)
    assert believe(SoftAnswer(lively, lively)) < 0.5


def test_lines_16_px_apart_are_a_codecs_only_where_those_8_px_apart_are_stronger() -> None:
    lines = replace(
        WEAK, pitch=16.0, offset=0.0, agreement=0.7, contrast=0.5, floor=0.1, share=0.78, relief=1.9, strong=0.001
    )
    assert believe(SoftAnswer(lines, lines)) > 0.5
    chroma = replace(lines, odd=0.4)
    assert believe(SoftAnswer(chroma, chroma)) < 0.5


def test_sharp_lines_make_a_size_surer_than_a_models_and_drift_less_sure() -> None:
    sharp = replace(WEAK, gain=0.95)
    drifting = replace(sharp, drift=np.zeros(sharp.length))
    trusts = [trust_size(SoftAnswer(axis, axis)) for axis in (drifting, WEAK, sharp)]
    assert 0.5 < trusts[0] < trusts[1] < trusts[2] < 1


def test_few_cells_need_more_evidence() -> None:
    few = replace(WEAK, length=150)
    assert believe(SoftAnswer(few, few)) < 0.5 < believe(SoftAnswer(WEAK, WEAK))


@pytest.mark.parametrize(
    ("pitch", "offset", "length", "cells"),
    [
        (10.0, 0.0, 100, 10),
        (10.0, 1.0, 100, 10),  # slivers of 1 and of 9 px: the small one goes
        (17.789, 4.98, 1024, 58),  # 57 whole cells between two slivers of .28: one of them is a cell
        (10.0, 5.0, 100, 11),  # two halves are cells that the border cuts
        (40.0, 0.0, 40, 1),
    ],
)
def test_borders_hold_no_slivers(pitch: float, offset: float, length: int, cells: int) -> None:
    axis = replace(WEAK, pitch=pitch, offset=offset, length=length)
    assert len(axis.lines) - 1 == cells
    assert (axis.lines[0], axis.lines[-1]) == (0, length)
