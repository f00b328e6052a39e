"""The options as a form with one control for each: what the nodes and panels of host programs are made of.

A form has no empty field for a number and none for two numbers, so some options are written in a way of their own
here; names, ranges, defaults and help texts are those of :class:`unipixel.conversion.Options`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from unipixel.cleanup import CLEANUPS
from unipixel.color import Palette, choose_palette
from unipixel.conversion.options import Group, Options
from unipixel.conversion.pairs import PAIRS
from unipixel.errors import OptionError

Kind: TypeAlias = Literal["choice", "switch", "whole", "number", "text"]
"""One of some names, on or off, a whole number, any number, a line of text."""

AUTO_COLORS = -1
"""What the control ``colors`` holds for ``auto``."""


@dataclass(frozen=True)
class Control:
    """One control of a form."""

    name: str
    """The option's name; of a clean-up ``clean_`` and its own, with underscores."""
    kind: Kind
    default: str | int | float | bool
    """What it holds where nobody touched it."""
    help: str
    """The option's help text, and what stands for nothing."""
    group: Group
    choices: tuple[str, ...] = ()
    """Of a choice."""
    least: float | None = None
    """Of a number; what stands for nothing is within the range."""
    most: float | None = None


_BLANKS: Mapping[str, tuple[Kind, str | int | float, str]] = {
    "scale": ("number", 0.0, "0: not known."),
    **{name: ("text", "", f"Written {pair.name}.") for name, pair in PAIRS.items()},
    "palette": ("text", "", ""),
    "colors": ("whole", 0, f"0: the picture's own colours; {AUTO_COLORS}: auto."),
    "keep": ("text", "", ""),
    "background": ("text", "", ""),
}
"""Options without a default: the control's kind, what stands for nothing, and how to say so."""

_PALETTES = ("palette", "keep")


@cache
def controls() -> tuple[Control, ...]:
    """All controls, in the order of the options."""
    return tuple(control for each in fields(Options) for control in _controls_of(each))


def read_form(values: Mapping[str, Any], palettes: Path | None = None) -> Options:
    """Read what a form's controls hold.

    Parameters
    ----------
    values : mapping
        Control to value. Controls that are missing, or None as some hosts send it, hold their defaults; ``palette``
        and ``keep`` may be a :class:`unipixel.color.Palette` too.
    palettes : Path, optional
        Folder of a person's own palette files. Texts name a file in it, a palette on the shelf, or colours; they may
        come from anywhere, so no other file is read.

    Returns
    -------
    Options

    Raises
    ------
    OptionError
        A value is none, out of its range or contradicts another, in the form's words; or there is no such control.
    PaletteError
        There is no such palette.
    """
    known = {control.name: control for control in controls()}
    if unknown := sorted(set(values) - set(known)):
        raise OptionError(f"There is no option {unknown[0]!r}.")
    try:
        held = {name: _held(control, values.get(name)) for name, control in known.items()}
        clean = tuple(name for name in CLEANUPS if held.pop(_clean_name(name)))
        return Options(clean=clean, **{name: _read(name, value, palettes) for name, value in held.items()})
    except OptionError as error:
        raise OptionError(in_form_words(str(error))) from None


def in_form_words(sentence: str) -> str:
    """Name options in a sentence as a form does: ``native_size`` for ``--native-size``.

    Examples
    --------
    >>> in_form_words("Give --scale or --native-size where you know it.")
    'Give scale or native_size where you know it.'
    """
    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda found: found[1].replace("-", "_"), sentence)


def _controls_of(each: Field[Any]) -> tuple[Control, ...]:
    rule = each.metadata
    if each.name == "clean":
        return tuple(_switch_of(name, told) for name, told in CLEANUPS.items())
    default: Any
    kind, default, blank = _BLANKS.get(each.name) or (_kind(each), each.default, "")
    least = rule["least"] if default == each.default or rule["least"] is None else min(rule["least"], default)
    return (
        Control(
            each.name,
            kind,
            default,
            in_form_words(f"{rule['help']} {blank}".strip()),
            rule["group"],
            tuple(rule["choices"]),
            AUTO_COLORS if each.name == "colors" else least,
            rule["most"],
        ),
    )


def _kind(each: Field[Any]) -> Kind:
    if each.metadata["choices"]:
        return "choice"
    kinds: Mapping[type, Kind] = {bool: "switch", int: "whole", float: "number"}
    return kinds.get(type(each.default), "text")


def _switch_of(name: str, told: str) -> Control:
    return Control(_clean_name(name), "switch", False, f"Clean-up: {told}.", "clean-up")


def _clean_name(name: str) -> str:
    return "clean_" + name.replace("-", "_")


def _held(control: Control, value: Any) -> Any:
    """What a control holds; of a kind that a form can't make, as programs may send it, it is refused."""
    if value is None:
        return control.default
    if control.kind == "whole" and isinstance(value, float) and value.is_integer():
        return int(value)  # sliders send 16.0
    kinds, told = _KINDS[control.kind]
    fits = isinstance(value, kinds) and (control.kind == "switch" or not isinstance(value, bool))
    if fits or (control.name in _PALETTES and isinstance(value, Palette)):
        return value
    raise OptionError(f"--{control.name.replace('_', '-')} {value!r:.80} is {told}.")


_KINDS: Mapping[Kind, tuple[tuple[type, ...], str]] = {
    "choice": ((str,), "no name"),
    "switch": ((bool,), "neither true nor false"),
    "whole": ((int,), "no whole number"),
    "number": ((int, float), "no number"),
    "text": ((str,), "no text"),
}
"""Types of a control's values, and what another one is."""


def _read(name: str, value: Any, palettes: Path | None) -> Any:
    """The option that a control's value stands for."""
    if name == "colors" and value == AUTO_COLORS:
        return "auto"
    if name in _BLANKS and not isinstance(value, Palette) and value == _BLANKS[name][1]:
        return None
    if name in _PALETTES and isinstance(value, str):
        return choose_palette(value, palettes)
    if name not in PAIRS:
        return value
    try:
        return PAIRS[name].read(value)
    except OptionError as error:
        raise OptionError(f"--{name.replace('_', '-')}: {error}") from None
