"""Check the extension in a web UI that runs: python scripts/check_webui.py http://127.0.0.1:7860 [--draw].

The web UI must have been started with --api, and say "Startup time" already: asked earlier, some versions break. Its
settings are put back as they were. With --draw a picture is drawn too, for which it needs a model.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from host_pictures import draw, enlarged  # found by the line above
from unipixel.conversion import controls, convert
from unipixel.image import encode_png, load_image

SETTING = "unipixel_extras_api"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--draw", action="store_true", help="draw a picture too; needs a model")
    chosen = parser.parse_args()
    host = Host(chosen.address.rstrip("/"))
    checks = [*check_panels(host), *check_extras(host), *(check_drawing(host) if chosen.draw else ())]
    for name, holds in checks:
        print(f"{'yes' if holds else 'NO '}  {name}")
    return 0 if all(holds for _, holds in checks) else 1


class Host:
    """A web UI's API."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.address}/sdapi/v1/{path}") as answer:
            return json.load(answer)

    def post(self, path: str, sent: Any) -> Any:
        request = urllib.request.Request(
            f"{self.address}/sdapi/v1/{path}", json.dumps(sent).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def check_panels(host: Host) -> Iterator[tuple[str, bool]]:
    """Our panel is in both tabs, with the core's options."""
    options = {control.name.replace("_", " "): control.default for control in controls()}
    ours = [each for each in host.get("script-info") if each["name"] == "unipixel"]
    yield "txt2img and img2img have a panel each", sorted(each["is_img2img"] for each in ours) == [False, True]
    for each in ours:
        told = {part["label"]: part.get("value") for part in each["args"][1:]}
        yield f"{'img2img' if each['is_img2img'] else 'txt2img'}: the panel has the core's options", told == options


def check_extras(host: Host) -> Iterator[tuple[str, bool]]:
    """Extras converts what programs send if the settings say so, exactly and with alpha."""
    before = host.get("options")[SETTING]
    for name, clear in (("opaque", False), ("with alpha", True)):
        picture = np.asarray(enlarged(draw(1, clear=clear), soft=True))
        sent = {"image": base64.b64encode(encode_png(picture)).decode(), "upscaling_resize": 2, "upscaler_1": "Lanczos"}
        for setting, wanted in (("", None), ('{"preset": "unipixel"}', convert(picture, preset="unipixel").native)):
            host.post("options", {SETTING: setting})
            got = load_image(base64.b64decode(host.post("extra-single-image", sent)["image"]))
            if wanted is None:
                yield f"Extras, {name}: off, the picture is no native", got.shape[:2] != (20, 24)
            else:
                yield f"Extras, {name}: on, the very native of the library", np.array_equal(got, wanted)
    host.post("options", {SETTING: before})


def check_drawing(host: Host) -> Iterator[tuple[str, bool]]:
    """A picture that is drawn is converted, and what it was follows it."""
    answer = host.post(
        "txt2img",
        {
            "prompt": "a castle",
            "steps": 1,
            "width": 256,
            "height": 256,
            "alwayson_scripts": {"UniPixel": {"args": [{"preset": "unipixel", "zoom": 2}]}},
            "override_settings": {"unipixel_keep_original": True, "unipixel_keep_native": True},
        },
    )
    made, drawn, native = (load_image(base64.b64decode(each.split(",")[-1])) for each in answer["images"][:3])
    wanted = convert(drawn, preset="unipixel").native
    yield "txt2img: the picture is the library's, enlarged", np.array_equal(made, wanted.repeat(2, 0).repeat(2, 1))
    yield "txt2img: its native follows", np.array_equal(native, wanted)
    yield "txt2img: its notes tell the settings", "UniPixel: 32x32, UniPixel preset: unipixel" in answer["info"]


if __name__ == "__main__":
    sys.exit(main())
