"""Every value of a recipe is described in the words of its dataclass."""

from unipixel.recipe import flatten, load_recipe
from unipixel.recipe.check import CHOICES
from unipixel.recipe.fields import recipe_fields


def test_all_values_are_there_in_order_with_a_help():
    assert list(recipe_fields()) == list(flatten(load_recipe("unipixel")))
    for field in recipe_fields().values():
        assert len(field.help) > 8, field
        assert not set("`\n") & set(field.help), field


def test_kinds_are_those_of_the_values():
    kinds = {int: "integer", float: "number", bool: "boolean", str: "text", list: "list"}
    for name, value in flatten(load_recipe("unipixel")).items():
        assert recipe_fields()[name].kind == kinds[type(value)], name


def test_words_are_those_that_the_check_takes():
    assert recipe_fields()["train.optimizer"].choices == tuple(CHOICES["train.optimizer"])
    assert recipe_fields()["train.steps"].choices == ()
    assert set(CHOICES) <= set(recipe_fields())
