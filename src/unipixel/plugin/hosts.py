"""Host programs that a plug-in can be put into: where it goes, and what a person does then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Host:
    """A program that loads plug-ins from a folder."""

    title: str
    """What people call it."""
    plugins: str
    """Folder of the program that holds its plug-ins; by it the program is known."""
    folder: str
    """Ours among them: no word that Python could import instead of the package."""
    set_aside: str
    """A folder beside ours that the program finds no plug-in in; holds one while it is put in or taken out."""
    pythons: tuple[str, ...]
    """Where the program's own Python may lie, from its folder; the first that is there is named to the person."""
    then: str
    """What a person does when the core is installed."""


HOSTS: Mapping[str, Host] = {
    "comfyui": Host(
        title="ComfyUI",
        plugins="custom_nodes",
        folder="unipixel-nodes",
        set_aside=".unipixel-nodes.disabled",
        pythons=(
            "venv/bin/python",
            ".venv/bin/python",
            "venv/Scripts/python.exe",
            ".venv/Scripts/python.exe",
            "../python_embeded/python.exe",
        ),
        then="Restart ComfyUI. The nodes are in the menu under UniPixel, example workflows under Browse Templates.",
    ),
    "invokeai": Host(
        title="InvokeAI",
        plugins="nodes",
        folder="unipixel-nodes",
        set_aside=".unipixel-nodes.disabled",
        pythons=(".venv/bin/python", ".venv/Scripts/python.exe", "venv/bin/python", "venv/Scripts/python.exe"),
        then="Restart InvokeAI. In the workflow editor, Add Node finds UniPixel Convert.",
    ),
    "webui": Host(
        title="the web UI",
        plugins="extensions",
        folder="unipixel-webui",
        set_aside=".unipixel-webui-set-aside",  # an extension without a script of its own is none
        pythons=(
            "venv/bin/python",
            "venv/Scripts/python.exe",
            ".venv/bin/python",
            ".venv/Scripts/python.exe",
            "../system/python/python.exe",
        ),
        then="Restart the web UI. UniPixel is in txt2img, img2img and Extras, and has a page in Settings.",
    ),
}
"""By the name that the command takes."""
