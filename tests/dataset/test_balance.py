from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.dataset import Candidate, Canvas, Window, balance, propose_candidates
from unipixel.errors import CanvasError

CANVASES = (Canvas(1152, 896), Canvas(896, 1152), Canvas(1024, 1024))


@st.composite
def offers(draw):
    """Candidates of up to nine sources; not every source fits every canvas."""
    found = []
    for number in range(draw(st.integers(1, 9))):
        for canvas in CANVASES:
            for rank in range(draw(st.integers(0, 3))):
                cost = draw(st.integers(0, 100)) / 100
                found.append(Candidate(f"s{number}", canvas, Window(rank, 0, 4, 4), cost, rank))
    return found


@given(offers(), st.one_of(st.none(), st.integers(1, 12)), st.one_of(st.none(), st.integers(1, 3)), st.randoms())
def test_counts_are_equal_and_the_plan_does_not_depend_on_order(found, per_canvas, reuse, random):
    plan = balance(found, per_canvas=per_canvas, reuse=reuse)

    counts = Counter(candidate.canvas for candidate in plan.chosen)
    assert all(counts[canvas] == plan.per_canvas for canvas in {candidate.canvas for candidate in found})
    assert plan.per_canvas <= plan.wanted or not found
    assert len(set(plan.chosen)) == len(plan.chosen)
    assert set(plan.chosen) <= set(found)
    assert max(plan.uses.values(), default=0) <= (reuse or 99)
    shuffled = list(found)
    random.shuffle(shuffled)
    assert balance(shuffled, per_canvas=per_canvas, reuse=reuse) == plan


def full(sources: int, windows: int, cost=lambda source, canvas, rank: 0.5) -> list[Candidate]:
    return [
        Candidate(f"s{source:03d}", canvas, Window(rank, 0, 4, 4), cost(source, canvas, rank), rank)
        for source in range(sources)
        for canvas in CANVASES
        for rank in range(windows)
    ]


@pytest.mark.parametrize(("sources", "per_canvas"), [(9, 3), (9, 7), (10, 6), (64, 40), (5, 1)])
def test_sources_are_used_about_equally_often(sources, per_canvas):
    plan = balance(full(sources, 4), per_canvas=per_canvas)

    uses = [plan.uses.get(f"s{source:03d}", 0) for source in range(sources)]
    assert plan.per_canvas == per_canvas
    assert max(uses) - min(uses) <= 1


def test_each_source_goes_where_it_loses_least():
    favourite = balance(full(9, 1, lambda source, canvas, rank: 0.0 if CANVASES[source % 3] == canvas else 0.9))

    assert favourite.per_canvas == 3
    assert sum(candidate.cost for candidate in favourite.chosen) == 0


def test_what_turns_got_wrong_is_mended():
    """``x`` has most to lose and chooses first, but is dear anywhere: ``y``, left out, takes its place."""
    costs = {("x", 0): 0.8, ("x", 1): 1.4, ("y", 0): 0.1, ("y", 1): 0.2, ("z", 0): 0.15, ("z", 1): 0.3}
    found = [Candidate(name, CANVASES[at], Window(0, 0, 4, 4), cost) for (name, at), cost in costs.items()]
    plan = balance(found, per_canvas=1, reuse=1)

    assert sorted(candidate.cost for candidate in plan.chosen) == [0.15, 0.2]


def test_two_that_gain_by_it_exchange_canvases():
    """Each chooses in turn what is best for itself; ``y`` and ``z`` are better off the other way round."""
    costs = {"x": (0.0, 0.3, 0.9), "y": (0.1, 0.35, 0.36), "z": (0.2, 0.25, 0.9)}
    found = [
        Candidate(name, canvas, Window(0, 0, 4, 4), cost)
        for name, row in costs.items()
        for canvas, cost in zip(CANVASES, row, strict=True)
    ]

    assert sorted(candidate.cost for candidate in balance(found).chosen) == [0.0, 0.25, 0.36]


def test_a_shortage_lowers_every_canvas_alike():
    plan = balance(full(10, 1), per_canvas=40, reuse=1)

    assert (plan.per_canvas, plan.wanted) == (3, 40)


def test_no_candidates_make_an_empty_plan():
    assert balance([], per_canvas=4).chosen == ()


def test_candidates_of_a_native():
    native = np.full((20, 60, 4), 255, np.uint8)
    native[..., :3] = np.random.default_rng(0).integers(0, 256, (20, 60, 3))
    canvases = (Canvas(160, 160), Canvas(480, 160))
    found = propose_candidates("wide", native, canvases, scale=8, count=3)

    assert [c.rank for c in found if c.canvas == canvases[0]] == [0, 1, 2]
    assert [c.cost for c in found if c.canvas == canvases[1]] == [0.0]
    assert found[0].to_dict()["canvas"] == "160x160"
    with pytest.raises(CanvasError):
        propose_candidates("wide", native, canvases, scale=7)


def test_the_same_pixels_are_used_once():
    native = np.full((8, 8, 4), 255, np.uint8)
    found = [c for name in ("a", "b") for c in propose_candidates(name, native, (Canvas(64, 64),), scale=8)]

    assert [candidate.source for candidate in balance(found, per_canvas=2).chosen] == ["a"]


def test_a_cheaper_source_that_was_left_out_takes_the_place():
    found = full(5, 1, lambda source, canvas, rank: 0.1 if source in (1, 3, 4) else 0.8)

    assert set(balance(found, per_canvas=1).uses) == {"s001", "s003", "s004"}


def test_fill_costs_too():
    small = np.zeros((4, 4, 4), np.uint8)

    assert propose_candidates("small", small, (Canvas(64, 32),), scale=8)[0].cost == 0.25
