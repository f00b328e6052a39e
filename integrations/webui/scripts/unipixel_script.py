"""Registers UniPixel with the web UI, which runs this file at its start and again whenever it reloads its scripts.

Nothing is ever installed from here; without the core nothing is registered, and one sentence says what to do.
"""

import logging
import sys

# After an update the web UI reloads its scripts in the same process: what they imported before is forgotten.
for name in [name for name in sys.modules if name.partition(".")[0] == "unipixel_webui"]:
    del sys.modules[name]

from unipixel_webui import why_no_core  # noqa: E402  # the web UI puts the extension's folder on the path

if problem := why_no_core():
    logging.warning(
        'UniPixel is not in the web UI: %s. Install it with: "%s" -m pip install --upgrade unipixel-kit',
        problem,
        sys.executable,
    )
else:
    from unipixel_webui import saving, settings
    from unipixel_webui.extras import UniPixelExtras
    from unipixel_webui.generation import UniPixelScript

    __all__ = ["UniPixelExtras", "UniPixelScript"]  # the web UI takes the classes that it finds here

    settings.register()
    saving.register()
