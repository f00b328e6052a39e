"""Hypothesis strategies: natives, palettes, tags and captions."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from unipixel.caption import Caption, Proposal
from unipixel.color import Palette

seeds = st.integers(0, 2**32 - 1)
"""Seeds for what is too large to be drawn number by number."""


@st.composite
def palettes(draw: st.DrawFn, min_size: int = 1, max_size: int = 16) -> Palette:
    """Palettes of distinct colours, far apart or next to each other."""
    count, rng = draw(st.integers(min_size, max_size)), np.random.default_rng(draw(seeds))
    near = draw(st.booleans())  # colours that differ by one step are the hard case
    codes = rng.choice(64 if near else 1 << 24, count, replace=False) if count <= 64 else np.arange(count)
    return Palette.from_hex([f"{code:06x}" for code in codes], draw(st.sampled_from(["", "moss", "late autumn"])))


@st.composite
def natives(
    draw: st.DrawFn, min_side: int = 1, max_side: int = 12, max_colors: int = 6, alpha: bool = False
) -> np.ndarray:
    """Natives ``(h, w, 4)`` uint8 of few colours, as ``load_image`` gives them: hidden colours are black."""
    height, width = draw(st.integers(min_side, max_side)), draw(st.integers(min_side, max_side))
    palette = draw(palettes(max_size=max_colors))
    rng = np.random.default_rng(draw(seeds))
    native = np.full((height, width, 4), 255, np.uint8)
    native[..., :3] = palette.colors[rng.integers(0, len(palette), (height, width))]
    if alpha:
        native[..., 3] = rng.choice(np.array([0, 90, 200, 255], np.uint8), (height, width))
        native[native[..., 3] == 0] = 0
    return native


tags = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=",{}|;"), min_size=1, max_size=12
)
"""Single words that no trainer misreads."""


@st.composite
def captions(draw: st.DrawFn) -> Caption:
    """Captions of a trigger and up to eight different tags."""
    pieces = draw(st.lists(tags, min_size=1, max_size=9, unique_by=str.casefold))
    return Caption(pieces[0], tuple(pieces[1:]))


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    """Proposals of any origin and state."""
    return Proposal(
        draw(tags),
        draw(st.sampled_from(["hand", "measured", "machine", "constant"])),
        draw(st.floats(0, 1)),
        draw(st.sampled_from(["accepted", "proposed", "rejected"])),
        draw(st.text(max_size=10)),
    )
