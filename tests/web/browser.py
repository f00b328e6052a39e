"""A studio in a real browser: Chromium is found, or the tests fail and say how to get it; they never skip."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
"""Where flows leave a picture of what they ended with, for a person to look at."""

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


@contextmanager
def started(*words: str):
    """A studio, started as a person starts it; gives the address that it prints."""
    command = [sys.executable, "-m", "unipixel", "serve", *words, "--port=0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()


@contextmanager
def opened(browser, address: str, part: str = "convert", width: int = 1280, height: int = 800, **settings):
    """One part of the page, opened; at the end no error was logged and no other server was asked."""
    context = browser.new_context(viewport={"width": width, "height": height}, **settings)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, asked, told = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}#{part}")
    page.wait_for_selector(f"body[data-ready={part}]")
    yield page
    home = address.split("?")[0]
    assert [url for url in asked if not url.startswith((home, "blob:", "data:"))] == []
    assert [text for text in told if "status of 422" not in text] == []
    context.close()


def keep(page, name: str) -> None:
    """Keep a picture of the whole page as ``build/screenshots/NAME.png``."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
