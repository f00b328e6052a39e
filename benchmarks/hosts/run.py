"""What plug-ins cost in their hosts: python benchmarks/hosts/run.py; see README.md beside it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import torch

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks" / "convert")]

from run import draw_picture  # noqa: E402

from comfyui_host import PACK, load_pack, registered  # noqa: E402  # found by the line above
from unipixel.conversion import Options, convert_with, describe  # noqa: E402
from unipixel.image import load_image  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=64, help="of the long batch")
    parser.add_argument("--rounds", type=int, default=5, help="times each thing is timed; the quickest counts")
    parser.add_argument("--only", choices=["convert", "start", "webui"], help="one table alone")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        give_folders(Path(folder))
        if chosen.only in (None, "convert"):
            measure_convert(chosen.frames, chosen.rounds)
        if chosen.only in (None, "start"):
            measure_start(chosen.rounds)
        if chosen.only in (None, "webui"):
            measure_webui(chosen.rounds)


def give_folders(folder: Path) -> None:
    """Stand in for the host's module of folders, so that previews are written as they are there."""
    module = ModuleType("folder_paths")
    module.get_temp_directory = module.get_user_directory = lambda: str(folder)  # type: ignore[attr-defined]
    sys.modules["folder_paths"] = module


def quickest(rounds: int, *things: Callable[[], object]) -> np.ndarray:
    """Least seconds of each thing, by the clock and of all processors: ``(things, 2)``.

    They take turns, so that a busy machine is unkind to all alike.
    """
    best = np.full((len(things), 2), np.inf)
    for _ in range(rounds):
        for place, thing in enumerate(things):
            start = time.perf_counter(), time.process_time()
            thing()
            took = time.perf_counter() - start[0], time.process_time() - start[1]
            best[place] = np.minimum(best[place], took)
    return best


def measure_convert(frames: int, rounds: int) -> None:
    print("\nThe node beside the library call, 1024x1024 px, seconds\n")
    print("| picture | batch | widgets | library | node | ratio | of processor time |\n|---|--:|---|--:|--:|--:|--:|")
    convert = registered(load_pack())["UniPixelConvert"]()
    for kind, count, widgets, options in (
        ("clean", 1, {}, Options()),
        ("soft", 1, {}, Options()),
        ("clean", 4, {"batch": "apart", "preset": "unipixel"}, Options(preset="unipixel")),
        ("soft", 4, {"batch": "apart", "preset": "unipixel"}, Options(preset="unipixel")),
        ("soft", 16, {"colors": 16}, Options(colors=16)),
        ("clean", frames, {"colors": 16}, Options(colors=16)),
        ("soft", frames, {"colors": 16}, Options(colors=16)),
        ("soft", frames, {"colors": 16, "zoom": 8}, Options(colors=16)),
    ):
        first = load_image(draw_picture(kind))[..., :3]
        pictures = [np.ascontiguousarray(np.roll(first, 8 * place, axis=1)) for place in range(count)]
        images = torch.from_numpy(np.stack(pictures).astype(np.float32) / 255.0)

        sources = pictures if count == 1 or widgets.get("batch") == "apart" else [pictures]

        def library(sources=sources, options=options) -> None:
            for each in sources:
                describe(convert_with(each, options))

        def node(images=images, widgets=widgets) -> None:
            convert.run(images=images, **widgets)

        (own, own_processor), (with_host, processor) = quickest(max(2, rounds * 4 // count), library, node)
        told = ", ".join(f"{name}={value}" for name, value in widgets.items())
        print(
            f"| {kind} | {count} | {told or 'none'} | {own:.3f} | {with_host:.3f} | {with_host / own:.2f} "
            f"| {processor / own_processor:.2f} |"
        )


def measure_start(rounds: int) -> None:
    host = "import numpy, torch, PIL.Image, logging, importlib.util, sys, time\n"
    load = (
        f"spec = importlib.util.spec_from_file_location('pack', {str(PACK / '__init__.py')!r})\n"
        "module = importlib.util.module_from_spec(spec); sys.modules['pack'] = module\n"
        "start = time.perf_counter(); spec.loader.exec_module(module); loaded = time.perf_counter()\n"
        "[node.INPUT_TYPES() for node in module.NODE_CLASS_MAPPINGS.values()]\n"
        "print(loaded - start, time.perf_counter() - loaded)"
    )
    times = []
    for _ in range(rounds):
        run = subprocess.run([sys.executable, "-c", host + load], check=True, capture_output=True, text=True)
        times.append([float(part) for part in run.stdout.split()])
    start, widgets = np.min(times, axis=0)
    print("\nOf a process that has numpy, torch and Pillow, as ComfyUI has when it loads nodes, seconds\n")
    print("| what | seconds |\n|---|--:|")
    print(f"| loading the nodes: added to the host's start | {start:.3f} |")
    print(f"| the first list of widgets, after the start | {widgets:.3f} |")


def measure_webui(rounds: int) -> None:
    code = (
        "import numpy, PIL.Image, PIL.PngImagePlugin, gradio, sys, tempfile, time\n"
        "from webui_host import WebUI\n"
        "ui = WebUI(tempfile.mkdtemp(), gradio); sys.modules.update(ui.modules())\n"
        "start = time.process_time(); ui.load(); ui.make_settings(); loaded = time.process_time()\n"
        "import unipixel.conversion; core = time.process_time()\n"
        "with gradio.Blocks():\n"  # the page itself is the host's
        "    panels = time.process_time(); ui.make_tab('txt2img'); ui.make_tab('img2img'); ui.make_extras()\n"
        "    print(loaded - start, core - loaded, time.process_time() - panels)"
    )
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    print("\nOf a process that has Gradio, numpy and Pillow, as the web UI has then: seconds of the processor\n")
    print("| Gradio | the scripts | the core | three panels | together |\n|---|--:|--:|--:|--:|")
    for version in ("3.41.2", "4.40.0"):
        python = ROOT / "build" / f"gradio-{version}" / "bin" / "python"  # make gradios
        environment = {**os.environ, "PYTHONPATH": path, "GRADIO_ANALYTICS_ENABLED": "False"}
        runs = [
            subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, env=environment)
            for _ in range(rounds)
        ]
        least = np.min([[float(part) for part in run.stdout.split()] for run in runs], axis=0)
        print(f"| {version} | {' | '.join(f'{each:.3f}' for each in least)} | {least.sum():.2f} |")


if __name__ == "__main__":
    main()
