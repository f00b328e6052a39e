"""Report: self-contained pages that show a run, an evaluation or a comparison from its pictures to its figures."""

from unipixel.report.comparison.page import render_comparison
from unipixel.report.evaluation.page import render_evaluation
from unipixel.report.page import render_report

__all__ = ["render_comparison", "render_evaluation", "render_report"]
