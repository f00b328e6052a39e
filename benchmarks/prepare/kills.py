"""A workspace whose commands are killed (SIGKILL) at random moments: the same bytes as one that was left alone?

    python benchmarks/prepare/kills.py --kills 100

``add``, ``prepare`` and ``caption`` take turns; one that is killed is called again, and again, until its share of the
kills is used up; then it is left to end. Every eighth kill of the first two, natives or training images are deleted as
well.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from screens import write_screens

STAGES = ("add", "prepare", "caption")
SIZE = (270, 480)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/prepare-benchmark/kills"))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    pictures = options.out / "pictures"
    write_screens(pictures, options.images, SIZE)
    calm, hit = options.out / "calm", options.out / "hit"
    took = {}
    for folder in (calm, hit):
        shutil.rmtree(folder, ignore_errors=True)
        _start("new", folder, pictures).wait()
    for stage in STAGES:
        began = time.monotonic()
        if _start(stage, calm, pictures).wait():
            raise SystemExit(f"unipixel {stage} failed without a kill")
        took[stage] = time.monotonic() - began
    landed = 0
    for number in range(options.kills):
        stage = STAGES[number * len(STAGES) // options.kills]
        process = _start(stage, hit, pictures)
        time.sleep(rng.uniform(0.2, 1.1) * took[stage])
        landed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if number % 8 == 7 and stage != "caption":
            shutil.rmtree(hit / ("natives" if number % 16 == 7 else "training"), ignore_errors=True)
        following = STAGES[min(number + 1, options.kills - 1) * len(STAGES) // options.kills]
        if (following != stage or number == options.kills - 1) and _start(stage, hit, pictures).wait():
            raise SystemExit(f"unipixel {stage} failed after its kills")
    for stage in STAGES:  # what was deleted after its stage comes back
        if _start(stage, hit, pictures).wait():
            raise SystemExit(f"unipixel {stage} failed at the end")
    same = _tree(calm) == _tree(hit)
    print(f"{options.kills} kills, {landed} of them before the end of the command; {len(_tree(hit))} files;", end=" ")
    print("the same bytes" if same else "OTHER BYTES")
    if not same:
        one, two = _tree(calm), _tree(hit)
        print([name for name in sorted(set(one) | set(two)) if one.get(name) != two.get(name)])
        raise SystemExit(1)


def _start(stage: str, folder: Path, pictures: Path) -> subprocess.Popen[bytes]:
    more = {"add": [str(pictures), "--licence", "CC0-1.0"], "prepare": ["-s", "dataset.images_per_canvas=6"]}
    command = [sys.executable, "-m", "unipixel", stage, str(folder), *more.get(stage, [])]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


if __name__ == "__main__":
    main()
