"""Evaluation: how far pictures obey one grid, how good a native looks by itself, and how sure a mean of figures is."""

from unipixel.evaluation.discipline import MAX_PSNR, Discipline, measure_discipline
from unipixel.evaluation.intervals import Interval, bootstrap, paired_difference
from unipixel.evaluation.quality import Quality, measure_quality

__all__ = [
    "MAX_PSNR",
    "Discipline",
    "Interval",
    "Quality",
    "bootstrap",
    "measure_discipline",
    "measure_quality",
    "paired_difference",
]
