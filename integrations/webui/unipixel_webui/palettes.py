"""Palettes: the shelf and a person's own files as swatches to click, and files that are dropped.

A palette is named by text: a name on the shelf, a file in the folder, or colours. No other file can be named, so that
nobody's notes or calls can make the web UI read one.
"""

import base64
import html
from functools import lru_cache
from pathlib import Path

FOLDER = ("unipixel", "palettes")
"""Of the web UI's data folder: where a person puts palette files."""


def palette_folder():
    """Where a person puts palette files."""
    from modules.paths_internal import data_path

    return Path(data_path).joinpath(*FOLDER)


def named_palette(text):
    """Find a palette by its name, its file's name in the folder, or its colours; None where the text is empty.

    Raises
    ------
    PaletteError
        There is none; the nearest name is in the message.
    """
    from unipixel.color import choose_palette

    return choose_palette(text.strip(), palette_folder()) if text.strip() else None


def dropped(data):
    """What the panel shows when a file is dropped: the colours as text, and their swatches.

    Parameters
    ----------
    data : bytes
        A strip, or a palette file of any format.
    """
    import gradio as gr

    from unipixel.color import parse_palette
    from unipixel.errors import UniPixelError

    try:
        palette = parse_palette(data or b"", "the file")
    except UniPixelError as error:
        return gr.update(), _sentence(str(error))
    return ",".join(palette.to_hex()), _swatches(palette)


def chosen(text):
    """Swatches of the palette that a text names, or what is wrong with it."""
    from unipixel.errors import UniPixelError

    try:
        palette = named_palette(text or "")
    except UniPixelError as error:
        return _sentence(str(error))
    return "" if palette is None else _swatches(palette)


def shelf(box):
    """All palettes as buttons with swatches.

    Parameters
    ----------
    box : str
        Id of the text box that a click fills.
    """
    from unipixel.color import palette_files, palette_names
    from unipixel.errors import UniPixelError

    buttons = []
    for name in [*palette_names(), *palette_files(palette_folder())]:
        try:
            buttons.append(_button(box, name, named_palette(name)))
        except UniPixelError:  # a file that holds none is told when it is named
            continue
    return f'<div class="unipixel-shelf">{"".join(buttons)}</div>'


def _button(box, name, palette):
    name = html.escape(name, quote=True)
    return (
        f'<button type="button" data-box="{box}" data-palette="{name}" onclick="unipixelChoose(this)">'
        f"<span>{name}</span>{_strip(palette.to_hex())}</button>"
    )


def _swatches(palette):
    count = f"{len(palette)} colour{'s' if len(palette) > 1 else ''}"
    return f'<div class="unipixel-chosen">{_strip(palette.to_hex())}<span>{count}</span></div>'


@lru_cache(256)
def _strip(codes):
    """Colours as a picture of one pixel each, which the page stretches; the same in each tab."""
    from unipixel.color import Palette, draw_swatches
    from unipixel.image import encode_png

    png = encode_png(draw_swatches(Palette.from_hex(codes), size=1, columns=len(codes)))
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _sentence(text):
    return f'<div class="unipixel-problem">{html.escape(text)}</div>'
