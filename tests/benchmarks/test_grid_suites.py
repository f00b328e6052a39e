import json

import cases
import damage
import families
import gridless
import natives
import numpy as np
import pytest
import suites
from scoring import Answer, judge, read_truth

NATIVE = natives.draw_native(0, (30, 38))
HARD = [
    name
    for group in ("enlargement", "lines", "native")
    for name in damage.GROUPS[group]
    if name != "screenshot"  # may be a JPEG
]
"""Damage that leaves every colour as it was."""


def same(one: cases.Case, other: cases.Case) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("image", "native", "rows", "cols", "scored")]
    return all(np.array_equal(a, b) for a, b in pairs) and one.least == other.least


def assert_consistent(case: cases.Case) -> None:
    assert case.image.dtype == np.uint8
    assert case.native is not None
    for axis, lines in enumerate((case.rows, case.cols)):
        assert len(lines) == case.native.shape[axis] + 1
        assert lines[0] == 0
        assert lines[-1] == pytest.approx(case.image.shape[axis])
        assert (np.diff(lines) > 0).all()
    assert case.scored.shape == case.native.shape[:2]
    assert case.least[0] <= case.native.shape[0]
    assert case.least[1] <= case.native.shape[1]


def test_there_are_43_kinds_of_damage_and_13_families():
    assert len(damage.DAMAGES) == 43
    assert len(families.FAMILIES) == 13


@pytest.mark.parametrize("name", damage.DAMAGES)
def test_damage_follows_from_its_seed_and_keeps_its_truth(name):
    case = damage.DAMAGES[name](NATIVE, cases.rng_for(name, "x"), 0.6)
    again = damage.DAMAGES[name](NATIVE, cases.rng_for(name, "x"), 0.6)

    assert same(case, again)
    assert_consistent(case)
    assert judge(case, read_truth(case), is_clean=False).size
    assert judge(case, read_truth(case), is_clean=False).aligned == 1


@pytest.mark.parametrize("name", damage.DAMAGES)
def test_without_severity_the_truth_can_be_read_off(name):
    case = damage.DAMAGES[name](NATIVE, cases.rng_for(name, "x"), 0.0)

    assert judge(case, read_truth(case), is_clean=True).exact


@pytest.mark.parametrize("name", HARD)
def test_hard_damage_leaves_the_colours(name):
    case = damage.DAMAGES[name](NATIVE, cases.rng_for(name, "x"), 0.6)

    assert judge(case, read_truth(case), is_clean=True).match > 0.97


@pytest.mark.parametrize("name", damage.GROUPS["native"])
def test_damage_to_the_native_image_changes_the_truth(name):
    native = natives.draw_native(1, (40, 40))
    case = damage.DAMAGES[name](native, cases.rng_for(name, "x"), 1.0)

    assert (case.native != native).any()


@pytest.mark.parametrize("name", [name for name in families.FAMILIES if name != "no grid"])
def test_families_follow_from_their_seeds_and_keep_their_truth(name):
    case = families.FAMILIES[name].make(NATIVE, cases.rng_for(name, "y"))
    again = families.FAMILIES[name].make(NATIVE, cases.rng_for(name, "y"))
    score = judge(case, read_truth(case), is_clean=families.FAMILIES[name].is_clean)

    assert same(case, again)
    assert_consistent(case)
    assert score.size
    assert score.main == 1 if families.FAMILIES[name].is_clean else score.main > 0.5


def test_pictures_without_a_grid_have_no_truth():
    case = families.FAMILIES["no grid"].make(NATIVE, cases.rng_for("z"))

    assert case.native is None
    assert judge(case, Answer(None), is_clean=True).main == 1
    assert judge(case, Answer(NATIVE), is_clean=True).main == 0


def test_gridless_pictures_follow_from_their_numbers():
    assert all(np.array_equal(gridless.draw_gridless(i), gridless.draw_gridless(i)) for i in range(len(gridless.KINDS)))


def test_natives_follow_from_their_seeds_and_are_no_enlargements():
    for seed in range(10):
        native = natives.draw_native(seed)

        assert np.array_equal(native, natives.draw_native(seed))
        for axis in (0, 1):
            moves = (np.diff(native.astype(int), axis=axis) != 0).any(-1).any(1 - axis)
            assert moves.mean() > 0.4


def test_a_folder_is_drawn_evenly_from_its_packages(tmp_path):
    items = [{"id": f"{package}_{k}", "package": package, "w": 20, "h": 20} for package in "ab" for k in range(9)]
    items.append({"id": "small", "package": "c", "w": 20, "h": 8})
    (tmp_path / "manifest.json").write_text(json.dumps(items), "utf-8")

    chosen = natives.folder_natives(tmp_path, 6)

    assert len(set(chosen)) == 6
    assert sum(name.startswith("a") for name in chosen) == 3


def test_suites_ask_for_their_folders(monkeypatch):
    monkeypatch.delenv(natives.FOLDER, raising=False)
    monkeypatch.delenv(suites.REAL_FOLDER, raising=False)

    for name in ("gridbench", "realai"):
        with pytest.raises(SystemExit, match="UNIPIXEL_"):
            suites.open_suite(name, "fast")


def test_own_suites_need_no_game(monkeypatch):
    monkeypatch.delenv(natives.FOLDER, raising=False)
    monkeypatch.setattr(natives, "has_game", lambda: False)
    suite = suites.open_suite("damage43", "fast", images=2)

    assert len(suite.cases()) == 2 * 44
    made, image = suite.make("fractional", "drawn-001")
    assert suite.judge("fractional", made, read_truth(made)).exact
    assert image.shape[2] == 3
