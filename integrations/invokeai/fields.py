"""Fields made of the core's own list of options: names, ranges, defaults and help texts are the core's."""

from typing import Literal

from pydantic import BaseModel, create_model

from invokeai.invocation_api import InputField
from unipixel.color import palette_names
from unipixel.conversion import controls

NO_PALETTE = "none"

FIELDS = (
    "preset", "scale", "native_size", "offset", "cells", "min_confidence", "sheet", "parts",
    "palette", "colors", "keep", "quantizer", "dither", "dither_strength", "serpentine",
    "background", "background_tolerance", "alpha", "alpha_threshold",
    "clean_halo", "clean_near_duplicates", "clean_orphans", "clean_outline", "clean_jaggies", "zoom",
)  # fmt: skip
"""In the order of the node."""

LEFT_OUT = {"optimize": "it is of files, and InvokeAI writes its own"}

_TYPES = {"switch": bool, "whole": int, "number": float, "text": str}


def fields_model(first):
    """Make a model with a field for each option.

    Parameters
    ----------
    first : int
        Place of the first one on the node, from 0.

    Returns
    -------
    type
        For an invocation to inherit from.
    """
    known = {control.name: control for control in controls()}
    made = {name: _field(known[name], first + place) for place, name in enumerate(FIELDS)}
    return create_model("UniPixelOptions", __base__=BaseModel, __module__=__name__, **made)


def _field(control, place):
    """Type and field of a control, as pydantic takes them."""
    settings = {"description": control.help, "ui_order": place}
    if control.least is not None:
        settings["ge"] = control.least
    if control.most is not None:
        settings["le"] = control.most
    if control.name == "palette":
        told = "On the shelf; colours or a picture go before it."
        return Literal[(NO_PALETTE, *palette_names())], InputField(default=NO_PALETTE, description=told, ui_order=place)
    kind = Literal[control.choices] if control.kind == "choice" else _TYPES[control.kind]
    return kind, InputField(default=control.default, **settings)
