"""Report: one self-contained page that shows a run from its sources to its figures."""

from unipixel.report.page import render_report

__all__ = ["render_report"]
