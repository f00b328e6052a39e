"""Time per step, start-up and peak memory of the trainer, beside diffusers' own SDXL LoRA script or its loop.

python benchmarks/train/speed.py                                  the loop of reference.py
python benchmarks/train/speed.py --script PATH [--script-python PYTHON]
                                                                  diffusers' train_text_to_image_lora_sdxl.py too

Every run is a process of its own; the loops take turns. What was measured is kept in ``runs.jsonl``: a second start
goes on where the first one stopped, ``--fresh`` begins anew.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from pictures import write_pictures
from tiny import write_tiny

HERE = Path(__file__).parent
FIGURES = {
    "step_s": "s a step",
    "quartile_s": "lower quartile",
    "startup_s": "s to the first step",
    "peak_mb": "MB at most",
    "run_s": "s in all",
}


@dataclass(frozen=True)
class Case:
    """A model and the settings that all loops share."""

    model: str
    size: int
    batch: int
    pictures: int
    steps: int
    rank: int = 32


CASES = (Case("micro", 224, 8, 16, 24), Case("micro", 224, 1, 8, 48), Case("tiny", 256, 1, 4, 24))
"""The micro base with canvas and batch of the preset ``demo`` and with the batch of ``unipixel``; the tiny SDXL."""


def main() -> None:
    options = _options()
    runs_file = options.out / "runs.jsonl"
    if options.fresh:
        shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True, exist_ok=True)
    runs = [json.loads(line) for line in runs_file.read_text("utf-8").splitlines()] if runs_file.exists() else []
    loops = ["ours", "reference", *(["official"] if options.script else [])]
    for case in [case for case in CASES if case.model in options.models]:
        for turn in range(options.pairs):
            order = loops if turn % 2 == 0 else loops[::-1]
            for loop in order:
                key = {"loop": loop, "turn": turn, **asdict(case)}
                if any(all(run.get(name) == value for name, value in key.items()) for run in runs):
                    continue
                runs.append({**key, **measure(loop, case, options)})
                with runs_file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(runs[-1]) + "\n")
                shown = ", ".join(f"{runs[-1][name]:.4g} {unit}" for name, unit in FIGURES.items())
                print(f"{case.model} batch {case.batch}, {loop} {turn + 1}/{options.pairs}: {shown}", flush=True)
        print(table(case, [run for run in runs if all(run.get(k) == v for k, v in asdict(case).items())]), flush=True)


def measure(loop: str, case: Case, options: argparse.Namespace) -> dict[str, float]:
    """Run one loop as a process of its own; CPU seconds, and MB of peak memory up to the last step."""
    out = options.out / f"{case.model}-{case.batch}-{loop}"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    pictures = write_pictures(
        options.out / f"pictures-{case.model}-{case.size}-{case.pictures}", case.pictures, case.size
    )
    told = {"base": base_folder(case.model, options.out), "pictures": pictures, "out": out}
    told |= {"size": case.size, "steps": case.steps, "rank": case.rank, "batch": case.batch, "script": options.script}
    python = options.script_python if loop == "official" else sys.executable
    command = [python, str(HERE / f"{loop}.py"), *(f"--{name}={value}" for name, value in told.items() if value)]
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TQDM_MININTERVAL": "1"}
    began, used = time.monotonic(), _children_cpu()
    done = subprocess.run(
        [*command, f"--began={began}"], env={**os.environ, **offline}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{loop}.py failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    found = figures(json.loads((out / "marks.json").read_text("utf-8")), case.steps)
    return {**found, "run_s": _children_cpu() - used}


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def figures(marks: dict[str, Any], steps: int) -> dict[str, float]:
    """What the marks of a run tell; encoding lies between ``loaded`` and ``last``, so the steps bear it."""
    loaded, first, last = (marks[name] for name in ("loaded", "first", "last"))
    return {
        "step_s": (last["cpu"] - loaded["cpu"]) / steps,
        "startup_s": first["cpu"],
        "peak_mb": last["peak_mb"],
        "step_wall_s": (last["wall"] - loaded["wall"]) / steps,
        "startup_wall_s": first["wall"],
        "quartile_s": quantiles([after - before for before, after in pairwise(marks["steps"])], n=4)[0],
    }


def table(case: Case, runs: list[dict[str, Any]]) -> str:
    """Median and range of each loop, and how many times each other loop's figure ours is."""
    by_loop: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        by_loop.setdefault(run["loop"], []).append(run)
    views = case.steps * case.batch / case.pictures
    lines = [
        f"\n{case.model}, {case.size}x{case.size} px, batch {case.batch}, rank {case.rank}, {case.steps} steps, "
        f"{case.pictures} pictures (each seen {views:.3g} times), {min(map(len, by_loop.values()))} turns\n",
        "| loop | " + " | ".join(FIGURES.values()) + " |",
        "|---|" + "---|" * len(FIGURES),
    ]
    for loop, those in by_loop.items():
        lines.append(f"| {loop} | " + " | ".join(_spread([run[name] for run in those]) for name in FIGURES) + " |")
    for loop in [loop for loop in by_loop if loop != "ours"]:
        ratios = (_ratios(by_loop["ours"], by_loop[loop], name) for name in FIGURES)
        lines.append(f"| **ours / {loop}** | " + " | ".join(_spread(each) for each in ratios) + " |")
    return "\n".join(lines) + "\n"


def _ratios(ours: list[dict[str, Any]], others: list[dict[str, Any]], name: str) -> list[float]:
    """Ratio of each turn, so that a load that comes and goes hits both sides of it."""
    theirs = {run["turn"]: run[name] for run in others}
    return [run[name] / theirs[run["turn"]] for run in ours if run["turn"] in theirs]


def _spread(values: list[float]) -> str:
    return f"{median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def base_folder(model: str, out: Path) -> Path:
    """Folder of the micro base, or of the tiny one, which is made if it is not there."""
    if model == "tiny":
        return write_tiny(out / "tiny")
    with resources.as_file(resources.files("unipixel") / "micro") as folder:
        return folder


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--script", type=Path, help="diffusers' examples/text_to_image/train_text_to_image_lora_sdxl.py"
    )
    parser.add_argument("--script-python", default=sys.executable, help="a Python with torchvision and datasets")
    parser.add_argument("--models", nargs="+", default=["micro", "tiny"], choices=["micro", "tiny"])
    parser.add_argument("--pairs", type=int, default=3, help="turns of all loops")
    parser.add_argument("--fresh", action="store_true", help="measure all anew")
    parser.add_argument("--out", type=Path, default=Path("build/train-benchmark"))
    options = parser.parse_args()
    options.out = options.out.resolve()
    options.script = options.script and options.script.resolve()
    return options


if __name__ == "__main__":
    main()
