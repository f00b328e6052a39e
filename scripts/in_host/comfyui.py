"""ComfyUI: our nodes in its server, driven through the API that its own page uses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from in_host.checks import require
from in_host.comfyui_server import ComfyUI, command_of, environment, lay_base
from PIL import Image

from host_cases import CASES, IDS, by_library
from host_pictures import draw, soften
from host_server import PATIENCE, Refused
from unipixel import convert
from unipixel.conversion import encode_conversion
from unipixel.grid import upscale
from unipixel.image import load_image
from unipixel.plugin import plugin_source

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "integrations" / "comfyui" / "descriptions.json"
EXAMPLE = plugin_source("comfyui") / "example_workflows" / "api" / "convert.json"
MOST_START = 0.3
"""Seconds that the nodes may add to the host's start."""


def checks(folder: Path, python: Path, work: Path, rounds: int) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """All checks, in order; the server runs while they are taken."""
    require((folder / "main.py").is_file(), f"{folder}: this is not the folder of ComfyUI, for it has no main.py.")
    base = lay_base(work / "with", with_nodes=True)
    if rounds:
        yield "start, with and without the nodes", partial(_start_cost, folder, python, work, base, rounds)
    with ComfyUI(folder, python, base) as host:
        host.upload("opaque.png", _png(soften(upscale(draw(5), 8))))
        host.upload("clear.png", _png(soften(upscale(draw(5, clear=True), 8))))
        yield "the log has no complaint", lambda: _log(host)
        yield "nodes are described as recorded", lambda: _descriptions(host)
        yield "example workflows are offered", lambda: _templates(host)
        yield "the example workflow `convert`", lambda: _example(host)
        for (widgets, words), name in zip(CASES, IDS, strict=True):
            for picture in ("opaque", "clear"):
                yield (
                    f"library and node write the same bytes: {name}, {picture}",
                    partial(_same_bytes, host, f"{picture}.png", widgets, words),
                )
        yield "each step by itself makes what Convert makes", lambda: _steps(host)
        yield "Save Image keeps every level", lambda: _save_image(host)
        yield "a batch is one animation", lambda: _batch(host)
        yield "the preview is the native at a whole zoom", lambda: _preview(host)
        yield "the same prompt runs once", lambda: _cached(host)
        yield "nonsense is refused before anything is drawn", lambda: _nonsense(host)


def _start_cost(folder: Path, python: Path, work: Path, base: Path, rounds: int) -> str:
    """Start and end at once, with and without the nodes in turn; the quickest of each counts."""
    bases = {"without": lay_base(work / "without", with_nodes=False), "with": base}
    best = dict.fromkeys(bases, float("inf"))
    for _ in range(rounds + 1):  # the first one fills caches of files
        for name, place in bases.items():
            start = time.perf_counter()
            command = [*command_of(folder, python, place), "--quick-test-for-ci"]
            run = subprocess.run(
                [str(word) for word in command], env={**os.environ, **environment()}, cwd=folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False,
            )  # fmt: skip
            require(run.returncode == 0, f"it ends with {run.returncode}: {run.stdout[-600:].decode(errors='replace')}")
            best[name] = min(best[name], time.perf_counter() - start)
    added = best["with"] - best["without"]
    told = f"{best['without']:.2f} s without, {best['with']:.2f} s with: {added:+.2f} s"
    require(added <= MOST_START, told)
    return told


def _log(host: ComfyUI) -> str:
    said = host.said()
    lines = [line.strip() for line in said.splitlines() if "unipixel-nodes" in line]
    require(bool(lines), "the log does not name our folder")
    require(not any("FAILED" in line or "Cannot import" in line for line in lines), "; ".join(lines))
    require("UniPixel has no nodes" not in said, "the core was not found")
    return lines[-1]


def _descriptions(host: ComfyUI) -> str:
    told, recorded = json.loads(host.ask("/object_info")), json.loads(RECORDED.read_text("utf-8"))
    for name, record in recorded.items():
        require(name in told, f"{name} is missing")
        for key, value in record.items():
            if key == "output_tooltips" and not value:
                continue
            require(told[name].get(key) == value, f"{name}: {key} is {told[name].get(key)}, not {value}")
    return f"{len(recorded)} nodes among {len(told)}"


def _templates(host: ComfyUI) -> str:
    told = json.loads(host.ask("/api/workflow_templates"))
    names = sorted(next(iter(told.values()))) if told else []
    require(names == ["convert", "mini-unipixel", "unipixel"], f"offered: {told}")
    return ", ".join(names)


