"""The panel, made of the core's own list of options: names, ranges, defaults and help texts are the core's."""

from .asked import ENABLE, ORDER, label_of
from .palettes import chosen, dropped, shelf

FIRST = (("preset", "zoom"), ("palette",), ("colors", "dither"))
"""Rows of what most people set; the others are folded away by group."""

GROUPS = {"grid": "Grid", "color": "Colours", "clean-up": "Clean-up", "output": "Output"}

WIDTH = 320
"""Least px of a control; a row breaks where the next one has no room."""

FEW = 4
"""Choices that are shown side by side; more are in a list."""


def make_panel(tab):
    """Make the panel of a tab.

    Parameters
    ----------
    tab : str
        Makes the ids of its parts: ``unipixel_TAB_NAME``.

    Returns
    -------
    dict
        Name to component: the switch, then the options in their order.
    """
    import gradio as gr
    from modules.ui_components import InputAccordion

    from unipixel.conversion import controls

    known = {control.name: control for control in controls()}
    made = {}
    with InputAccordion(False, label="UniPixel", elem_id=f"unipixel_{tab}") as made[ENABLE]:
        for row in FIRST:
            made.update(_row(row, known, tab))
            if "palette" in row:
                _add_shelf(made["palette"], tab)
        for group, title in GROUPS.items():
            rest = [name for name in ORDER if known[name].group == group and name not in made]
            with gr.Accordion(title, open=False):
                made.update(_row(rest, known, tab))
    return {name: made[name] for name in (ENABLE, *ORDER)}


def _add_shelf(box, tab):
    """Swatches of the chosen palette, a place to drop files, and all palettes to click."""
    import gradio as gr

    swatches = gr.HTML("", elem_id=f"unipixel_{tab}_swatches")
    with gr.Accordion("Shelf of palettes, or drop a file", open=False):
        file = gr.File(
            label="Drop a palette: a .png strip, .hex, .gpl, .pal, .ase, .act or any picture of few colours",
            type="binary",
            elem_id=f"unipixel_{tab}_drop",
        )
        gr.HTML(shelf(box.elem_id))
    file.upload(dropped, inputs=[file], outputs=[box, swatches], show_progress="hidden")
    box.change(chosen, inputs=[box], outputs=[swatches], show_progress="hidden")


def _row(names, known, tab):
    import gradio as gr

    with gr.Row():
        return {name: _component(known[name], tab) for name in names}


def _component(control, tab):
    import gradio as gr

    shared = {
        "label": label_of(control.name),
        "value": control.default,
        "info": control.help,
        "elem_id": f"unipixel_{tab}_{control.name}",
        "min_width": WIDTH,
    }
    if control.kind == "choice":
        kind = gr.Radio if len(control.choices) <= FEW else gr.Dropdown
        return kind(choices=list(control.choices), **shared)
    if control.kind == "switch":
        return gr.Checkbox(**shared)
    if control.kind == "text":
        return gr.Textbox(**shared, max_lines=1)
    step = 1 if control.kind == "whole" else 0.01
    if control.most is None:
        return gr.Number(**shared, minimum=control.least)
    return gr.Slider(minimum=control.least, maximum=control.most, step=step, **shared)
