"""Score `recover`: python benchmarks/grid/run.py [--set fast|full] [--family ABE]; see README.md beside it."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from unipixel.grid import recover, upscale


@dataclass
class Score:
    """One answer: right size, main figure 0..1, and whether it called itself sure."""

    size: bool
    main: float
    is_sure: bool
    is_exact: bool
    ms: float
    confidence: float


def draw_native(height: int, width: int, seed: int) -> np.ndarray:
    """Blocks, lone pixels and few colours."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (16, 3))
    native = np.full((height, width, 4), 255, np.uint8)
    native[..., :3] = palette[0]
    for _ in range(height * width // 8):
        y, x, h, w = rng.integers(0, height), rng.integers(0, width), *rng.integers(1, 8, 2)
        native[y : y + h, x : x + w, :3] = palette[rng.integers(0, 16)]
    return native


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(image[..., :3].copy()).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGBA")).copy()


def resize(image: np.ndarray, factor: float, method: int) -> np.ndarray:
    size = round(image.shape[1] * factor), round(image.shape[0] * factor)
    return np.asarray(Image.fromarray(image).resize(size, method)).copy()


FAMILIES: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "integer": lambda native, k: upscale(native, 2 + k % 15),
    "fractional": lambda native, k: resize(native, 1.5 + 0.37 * (k % 20), Image.Resampling.NEAREST),
    "smooth": lambda native, k: resize(upscale(native, 6), (0.8, 1.1, 1.3)[k % 3], Image.Resampling.BICUBIC),
    "jpeg 90": lambda native, k: jpeg(upscale(native, 3 + k % 10), 90),
    "jpeg 70": lambda native, k: jpeg(upscale(native, 3 + k % 10), 70),
    "native": lambda native, _: native,
}


def score_own(count: int) -> Iterator[tuple[str, Score]]:
    """Natives drawn here: nothing to download."""
    for name, damage in FAMILIES.items():
        for k in range(count):
            native = draw_native(24 + 5 * (k % 7), 32 + 3 * (k % 11), k)
            image = damage(native, k)
            start = time.process_time()
            answer = recover(image)
            ms = 1e3 * (time.process_time() - start)
            right = answer.native is not None and answer.native.shape == native.shape
            cells = (
                np.abs(answer.native.astype(int) - native).max(-1)
                if right and answer.native is not None
                else np.array([99])
            )
            yield (
                name,
                Score(
                    right, float((cells <= 8).mean()), answer.is_sure, bool((cells == 0).all()), ms, answer.confidence
                ),
            )


def score_folder(folder: str, which: str, families: str) -> Iterator[tuple[str, Score]]:
    """Cases of a folder that holds degrade.py and score.py."""
    sys.path.insert(0, folder)
    degrade, judge = importlib.import_module("degrade"), importlib.import_module("score").judge
    for case in degrade.cases(which):
        if families and case[0] not in families:
            continue
        truth = degrade.generate(case)
        start = time.process_time()
        answer = recover(truth["img"])
        ms = 1e3 * (time.process_time() - start)
        verdict = judge(truth, None if answer.native is None else answer.native[..., :3])
        main = verdict["size"] if case[0] == "K" else verdict["acc"] if verdict["exact"] is None else verdict["exact"]
        exact = bool(verdict["size"]) if verdict["exact"] is None else bool(verdict["exact"])
        yield (
            f"{case[0]} {degrade.NAMES[case[0]]}",
            Score(bool(verdict["size"]), float(main), answer.is_sure, exact, ms, answer.confidence),
        )


def print_table(scores: Iterator[tuple[str, Score]]) -> None:
    by_family: dict[str, list[Score]] = {}
    for name, score in scores:
        by_family.setdefault(name, []).append(score)
    print(
        "| family | n | right size % | main % | sure | sure and wrong | median CPU ms |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for name, rows in by_family.items():
        size, main = (100 * np.mean([getattr(row, key) for row in rows]) for key in ("size", "main"))
        wrong = sum(row.is_sure and not row.is_exact for row in rows)
        sure, ms = sum(row.is_sure for row in rows), np.median([row.ms for row in rows])
        print(f"| {name} | {len(rows)} | {size:.1f} | {main:.1f} | {sure} | {wrong} | {ms:.0f} |")

    print_calibration([score for rows in by_family.values() for score in rows])


def print_calibration(scores: list[Score]) -> None:
    """How often answers of about one confidence have the right size."""
    print("\n| confidence | n | mean | right size % |\n|---|--:|--:|--:|")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 0.9), (0.9, 0.97), (0.97, 1.01)):
        rows = [score for score in scores if low <= score.confidence < high]
        if rows:
            mean, right = np.mean([row.confidence for row in rows]), 100 * np.mean([row.size for row in rows])
            print(f"| {low}-{min(high, 1)} | {len(rows)} | {mean:.3f} | {right:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=["fast", "full"], default="fast")
    parser.add_argument("--family", default="", help="letters of the families of the folder")
    chosen = parser.parse_args()
    folder = os.environ.get("UNIPIXEL_GRIDBENCH")
    if folder:
        print_table(score_folder(folder, chosen.set, chosen.family))
    else:
        print_table(score_own(20 if chosen.set == "fast" else 100))


if __name__ == "__main__":
    main()