def _example(host: ComfyUI) -> str:
    prompt = json.loads(EXAMPLE.read_text("utf-8"))
    host.upload(prompt["1"]["inputs"]["image"], _png(soften(upscale(draw(7), 8))))
    told = host.run(prompt)
    made = convert(load_image(_png(soften(upscale(draw(7), 8)))), colors="auto")
    ((saved,), (enlarged,)) = host.files(told, "4"), host.files(told, "3")
    require(np.array_equal(load_image(saved), made.native), "the native is another")
    require(np.array_equal(load_image(enlarged), upscale(made.native, 8)), "the enlarged picture is another")
    with Image.open(io.BytesIO(saved)) as image:
        kept = json.loads(image.text["prompt"])  # with what the host adds to it
        require(all(kept[name]["inputs"] == node["inputs"] for name, node in prompt.items()), "the prompt is another")
        return f"{image.width}x{image.height}, mode {image.mode}"


def _same_bytes(host: ComfyUI, picture: str, widgets: dict[str, Any], words: list[str]) -> None:
    (written,) = host.files(host.run(_prompt(picture, **widgets)), "3")
    source = _png(soften(upscale(draw(5, clear=picture == "clear.png"), 8)))
    require(written == by_library(source, words), "the file's bytes are others")


def _steps(host: ComfyUI) -> None:
    prompt = _prompt("opaque.png")
    prompt["4"] = {"class_type": "UniPixelGridDiscipline", "inputs": {"images": ["1", 0]}}
    prompt["5"] = {"class_type": "UniPixelDetectGrid", "inputs": {"images": ["4", 1]}}
    prompt["6"] = {"class_type": "UniPixelToNative", "inputs": {"images": ["4", 1], "grid": ["5", 0]}}
    prompt["7"] = {"class_type": "UniPixelPalette", "inputs": {"palette": "sweetie-16"}}
    prompt["2"] = {"class_type": "UniPixelSnapToPalette", "inputs": {"images": ["6", 0], "palette": ["7", 0]}}
    prompt["3"]["inputs"] |= {"mask": ["2", 1], "palette": ["7", 0]}
    (written,) = host.files(host.run(prompt), "3")
    source = _png(soften(upscale(draw(5), 8)))
    require(written == by_library(source, ["--palette", "sweetie-16"]), "the file's bytes are others")


def _save_image(host: ComfyUI) -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    host.upload("levels.png", _png(np.dstack([levels, levels[::-1], levels.T, np.full_like(levels, 255)])))
    prompt = _prompt("levels.png", scale=1.0)
    prompt["4"] = {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "levels"}}
    told = host.run(prompt)
    (ours,), (theirs,) = host.files(told, "3"), host.files(told, "4")
    require(np.array_equal(load_image(ours), load_image(theirs)), "levels were shifted")


def _batch(host: ComfyUI) -> None:
    prompt = _prompt("opaque.png", save={"format": "aseprite"}, colors=6)
    prompt["5"] = {"class_type": "RepeatImageBatch", "inputs": {"image": ["1", 0], "amount": 3}}
    prompt["2"]["inputs"]["images"] = ["5", 0]
    (written,) = host.files(host.run(prompt), "3", "files")
    made = convert([load_image(_png(soften(upscale(draw(5), 8))))] * 3, colors=6)
    require(written == encode_conversion(made, ".aseprite"), "the file's bytes are others")


def _preview(host: ComfyUI) -> str:
    told = host.run(_prompt("opaque.png", colors=5))
    (shown,), (native,) = host.files(told, "2"), host.files(told, "3")
    art, preview = load_image(native), load_image(shown)
    zoom = preview.shape[0] // art.shape[0]
    require(zoom > 1 and np.array_equal(preview, upscale(art, zoom)), f"it is {preview.shape[1]}x{preview.shape[0]}")
    return f"x{zoom}"


def _cached(host: ComfyUI) -> None:
    prompt = _prompt("opaque.png", colors=7)
    host.run(prompt)
    messages = dict(host.run(prompt)["status"]["messages"])
    require(set(messages["execution_cached"]["nodes"]) == set(prompt), f"cached: {messages['execution_cached']}")


def _nonsense(host: ComfyUI) -> None:
    for widgets in ({"dither": "bayer-4"}, {"native_size": "big"}, {"zoom": 65}, {"palette": "../../secret.png"}):
        try:
            host.run(_prompt("opaque.png", **widgets))
        except Refused as error:
            require(str(error).startswith("400"), str(error))
        else:
            raise AssertionError(f"{widgets} was taken")


def _prompt(picture: str, *, save: dict[str, Any] | None = None, **widgets: Any) -> dict[str, Any]:
    """A picture, Convert, Save."""
    links = {"images": ["2", 0], "mask": ["2", 2], "palette": ["2", 3]}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": picture}},
        "2": {"class_type": "UniPixelConvert", "inputs": {"images": ["1", 0], "mask": ["1", 1], **widgets}},
        "3": {
            "class_type": "UniPixelSave",
            "inputs": {**links, "filename_prefix": "art", "metadata": False, **(save or {})},
        },
    }


def _png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
