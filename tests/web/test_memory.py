"""What is kept never costs more than the bound; the longest unused goes first."""

from hypothesis import given
from hypothesis import strategies as st

from unipixel.web.memory import Memory


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40))))
def test_the_bound_holds(puts):
    memory = Memory(100)

    for key, cost in puts:
        memory.put(key, key, cost)
        assert memory.cost <= 100
        assert memory.get(key) == key


def test_the_longest_unused_is_forgotten_first():
    memory = Memory(3)
    for key in "abc":
        memory.put(key, key, 1)
    memory.get("a")

    memory.put("d", "d", 1)

    assert [memory.get(key) for key in "abcd"] == ["a", None, "c", "d"]


def test_what_costs_more_than_all_is_not_kept():
    memory = Memory(3)

    memory.put("large", 1, 4)

    assert memory.get("large") is None
    assert memory.cost == 0
