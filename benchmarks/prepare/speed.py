"""From screenshots to a checked data set: time beside Pillow's decoding and encoding of the same files, and memory.

python benchmarks/prepare/speed.py                         1,000 screenshots of 1920x1080
python benchmarks/prepare/speed.py --memory 1000,10000     smaller ones, memory alone
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from screens import SIZE, write_screens

from unipixel.parallel import in_order

SMALL = (135, 240)
"""Size of the screenshots for memory alone."""
STAGES = ("add", "prepare", "caption", "check")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--per-canvas", type=int, default=40, help="training images for each canvas")
    parser.add_argument("--memory", metavar="N,N", help="peak memory for these counts of small screenshots")
    parser.add_argument("--out", type=Path, default=Path("build/prepare-benchmark"))
    options = parser.parse_args()
    if options.memory:
        for count in map(int, options.memory.split(",")):
            files = write_screens(options.out / "small", count, SMALL, scenes=False)
            print(json.dumps(measure(files, options.out / "workspace", options.per_canvas)), flush=True)
        return
    files = write_screens(options.out / "screens", options.images, SIZE)
    pillow, pillow_cpu = timed(lambda: measure_pillow(files))
    print(
        f"Pillow decodes and encodes {len(files)} files in {pillow:.1f} s on {os.cpu_count()} cores, "
        f"CPU {pillow_cpu:.1f} s",
        flush=True,
    )
    found = measure(files, options.out / "workspace", options.per_canvas)
    print(json.dumps(found))
    cpu = sum(found["cpu"].values())
    print(f"{found['seconds'] / pillow:.2f} times Pillow's time, {cpu / pillow_cpu:.2f} times its CPU time")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that a piece of work takes on the clock, and on all processors together, its processes included."""
    began, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure_pillow(files: list[Path]) -> None:
    """Decode each file and encode it again in its own format, on all cores."""
    for _ in in_order(_reencode, files):
        pass


def _reencode(file: Path) -> int:
    with Image.open(file) as image:
        image.load()
        buffer = io.BytesIO()
        image.save(buffer, image.format)
    return buffer.tell()


def measure(files: list[Path], folder: Path, per_canvas: int) -> dict[str, Any]:
    """Run the stages as commands on a workspace that is made anew; their times, and peak memory of one process."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run("new", folder)
    pictures = folder.parent / "pictures"
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir()
    for file in files:
        os.link(file, pictures / file.name)
    seconds, cpu, peak = {}, {}, {}
    for stage in STAGES:
        began, used = time.perf_counter(), _cpu()
        more = [str(pictures)] if stage == "add" else ["-s", f"dataset.images_per_canvas={per_canvas}"]
        peak[stage] = _run(stage, folder, *more)
        seconds[stage] = round(time.perf_counter() - began, 1)
        cpu[stage] = round(_cpu() - used, 1)
    images = len(list(folder.glob("training/*/*.png")))
    rows = [json.loads(line) for line in (folder / "dataset.jsonl").read_text("utf-8").splitlines()]
    return {
        "screenshots": len(files),
        "seconds": round(sum(seconds.values()), 1),
        "stages": seconds,
        "cpu": cpu,
        "peak_mb": peak,
        "images": images,
        "states": {state: sum(row["state"] == state for row in rows) for state in ("sure", "doubtful", "rejected")},
    }


def _run(stage: str, folder: Path, *more: str) -> float:
    """Run one command; peak memory in MB of its largest process."""
    code = (
        "import resource, sys\n"
        "from unipixel.cli.app import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n"
        "    own = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))\n"
        "    print('peak', own, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, stage, str(folder), *more], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"unipixel {stage} failed:\n{done.stdout}{done.stderr}")
    largest, parent = done.stdout.split("peak")[-1].split()
    print(f"  {stage}: largest process {int(largest) / 1024:.0f} MB, parent {int(parent) / 1024:.0f} MB", flush=True)
    return round(int(largest) / 1024)


if __name__ == "__main__":
    main()
