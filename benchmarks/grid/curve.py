"""How time and memory of `recover` grow with the picture: python benchmarks/grid/curve.py; see README.md beside it."""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases import Pixels, rng_for
from chart import Panel, draw_panels
from natives import draw_native
from peers import PEERS
from PIL import Image
from raster import add_noise, blur, encode
from workers import ONE_THREAD

CELL = 8
"""Canvas px of a native px in all pictures."""

SQUARES = (256, 512, 1024, 2048, 4096)
MODEL_SIZES = ((1024, 1024), (1152, 896))
"""Width and height of what image models commonly give back."""

KINDS = ("clean", "soft")

_ENOUGH = 4.0


@dataclass(frozen=True)
class Cost:
    """What one tool took for one picture.

    Attributes
    ----------
    tool, kind : str
    size : (width, height) in canvas px
    decode, run : float
        Seconds of CPU time: Pillow's decoding of the same picture as PNG, and the tool. Least of several.
    peak : int or None
        Most bytes that Python and numpy held at once beyond the picture, by tracemalloc; None where not measured.
    """

    tool: str
    kind: str
    size: tuple[int, int]
    decode: float
    run: float
    peak: int | None

    @property
    def times_decode(self) -> float:
        """CPU time, with decoding as 1."""
        return self.run / self.decode

    @property
    def times_picture(self) -> float:
        """Memory, with the decoded picture (RGB) as 1."""
        return (self.peak or 0) / (3 * self.size[0] * self.size[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SQUARES[-1], help="px along a side")
    parser.add_argument("--tools", default="unipixel,perfect-pixel", help="of the second table, with commas between")
    parser.add_argument("--out", type=Path, default=Path("build/grid-benchmark"), help="folder for the files")
    chosen = parser.parse_args()

    squares = [(side, side) for side in SQUARES if side <= chosen.largest]
    tools = [tool for tool in chosen.tools.split(",") if PEERS[tool].version is not None]
    curve = [_apart("unipixel", kind, size, True) for kind in KINDS for size in squares]
    speed = [_apart(tool, kind, size, False) for size in MODEL_SIZES for kind in KINDS for tool in tools]
    missing = [tool for tool in chosen.tools.split(",") if tool not in tools]
    page = "\n\n".join(
        [
            "# Time and memory of `recover`",
            curve_table(curve),
            "# The same at sizes that image models give",
            speed_table(speed),
            *([f"Not installed: {', '.join(missing)}."] if missing else []),
        ]
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "curve.md").write_text(page + "\n", "utf-8")
    draw_curve(curve, chosen.out / "curve.png")
    print(page)
    print(f"\nWritten: {chosen.out / 'curve'}.md, .png")


def draw_test_picture(kind: str, size: tuple[int, int]) -> Pixels:
    """Cells of 8 px; "soft" has blur, noise and JPEG on top."""
    width, height = size
    image = draw_native(0, (height // CELL, width // CELL)).repeat(CELL, 0).repeat(CELL, 1)
    if kind == "soft":
        image = add_noise(blur(image, 0.8), 4, rng_for("curve", str(size)))
        image = encode(image, "JPEG", quality=90)
    return image


def measure_cost(tool: str, kind: str, size: tuple[int, int], with_memory: bool) -> Cost:
    """Measure in this process."""
    image = draw_test_picture(kind, size)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    run = PEERS[tool].tool
    run(draw_test_picture("clean", (128, 128)))  # imports
    decode = least_time(lambda: Image.open(buffer).load())
    seconds = least_time(lambda: run(image))
    peak = peak_memory(lambda: run(image)) if with_memory else None
    return Cost(tool, kind, size, decode, seconds, peak)


def least_time(call: Callable[[], object]) -> float:
    """Least CPU seconds of at least two calls, and of up to nine while they are short."""
    times: list[float] = []
    while len(times) < 2 or (len(times) < 9 and sum(times) < _ENOUGH):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def peak_memory(call: Callable[[], object]) -> int:
    """Most bytes that were held at once, beyond what was held before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def curve_table(costs: Sequence[Cost]) -> str:
    """One line a picture."""
    lines = [
        "| picture | size | decoding, ms | recover, ms | times decoding | ms a megapixel | peak, MB | times picture |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for cost in costs:
        area = cost.size[0] * cost.size[1] / 1e6
        lines.append(
            f"| {cost.kind} | {_size(cost)} | {1e3 * cost.decode:.1f} | {1e3 * cost.run:.0f} | {cost.times_decode:.1f} "
            f"| {1e3 * cost.run / area:.0f} | {(cost.peak or 0) / 1e6:.1f} | {cost.times_picture:.1f} |"
        )
    return "\n".join(lines)


def speed_table(costs: Sequence[Cost]) -> str:
    """One line a picture and tool."""
    lines = ["| size | picture | tool | PNG decoding, ms | CPU ms | times decoding |", "|---|---|---|--:|--:|--:|"]
    for cost in costs:
        lines.append(
            f"| {_size(cost)} | {cost.kind} | {cost.tool} | {1e3 * cost.decode:.1f} | {1e3 * cost.run:.1f} "
            f"| {cost.times_decode:.1f} |"
        )
    return "\n".join(lines)


def draw_curve(costs: Sequence[Cost], path: Path) -> None:
    """Two panels: time and memory against the side of a square picture."""
    sides = sorted({cost.size[0] for cost in costs})
    by_kind = {kind: [cost for cost in costs if cost.kind == kind] for kind in KINDS}
    time_panel = Panel(
        "CPU time, in times of decoding the PNG",
        [str(side) for side in sides],
        {kind: [cost.times_decode for cost in rows] for kind, rows in by_kind.items()},
    )
    memory_panel = Panel(
        "Peak memory, in times of the picture's own bytes",
        [str(side) for side in sides],
        {kind: [cost.times_picture for cost in rows] for kind, rows in by_kind.items()},
    )
    draw_panels("recover: side of a square picture, px; one thread", [time_panel, memory_panel], path)


def _apart(tool: str, kind: str, size: tuple[int, int], with_memory: bool) -> Cost:
    """Measure in a fresh process with one thread."""
    for library in ONE_THREAD:
        os.environ[f"{library}_NUM_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure_cost, (tool, kind, size, with_memory))


def _size(cost: Cost) -> str:
    return f"{cost.size[0]}x{cost.size[1]}"


if __name__ == "__main__":
    main()
