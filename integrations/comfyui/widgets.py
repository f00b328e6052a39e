"""Widgets made of the core's own list of options: names, ranges, defaults and help texts are the core's."""

from .palettes import NO_PALETTE, palette_names

_TYPES = {"switch": "BOOLEAN", "whole": "INT", "number": "FLOAT", "text": "STRING"}


def option_widgets(*names):
    """Widgets of options, by the names of the core's form and in this order."""
    from unipixel.conversion import controls

    known = {control.name: control for control in controls()}
    return {name: _widget(known[name]) for name in names}


def choice(values, tooltip, default=None):
    """A widget to choose from a list."""
    values = list(values)
    return (values, {"default": default or values[0], "tooltip": tooltip})


def number(default, tooltip, *, least, most, step=1):
    """A widget for a number: whole where its default is."""
    kind = "INT" if isinstance(default, int) else "FLOAT"
    return (kind, {"default": default, "min": least, "max": most, "step": step, "tooltip": tooltip})


def text(tooltip, *, default="", multiline=False):
    """A widget for text."""
    return ("STRING", {"default": default, "multiline": multiline, "tooltip": tooltip})


def switch(default, tooltip):
    """A widget that is on or off."""
    return ("BOOLEAN", {"default": default, "tooltip": tooltip})


def _widget(control):
    if control.name == "palette":
        return choice([NO_PALETTE, *palette_names()], control.help)
    if control.kind == "choice":
        return choice(control.choices, control.help, control.default)
    settings = {"default": control.default, "tooltip": control.help}
    if control.least is not None:
        settings["min"] = control.least
    if control.most is not None:
        settings["max"] = control.most
    if control.kind == "number":
        settings |= {"step": 0.01, "round": False}
    return (_TYPES[control.kind], settings)
