"""Chromium for the browser tests: found, or installed where the machine's package manager has it, or a failure."""

import os
import shutil
import subprocess
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # in containers tests run as root, where Chromium's sandbox does not start
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@cache
def find_chromium() -> str:
    """Path of a Chromium. Where there is none, Debian's is installed; where that fails too, so do the tests.

    The variable ``CHROMIUM`` names one that lies elsewhere.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise RuntimeError("the browser tests need Chromium: install it, or name one with CHROMIUM=PATH.")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "--no-install-recommends", "-y", "chromium"], check=True)
    return find_chromium.__wrapped__()
