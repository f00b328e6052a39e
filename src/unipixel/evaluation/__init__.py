"""Evaluation: grid discipline, the quality of a native, what words move, copies; and how sure a mean of figures is."""

from unipixel.evaluation.discipline import MAX_PSNR, Discipline, measure_discipline
from unipixel.evaluation.diversity import mean_pairwise_distance
from unipixel.evaluation.intervals import Interval, bootstrap, paired_difference
from unipixel.evaluation.likeness import Nearest, find_nearest, pixel_distance
from unipixel.evaluation.memorisation import MANY_COPIES, NEAR, copy_bound, memorises
from unipixel.evaluation.palette import LIGHT_EFFECTS, Effect, PaletteFigures, measure_palette
from unipixel.evaluation.quality import Quality, measure_quality
from unipixel.evaluation.ranks import average_ranks, spearman
from unipixel.evaluation.units import (
    ENOUGH,
    blocked_correlation,
    bootstrap_units,
    is_above,
    is_below,
    mean_by_unit,
)

__all__ = [
    "ENOUGH",
    "LIGHT_EFFECTS",
    "MANY_COPIES",
    "MAX_PSNR",
    "NEAR",
    "Discipline",
    "Effect",
    "Interval",
    "Nearest",
    "PaletteFigures",
    "Quality",
    "average_ranks",
    "blocked_correlation",
    "bootstrap",
    "bootstrap_units",
    "copy_bound",
    "find_nearest",
    "is_above",
    "is_below",
    "mean_by_unit",
    "mean_pairwise_distance",
    "measure_discipline",
    "measure_palette",
    "measure_quality",
    "memorises",
    "paired_difference",
    "pixel_distance",
    "spearman",
]
