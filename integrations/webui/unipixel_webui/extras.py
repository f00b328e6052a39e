"""UniPixel in Extras: single pictures, batches and folders."""

import logging

from modules import scripts_postprocessing

from .asked import asked
from .infotext import to_notes, to_problem
from .panel import make_panel
from .pictures import convert_picture
from .settings import KEEP_NATIVE, extras_api, setting


class UniPixelExtras(scripts_postprocessing.ScriptPostprocessing):
    """The panel in Extras."""

    name = "UniPixel"
    order = 500
    """Before the upscaler (1000), which is on by default and would blur the art."""
    extra_only = True
    """For reForge: the other tabs have a panel of their own."""

    def ui(self):
        return make_panel("extras")

    def process(self, pp, **values):
        """Convert a picture."""
        from unipixel.errors import UniPixelError

        given = {}
        try:
            given = _asked(values)
            if given is None:
                return
            made = convert_picture(pp.image, given)
        except UniPixelError as error:
            logging.warning("UniPixel: %s", error)
            pp.info.update(to_problem(given, error))
            return
        finally:
            # What is asked to be pixel art is enlarged by nothing else, converted or not.
            pp.disable_processing = pp.disable_processing or given is not None
        pp.info.update(to_notes(given, made.native.shape[:2]))
        if made.options.zoom > 1 and setting(KEEP_NATIVE):
            pp.extra_images.append(pp.create_copy(made.at_native_size, nametags=["native"], disable_processing=True))
        pp.image = made.shown


def _asked(values):
    """Option to value, or None; a program's call, which has None for every control, asks what the settings say."""
    if all(value is None for value in values.values()):
        return extras_api()
    return asked(*values.values())
