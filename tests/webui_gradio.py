"""A stand-in for Gradio that only notes what is made: for tests of a panel that no browser needs to show."""

from types import ModuleType, SimpleNamespace


class Component:
    """A component or a layout, with its settings as attributes and its events as a list."""

    def __init__(self, value=None, **settings):
        self.value, self.settings, self.events = value, settings, []
        self.label, self.elem_id = settings.get("label"), settings.get("elem_id")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def _note(self, fn, inputs=(), outputs=(), **settings):
        self.events.append(SimpleNamespace(fn=fn, inputs=inputs, outputs=outputs, settings=settings))

    change = upload = click = _note


def stand_in():
    """A module as an extension imports it."""
    module = ModuleType("gradio")
    for name in (
        "Accordion", "Blocks", "Checkbox", "Column", "Dropdown", "File", "Group", "HTML", "Number", "Radio", "Row",
        "Slider", "Textbox",
    ):  # fmt: skip
        setattr(module, name, type(name, (Component,), {}))
    module.update = lambda **settings: settings
    return module
