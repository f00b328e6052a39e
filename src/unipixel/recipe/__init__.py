"""Recipes: all numbers of a run, as data; presets that extend one another."""

from unipixel.recipe.load import list_presets, load_recipe, parse_override, preset_path
from unipixel.recipe.model import (
    CaptionRecipe,
    DatasetRecipe,
    EvaluateRecipe,
    LoraRecipe,
    PolicyRecipe,
    Recipe,
    SampleRecipe,
    TrainRecipe,
    WatchRecipe,
)
from unipixel.recipe.show import diff_recipes, dump_recipe, flatten

__all__ = [
    "CaptionRecipe",
    "DatasetRecipe",
    "EvaluateRecipe",
    "LoraRecipe",
    "PolicyRecipe",
    "Recipe",
    "SampleRecipe",
    "TrainRecipe",
    "WatchRecipe",
    "diff_recipes",
    "dump_recipe",
    "flatten",
    "list_presets",
    "load_recipe",
    "parse_override",
    "preset_path",
]
