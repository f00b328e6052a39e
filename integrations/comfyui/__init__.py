"""UniPixel's nodes for ComfyUI.

Only names are handed over here: the core is loaded when a node is first asked for its widgets, so that starting ComfyUI
costs next to nothing. Nothing is ever installed from here; without the core there are no nodes, and one sentence says
what to do.
"""

import logging
import sys
from importlib.util import find_spec

NODE_CLASS_MAPPINGS = {}
NODE_DISPLAY_NAME_MAPPINGS = {}


def _why_no_core():
    """What is wrong with the core as a sentence, or None."""
    try:
        # the room that came with these nodes: an older core, or an unrelated package of that name, has none
        found = find_spec("unipixel.plugin")
    except Exception as error:  # whatever another package of that name raises must not stop the host
        return f"its core can't be loaded ({error})"
    return None if found else "its core is too old"


def _register():
    from .nodes import NODES

    NODE_CLASS_MAPPINGS.update({node.__name__: node for node in NODES})
    NODE_DISPLAY_NAME_MAPPINGS.update({node.__name__: node.TITLE for node in NODES})


if problem := _why_no_core():
    logging.warning(
        'UniPixel has no nodes: %s. Install it with: "%s" -m pip install --upgrade unipixel-kit',
        problem,
        sys.executable,
    )
else:
    _register()

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"]
