"""What a person or a program asks for: the values of the panel's controls, or none where nothing is asked."""

from collections.abc import Mapping

ENABLE = "enable"
"""The switch of the whole panel, before all options."""

ORDER = (
    "preset", "scale", "native_size", "offset", "cells", "min_confidence", "sheet", "parts",
    "palette", "colors", "keep", "quantizer", "dither", "dither_strength", "serpentine",
    "background", "background_tolerance", "alpha", "alpha_threshold",
    "clean_halo", "clean_near_duplicates", "clean_orphans", "clean_outline", "clean_jaggies", "zoom", "optimize",
)  # fmt: skip
"""Options in the order of the arguments. Programs send them by place: what is new goes to the end."""


def label_of(name):
    """What a person reads of an option: ``native size`` for ``native_size``."""
    return name.replace("_", " ")


def asked(*arguments):
    """Read the arguments of a call.

    Parameters
    ----------
    *arguments
        The switch and the options in their order; those that are missing, or None as some calls send it, hold their
        defaults. Or one mapping of option to value, which programs find easier; that asks by being there.

    Returns
    -------
    dict or None
        Option to value; None where nothing is asked.
    """
    if arguments and isinstance(arguments[0], Mapping):
        given = dict(arguments[0])
        return given if given.pop(ENABLE, True) else None
    given = dict(zip((ENABLE, *ORDER), arguments))  # noqa: B905  # a program may send fewer
    return given if given.pop(ENABLE, None) else None


def read_asked(given):
    """Read option to value as options of the core.

    Raises
    ------
    UniPixelError
        A value is none, out of its range or contradicts another; there is no such option, or no such palette.
    """
    from unipixel.conversion import read_form

    from .palettes import palette_folder

    return read_form(given, palette_folder())
