"""UniPixel in A1111's web UI and its descendants: thin, one call of the core for each picture."""

from importlib.util import find_spec


def why_no_core():
    """What is wrong with the core as a sentence, or None."""
    try:
        # the room that came with this extension: an older core, or an unrelated package of that name, has none
        found = find_spec("unipixel.plugin")
    except Exception as error:  # whatever another package of that name raises must not stop the host
        return f"its core can't be loaded ({error})"
    return None if found else "its core is too old"
