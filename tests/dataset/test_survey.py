"""Tables count what images show; values that always come together are named."""

from unipixel.caption import Proposal
from unipixel.dataset import Entry
from unipixel.dataset.survey import describe, survey


def image(name: int, theme: str, canvas: str, *tags: str) -> Entry:
    return Entry(
        f"{name:012d}", f"sources/{name}.png", "0" * 64, theme=theme, canvas=canvas,
        tags=tuple(Proposal(tag, "hand") for tag in tags),
    )  # fmt: skip


ROWS = [
    *(image(place, "city", "64x64", "night") for place in range(4)),
    *(image(place, "forest", "64x64", "day") for place in range(4, 8)),
    *(image(place, "cave", "96x64", "dark", "close-up") for place in range(8, 12)),
]


def test_values_are_counted_and_those_that_never_meet_are_known():
    found = survey(ROWS)

    assert found.images == 12
    assert found.counts["theme"] == {"cave": 4, "city": 4, "forest": 4}
    table = next(table for table in found.tables if table.axes == ("theme", "canvas"))
    assert table.counts["city"] == {"64x64": 4, "96x64": 0}
    assert table.empty == (("cave", "64x64"), ("city", "96x64"), ("forest", "96x64"))
    assert table.information == 1.0


def test_what_always_comes_together_is_a_confound():
    said = [str(confound) for confound in survey(ROWS).confounds]

    assert "4 of 4 images of night are also city" in said
    assert not any("dark" in sentence and "city" in sentence for sentence in said)


def test_independent_axes_tell_nothing_of_each_other():
    rows = [image(2 * i + j, "ab"[i], ("64x64", "96x64")[j]) for i in range(2) for j in range(2)]

    assert next(table for table in survey(rows).tables if table.axes == ("theme", "canvas")).information == 0.0
    assert not survey(rows).confounds


def test_tags_that_are_only_proposed_say_nothing_and_a_close_up_is_one():
    row = Entry("a", "b", "0" * 64, tags=(Proposal("night", "measured", state="proposed"),), close_up=True)

    assert describe(row) == {"theme": "?", "canvas": "?", "distance": "close-up", "light": "?"}
    assert survey([row]).images == 0
