"""UniPixel's node for InvokeAI.

The node's fields are the core's options, so the core is loaded at InvokeAI's start. Nothing is ever installed from
here; without the core there is no node, and one sentence says what to do.
"""

import logging
import sys
from importlib.util import find_spec


def _why_no_core():
    """What is wrong with the core as a sentence, or None."""
    try:
        # the room that came with plug-ins: an older core, or an unrelated package of that name, has none
        found = find_spec("unipixel.plugin")
    except Exception as error:  # whatever another package of that name raises must not spoil the host's start
        return f"its core can't be loaded ({error})"
    return None if found else "its core is too old"


if problem := _why_no_core():
    logging.getLogger("InvokeAI").warning(
        'UniPixel has no node: %s. Install it with: "%s" -m pip install --upgrade unipixel-kit',
        problem,
        sys.executable,
    )
else:
    from .convert import UniPixelConvertInvocation, UniPixelConvertOutput

    __all__ = ["UniPixelConvertInvocation", "UniPixelConvertOutput"]
