"""How long the studio takes for a change of an option: python benchmarks/convert/studio.py; see README.md beside it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

from run import draw_picture

CHANGES = {
    "nothing": {},
    "preset": {"preset": "unipixel"},
    "cells": {"cells": "median"},
    "palette": {"palette": "sweetie-16"},
    "palette, ordered dither": {"palette": "sweetie-16", "dither": "bayer-4"},
    "palette, error diffusion": {"palette": "sweetie-16", "dither": "floyd-steinberg"},
    "automatic palette": {"colors": 16},
    "number of colours found": {"colors": "auto"},
    "all clean-ups": {"clean": ["halo", "near-duplicates", "orphans", "outline", "jaggies"]},
    "background": {"background": "flood"},
}
"""What a person changes, beside the defaults."""

HEAD = "| change | median ms | slowest ms |\n|---|---|---|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=6, help="pictures of each kind")
    parser.add_argument("--folder", type=Path, help="pictures of your own instead")
    parser.add_argument("--browser", metavar="CHROMIUM", help="time the page in this browser too (Playwright)")
    chosen = parser.parse_args()
    pictures = load(chosen.folder) if chosen.folder else {
        kind: [draw_picture(kind, seed) for seed in range(chosen.images)] for kind in ("clean", "soft")
    }  # fmt: skip
    command = [sys.executable, "-m", "unipixel", "serve", "--port=0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        address = server.stdout.readline().split()[-1]
        try:
            for kind, files in pictures.items():
                print(f"\n{kind}: {len(files)} pictures\n\n{HEAD}")
                table(time_server(address, files))
                if chosen.browser:
                    print(f"\nIn the page, from the change to the drawn canvas:\n\n{HEAD}")
                    table(time_page(address, files, chosen.browser))
        finally:
            server.terminate()


def load(folder: Path) -> dict[str, list[bytes]]:
    return {str(folder): [file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()]}


def table(times: dict[str, list[float]]) -> None:
    for change, spent in times.items():
        print(f"| {change} | {median(spent):.0f} | {max(spent):.0f} |")


def time_server(address: str, files: list[bytes]) -> dict[str, list[float]]:
    """Milliseconds of each change, by HTTP, with the grid found before; each picture's changes are new ones."""
    times: dict[str, list[float]] = {change: [] for change in CHANGES}
    for file in files:
        picture = ask(address, "/api/pictures", file)["picture"]
        for change, options in CHANGES.items():
            began = time.perf_counter()
            ask(address, "/api/convert", json.dumps({"picture": picture, "options": options}).encode())
            times[change].append(1000 * (time.perf_counter() - began))
    return times


def ask(address: str, path: str, body: bytes) -> dict:
    where = urlsplit(address)
    token = parse_qs(where.query)["token"][0]
    asked = urllib.request.Request(
        f"http://{where.netloc}{path}", body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def time_page(address: str, files: list[bytes], browser: str) -> dict[str, list[float]]:
    """Milliseconds that the page itself tells, of palettes that the server has not given it before."""
    from playwright.sync_api import expect, sync_playwright

    shown = {
        "palette": ("#shelf [data-name=pico-8] button", "unipixel convert picture.png --palette pico-8"),
        "none": ("#reset", "unipixel convert picture.png"),
    }
    times: dict[str, list[float]] = {"palette": []}
    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        for file in files:
            page.set_input_files("#files", {"name": "picture.png", "mimeType": "image/png", "buffer": file})
            page.wait_for_selector("#save:enabled")
            for change, (button, words) in shown.items():
                page.click(button)
                expect(page.locator("#command")).to_have_text(words)
                if change in times:
                    times[change].append(float(page.inner_text("#status").rsplit("(", 1)[1].split()[0]))
            page.click("#clear")
        opened.close()
    return times


if __name__ == "__main__":
    main()
