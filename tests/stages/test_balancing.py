"""The plan says what to do, and does it when told to."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from unipixel.caption import Proposal
from unipixel.dataset import read_manifest, write_manifest
from unipixel.errors import WorkspaceError
from unipixel.image import save_png
from unipixel.stages.adding import add
from unipixel.stages.balancing import plan_balance
from unipixel.stages.captioning import write_captions
from unipixel.stages.deciding import Decision, decide
from unipixel.stages.duplicates import find_duplicates
from unipixel.stages.preparing import prepare, training_file
from unipixel.stages.workspace import Workspace

from .conftest import draw

RECIPE = """extends = "unipixel"
[dataset]
canvases = ["128x96", "96x128"]
images_per_canvas = 4
"""


def shapes() -> np.ndarray:
    """A picture of large shapes, with some grain so that its grid is sure."""
    art = np.full((12, 16, 4), 255, np.uint8)
    art[2:9, 1:6, :3] = (200, 30, 30)
    art[6:12, 9:14, :3] = (20, 20, 90)
    art[::3, ::4, 2] -= 40
    art[1::4, 2::5, 1] //= 2
    return art


@pytest.fixture
def lacking(tmp_path):
    """Five sources for eight places, two of them large enough for several crops."""
    made = Workspace.create(tmp_path / "lacking", preset="unipixel")
    made.recipe_file.write_text(RECIPE)
    for seed in range(5):
        side = 4 if seed < 2 else 1
        save_png(
            tmp_path / "in" / ("cave" if seed % 2 else "city") / f"art-{seed}.png",
            draw(seed, 12 * side, 16 * side).repeat(4, 0).repeat(4, 1),
        )
    add(made, [tmp_path / "in"])
    prepare(made)
    return made


def test_a_plan_alone_changes_nothing(lacking):
    before = {file: file.read_bytes() for file in lacking.root.rglob("*") if file.is_file()}

    plan = plan_balance(lacking).plan

    assert plan.wanted_per_canvas == 4
    assert [(step.source, step.images) for step in plan.crop if step.images > 1]
    assert {file: file.read_bytes() for file in lacking.root.rglob("*") if file.is_file()} == before


def test_an_applied_plan_crops_more_and_stays(lacking):
    images = Counter(row.canvas for row in read_manifest(lacking.manifest) if row.canvas)
    assert images == {"128x96": 2, "96x128": 2}

    plan = plan_balance(lacking, apply=True).plan
    rows = read_manifest(lacking.manifest)

    assert Counter(row.canvas for row in rows if row.canvas) == {"128x96": 4, "96x128": 4}
    assert plan.per_canvas == 4
    assert max(Counter(row.source for row in rows).values()) <= 4
    assert any(step["op"] == "balance" for row in rows for step in row.history)
    again = lacking.manifest.read_bytes()
    prepare(lacking)
    assert lacking.manifest.read_bytes() == again


def test_what_no_crop_can_give_is_repeated_and_asked_for(lacking):
    wish = {"dataset.images_per_canvas": 9}

    result = plan_balance(lacking, overrides=wish, apply=True)

    weights = Counter()
    for row in read_manifest(lacking.manifest):
        weights[row.canvas] += row.repeats if row.canvas else 0
    assert weights["128x96"] == weights["96x128"] == 9
    assert sum(step.images for step in result.plan.still_wanted) == 2 * (9 - result.plan.per_canvas)
    assert {step.native_size for step in result.plan.still_wanted} == {"16x12", "12x16"}


def test_themes_share_the_places_evenly(tmp_path):
    made = Workspace.create(tmp_path / "themes", preset="unipixel")
    made.recipe_file.write_text(RECIPE)
    for seed in range(24):
        folder = "cave" if seed < 18 else "city"
        save_png(tmp_path / "in" / folder / f"a{seed}.png", draw(seed, 12, 16).repeat(4, 0).repeat(4, 1))
    add(made, [tmp_path / "in"])
    prepare(made)

    rows = [row for row in read_manifest(made.manifest) if row.canvas]
    assert Counter(row.theme for row in rows) == {"cave": 4, "city": 4}
    assert set(Counter((row.theme, row.canvas) for row in rows).values()) == {2}


def test_copies_of_another_size_are_equal_and_mirrored_ones_near(lacking, tmp_path):
    save_png(tmp_path / "more" / "big.png", draw(0, 48, 64).repeat(8, 0).repeat(8, 1))
    for name, art in (("shapes", shapes()), ("turned", shapes()[:, ::-1])):
        save_png(tmp_path / "more" / f"{name}.png", art.repeat(4, 0).repeat(4, 1))
    add(lacking, [tmp_path / "more"])
    prepare(lacking)

    found = find_duplicates(lacking)

    assert found.equal == (("sources/art-0.png", "sources/big.png"),)
    assert [(pair.sources, pair.mirrored) for pair in found.near] == [
        (("sources/shapes.png", "sources/turned.png"), True)
    ]
    shown = [row.source for row in read_manifest(lacking.manifest) if row.canvas]
    assert len({"sources/art-0.png", "sources/big.png"} & set(shown)) <= 1


def test_near_doubles_are_left_out_by_a_plan(lacking, tmp_path):
    art = shapes()
    save_png(tmp_path / "more" / "art.png", art.repeat(4, 0).repeat(4, 1))
    art[0, 0, 0] -= 9
    save_png(tmp_path / "more" / "double.png", art.repeat(4, 0).repeat(4, 1))
    add(lacking, [tmp_path / "more"])
    prepare(lacking)

    result = plan_balance(lacking, apply=True)

    assert [(step.source, step.like) for step in result.plan.leave_out] == [("sources/double.png", "sources/art.png")]
    assert not [row for row in read_manifest(lacking.manifest) if row.source == "sources/double.png" and row.canvas]


def test_before_prepare_it_says_what_to_do(tmp_path):
    with pytest.raises(WorkspaceError, match="unipixel prepare"):
        plan_balance(Workspace.create(tmp_path / "new", preset="unipixel"))


def test_validation_images_lie_apart_and_share_no_source(lacking):
    prepare(lacking, overrides={"dataset.validation_share": 0.5})

    rows = [row for row in read_manifest(lacking.manifest) if row.canvas]
    apart = {row.source for row in rows if row.split == "validation"}
    assert apart
    assert not apart & {row.source for row in rows if row.split == "train"}
    assert len(list(lacking.validation.glob("*/*.png"))) == len([row for row in rows if row.split == "validation"])
    assert np.all([len(list((lacking.validation / canvas).glob("*.png"))) == 1 for canvas in ("128x96", "96x128")])
    prepare(lacking)
    assert not lacking.validation.exists()


def test_a_crop_of_several_canvases_is_captioned_as_a_close_up_unless_a_hand_says_otherwise(lacking):
    wish = {"dataset.close_up_from": 2.0}
    prepare(lacking, overrides=wish)
    close = [row for row in read_manifest(lacking.manifest) if row.canvas and row.close_up]
    assert close
    assert all(min(row.native_size) >= 32 for row in close)

    write_captions(lacking, overrides=wish)
    assert "close-up" in training_file(lacking, close[0]).with_suffix(".txt").read_text()

    (lacking.root / close[0].source).with_suffix(".txt").write_text("far away")
    write_captions(lacking, overrides=wish)
    assert "close-up" not in training_file(lacking, close[0]).with_suffix(".txt").read_text()


def test_what_a_tagger_and_a_person_said_of_an_image_stays_with_it(lacking):
    rows = list(read_manifest(lacking.manifest))
    place = next(at for at, row in enumerate(rows) if row.canvas)
    step = {"op": "tag", "by": "some tagger"}
    said = (Proposal("lamp", "hand", by="Ada"),)
    rows[place] = replace(rows[place], history=(*rows[place].history, step), tags=said)
    write_manifest(lacking.manifest, rows)
    mine = rows[place]

    prepare(lacking)
    again = next(row for row in read_manifest(lacking.manifest) if row.canvas and row.id == mine.id)
    assert again.history[-1] == step
    assert again.tags == said

    decide(lacking, [mine.source], Decision(reject=True))
    prepare(lacking)
    decide(lacking, [mine.source], Decision(reopen=True))
    prepare(lacking)
    back = [row for row in read_manifest(lacking.manifest) if row.canvas and row.id == mine.id]
    assert [(row.tags, row.own_history) for row in back if row.canvas == mine.canvas] == [(said, (step,))]
