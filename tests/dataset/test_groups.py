"""What belongs together validates together, about as often as was asked."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unipixel.dataset import Entry, Provenance, choose_validation, group_sources, look_of


def row(name: str, **known) -> Entry:
    return Entry(known.pop("id", name * 3), f"sources/{name}.png", "0" * 64, **known)


def test_packs_natives_and_near_duplicates_are_groups():
    art = np.random.default_rng(0).integers(0, 255, (32, 32, 4)).astype(np.uint8)
    near = art.copy()
    near[0, 0] = 0
    groups = group_sources(
        [
            row("a", provenance=Provenance(url="pack")),
            row("b", provenance=Provenance(url="pack"), look=look_of(art)),
            row("c", look=look_of(near)),
            row("d", id="same"),
            row("e", id="same"),
            row("f"),
        ]
    )

    assert groups["sources/a.png"] == groups["sources/b.png"] == groups["sources/c.png"] == "aaa"
    assert groups["sources/d.png"] == groups["sources/e.png"]
    assert len(set(groups.values())) == 3


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from("xyz"), st.sampled_from("ab")), max_size=120),
    st.sampled_from([0.0, 0.1, 0.25, 0.5]),
)
def test_no_canvas_gives_more_than_its_share(images, share):
    named = [(f"g{group}", canvas, theme) for group, canvas, theme in images]

    chosen = choose_validation(named, share)

    have, kept = Counter(canvas for _, canvas, _ in named), Counter(c for group, c, _ in named if group in chosen)
    assert all(kept[canvas] <= round(share * have[canvas]) for canvas in have)
    assert choose_validation(list(reversed(named)), share) == chosen


def test_single_images_give_each_canvas_just_its_share_of_every_theme():
    images = [(f"g{place}", "xyz"[place % 3], "ab"[place // 3 % 2]) for place in range(120)]

    chosen = choose_validation(images, 0.1)

    assert Counter(canvas for group, canvas, _ in images if group in chosen) == {"x": 4, "y": 4, "z": 4}
    assert min(Counter(theme for group, _, theme in images if group in chosen).values()) >= 3


def test_an_image_more_moves_few_groups():
    images = [(f"g{place}", "x", "") for place in range(100)]

    before, after = choose_validation(images, 0.1), choose_validation([*images, ("new", "x", "")], 0.1)

    assert len(before & after) >= 9
