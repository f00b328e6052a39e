"""The settings in a picture's notes, and back from there into the panel."""

from .asked import ENABLE, label_of

KEY = "UniPixel"
"""The note that says that a picture was converted: its native size, or why it was not. Before the names of options."""

NOT = "not converted"


def key_of(name):
    """Key of an option: ``UniPixel native size`` for ``native_size``."""
    return f"{KEY} {label_of(name)}"


def to_notes(given, native_size):
    """Notes on a conversion: native size, and all options that differ from their defaults.

    Parameters
    ----------
    given : mapping
        Option to value.
    native_size : (int, int)
        ``(h, w)`` in native px.
    """
    height, width = native_size
    return {KEY: f"{width}x{height}", **_settings(given)}


def to_problem(given, sentence):
    """Notes on a picture that could not be converted."""
    return {KEY: f"{NOT}: {sentence}", **_settings(given)}


def paste_fields(panel):
    """What restores the panel from notes, as the web UI wants it: pairs of a component and a function of the notes.

    Notes of a picture that was not drawn with UniPixel turn it off, and leave its options alone.
    """
    return [(component, _restorer(name)) for name, component in panel.items()]


def _restorer(name):
    if name == ENABLE:
        return lambda notes: KEY in notes
    return lambda notes: _restored(name, notes)


def _restored(name, notes):
    if KEY not in notes:
        return None  # for the web UI: leave it
    control = _controls()[name]
    written = notes.get(key_of(name))
    if written is None:
        return control.default
    if control.kind == "switch":
        return str(written) == "True"
    if control.kind in ("whole", "number"):
        return type(control.default)(float(written))
    return str(written)


def _settings(given):
    known = _controls()
    return {
        key_of(name): str(value)
        for name, value in given.items()
        if name in known and value is not None and value != known[name].default
    }


def _controls():
    from unipixel.conversion import controls

    return {control.name: control for control in controls()}
