"""The page in the web UI's settings; programs can set the same for one call, in ``override_settings``."""

import json

SECTION = ("unipixel", "UniPixel")

KEEP_ORIGINAL = "unipixel_keep_original"
KEEP_NATIVE = "unipixel_keep_native"
INDEXED = "unipixel_indexed"
EXTRAS_API = "unipixel_extras_api"

PAGE = {
    KEEP_ORIGINAL: (True, "Keep the picture as it was drawn, beside the pixel art (txt2img, img2img)"),
    KEEP_NATIVE: (True, "Where zoom enlarges the pixel art, keep its native too"),
    INDEXED: (True, "Write PNG files of pixel art indexed, with the palette in its order"),
    EXTRAS_API: (
        "",
        'Convert what programs send to Extras, whose calls can hold no options: JSON such as {"preset": "unipixel"}; '
        "empty converts nothing",
    ),
}
"""Setting to default and label."""


def setting(name):
    """What a setting holds; its default where the page was never made, as without the web page."""
    from modules import shared

    return getattr(shared.opts, name, PAGE[name][0])


def extras_api():
    """What programs' calls of Extras ask for: option to value, or None for nothing.

    Raises
    ------
    OptionError
        The setting holds no options.
    """
    from unipixel.errors import OptionError

    text = setting(EXTRAS_API).strip()
    if not text:
        return None
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise OptionError(f'the setting {EXTRAS_API} holds no options: write them as {{"preset": "unipixel"}}.')
    return given


def register():
    """Have the page made."""
    from modules import script_callbacks

    script_callbacks.on_ui_settings(_make_page)


def _make_page():
    from modules import shared

    for name, (default, label) in PAGE.items():
        shared.opts.add_option(name, shared.OptionInfo(default, label, section=SECTION))
