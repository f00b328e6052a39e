"""Recipes say all that is wrong at once, and presets say what the article says."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import RecipeError
from unipixel.recipe import diff_recipes, dump_recipe, flatten, list_presets, load_recipe, parse_override

ARTICLE = {
    "unipixel": {
        "scale": 8,
        "trigger": "nv-p1xel4rt",
        "dataset.canvases": ["1152x896", "896x1152", "1024x1024"],
        "dataset.images_per_canvas": 40,
        "dataset.max_colors": 32,
        "caption.profile": "recipe",
        "lora.rank": 32,
        "train.optimizer": "adamw",
        "train.steps": 4928,
    },
    "mini-unipixel": {
        "scale": 16,
        "trigger": "nv-mp1xel4rt",
        "dataset.canvases": ["1152x896", "896x1152", "1024x1024"],
        "dataset.images_per_canvas": 27,
        "caption.profile": "recipe",
        "lora.rank": 32,
        "train.optimizer": "adamw",
        "train.steps": 3628,
        "sample.steps": 24,
    },
}
"""Facts of the article (civitai 20213)."""
NAMES = {"name", "title"}


@pytest.mark.parametrize("name", list_presets())
def test_every_preset_loads_and_round_trips(name, tmp_path):
    recipe = load_recipe(name)
    file = tmp_path / f"{name}.toml"
    file.write_text(dump_recipe(recipe), "utf-8")

    assert load_recipe(file) == recipe


@pytest.mark.parametrize("name", ARTICLE)
def test_presets_hold_the_facts_of_the_article(name):
    values = flatten(load_recipe(name))

    assert {key: values[key] for key in ARTICLE[name]} == ARTICLE[name]


@pytest.mark.parametrize("name", ARTICLE)
def test_what_the_article_does_not_state_is_marked_as_ours(name):
    recipe = load_recipe(name)
    ours = {key for key, reason in recipe.ours.items() if reason}

    assert set(flatten(recipe)) - NAMES - set(ARTICLE[name]) == ours


def test_what_the_demo_changes_is_marked_as_ours():
    recipe = load_recipe("demo")
    changed = set(diff_recipes(load_recipe("unipixel"), recipe)) - NAMES

    assert changed <= {key for key, reason in recipe.ours.items() if reason}


def test_ours_names_values_that_exist():
    for name in list_presets():
        recipe = load_recipe(name)
        assert set(recipe.ours) <= set(flatten(recipe))


def test_all_problems_at_once_with_the_nearest_name(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "unipixel"\nscal = 8\n[train]\nsteps = "many"\nlerning_rate = 1.0\n'
        '[dataset]\ncanvases = ["100x96"]\n',
        "utf-8",
    )

    with pytest.raises(RecipeError) as caught:
        load_recipe(file)

    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for part in (
        "Did you mean scale?",
        "train.steps = 'many' must be a whole number",
        "Did you mean learning_rate?",
        "100x96",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("scale=7", "no whole number of 7 px"),
        ("policy.sexual=forbid", "must be one of: refuse, label, allow"),
        ("lora.rank=0", "must be 1 or more"),
        ("lora.targets=everything", "must be one of"),
        ("dataset.max_colors=300", "must be 2 to 256"),
        ("train.caption_dropout=1.5", "must be 0 to 1"),
        ("train.learning_rate=0.0", "must be above 0"),
        ("train.warmup_steps=-1", "must be 0 or more"),
        ("sample.prompts=[]", "is empty"),
        ("sample.sampler=k_euler", "must be one of: base, euler"),
        ('sample.unseen=["1024x1024"]', "so it is seen"),
        ("trigger=a, b", "one word"),
        ("evaluate.themes=[]", "evaluate.themes is empty"),
        ("evaluate.seeds=0", "must be 1 or more"),
        ('evaluate.lights=["disco"]', "what 'disco' does to a palette is not known. Known are: day"),
        ("evaluate.weights=[0.5, 0.5]", "evaluate.weights holds something twice"),
        ("evaluate.weights=[inf]", "is not finite"),
    ],
)
def test_numbers_that_can_not_be_run_are_named(override, sentence):
    with pytest.raises(RecipeError, match=sentence):
        load_recipe("unipixel", dict([parse_override(override)]))


def test_overrides_win():
    recipe = load_recipe("unipixel", dict([parse_override("train.steps=100"), parse_override("trigger=abc")]))

    assert (recipe.train.steps, recipe.trigger) == (100, "abc")
    assert load_recipe("unipixel").train.steps == 4928


def test_an_override_needs_a_name():
    with pytest.raises(RecipeError, match="NAME=VALUE"):
        parse_override("100")


@given(st.integers(1, 10**6), st.floats(1e-8, 1, allow_nan=False))
def test_numbers_survive_override_and_dump(steps, rate):
    recipe = load_recipe(
        "demo", dict([parse_override(f"train.steps={steps}"), parse_override(f"train.learning_rate={rate}")])
    )

    assert recipe.train == dataclasses.replace(recipe.train, steps=steps, learning_rate=rate)


def test_an_unknown_preset_names_the_nearest():
    with pytest.raises(RecipeError, match="Did you mean unipixel"):
        load_recipe("unipixle")


def test_a_file_can_extend_a_file_and_a_circle_is_noticed(tmp_path):
    (tmp_path / "a.toml").write_text('extends = "unipixel"\n[train]\nsteps = 7\n')
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n[train]\nbatch_size = 2\n')

    train = load_recipe(tmp_path / "b.toml").train

    assert (train.steps, train.batch_size) == (7, 2)
    (tmp_path / "a.toml").write_text('extends = "b.toml"\n')
    with pytest.raises(RecipeError, match="circle"):
        load_recipe(tmp_path / "b.toml")


def test_what_is_no_toml_is_one_sentence(tmp_path):
    (tmp_path / "a.toml").write_text("= = =")

    with pytest.raises(RecipeError, match="not a TOML file"):
        load_recipe(tmp_path / "a.toml")
    with pytest.raises(RecipeError, match="no such recipe file"):
        load_recipe(tmp_path / "absent.toml")
