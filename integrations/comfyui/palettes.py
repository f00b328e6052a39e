"""Palettes by name: those of the shelf, and files that a person put into ComfyUI's own folder for them.

The list is made anew whenever ComfyUI asks for it, so that a file shows up without a restart. Names reach the shelf and
that folder alone: a workflow from elsewhere can't make ComfyUI read any other file.
"""

from pathlib import Path

from .host import user_folder

NO_PALETTE = "none"


def palette_folder():
    """Where a person puts palette files; None outside of ComfyUI."""
    folder = user_folder()
    return None if folder is None else Path(folder) / "unipixel" / "palettes"


def palette_names():
    """Names on the shelf, then files."""
    from unipixel.color import palette_files
    from unipixel.color import palette_names as on_shelf

    return [*on_shelf(), *palette_files(palette_folder())]


def named_palette(name):
    """Find a palette by its name in the list, or by its colours.

    Raises
    ------
    PaletteError
        There is none; the nearest name is in the message.
    """
    from unipixel.color import choose_palette

    return choose_palette(name, palette_folder())


def palette_problem(name):
    """What is wrong with a name as a sentence; True where nothing is, as ComfyUI wants it."""
    from unipixel.errors import UniPixelError

    if name is None:  # linked: the run will tell
        return True
    try:
        named_palette(name)
    except UniPixelError as error:
        return str(error)
    return True


def palette_state(name):
    """What tells ComfyUI that a palette's file was changed."""
    from unipixel.color import palette_files

    file = palette_files(palette_folder()).get(name)
    return name if file is None else f"{name} {file.stat().st_mtime_ns} {file.stat().st_size}"
