"""Chromium for the browser tests: found, or a failure that says how to get it; never a skip."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",  # in containers tests run as root, where Chromium's sandbox does not start
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def find_chromium() -> str:
    """Path of a Chromium; the variable ``CHROMIUM`` names one that lies elsewhere. ``make test`` installs Debian's."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise RuntimeError("the browser tests need Chromium: install it, or name one with CHROMIUM=PATH.")
    return found
