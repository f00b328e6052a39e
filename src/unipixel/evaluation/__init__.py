"""Evaluation: how far pictures obey one grid, and how sure a mean of such figures is."""

from unipixel.evaluation.discipline import MAX_PSNR, Discipline, measure_discipline
from unipixel.evaluation.intervals import Interval, bootstrap, paired_difference

__all__ = ["MAX_PSNR", "Discipline", "Interval", "bootstrap", "measure_discipline", "paired_difference"]
