"""Checks of a data set, one idea a file; :mod:`~unipixel.dataset.checks.folder` does them all."""

from unipixel.dataset.checks.counts import check_length, equal_repeats
from unipixel.dataset.checks.finding import Finding, Remedy, Severity, faults, in_order
from unipixel.dataset.checks.folder import check_folders, check_pairs, check_training_folder, training_images
from unipixel.dataset.checks.images import IMAGE_ENDINGS, check_image
from unipixel.dataset.checks.leftovers import check_leftovers
from unipixel.dataset.checks.rows import check_change, check_natives, check_rows, missing_labels

__all__ = [
    "IMAGE_ENDINGS",
    "Finding",
    "Remedy",
    "Severity",
    "check_change",
    "check_folders",
    "check_image",
    "check_leftovers",
    "check_length",
    "check_natives",
    "check_pairs",
    "check_rows",
    "check_training_folder",
    "equal_repeats",
    "faults",
    "in_order",
    "missing_labels",
    "training_images",
]
