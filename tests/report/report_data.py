"""A small run, drawn here: pictures in a folder, and the report data that names them.

Sample files are smaller than their sizes say, to keep the tests quick: the page takes sizes from the data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.image import save_png

SCALE = 8


def draw(height: int, width: int, seed: int) -> npt.NDArray[np.uint8]:
    """Native art, (height, width, 4): a few flat colours, no two pictures alike."""
    rng = np.random.default_rng(seed)
    palette = np.dstack([rng.integers(0, 256, (1, 6, 3), dtype=np.uint8), np.full((1, 6, 1), 255, np.uint8)])[0]
    return np.ascontiguousarray(palette[rng.integers(0, 6, (height, width))])


def scaled(native: npt.NDArray[np.uint8], scale: int = SCALE) -> npt.NDArray[np.uint8]:
    """Nearest-neighbour upscaling."""
    return native.repeat(scale, axis=0).repeat(scale, axis=1)


def noisy(image: npt.NDArray[np.uint8], seed: int) -> npt.NDArray[np.uint8]:
    """Add noise, so that no cell is flat."""
    noise = np.random.default_rng(seed).integers(-6, 7, (*image.shape[:2], 3))
    result = image.copy()
    result[..., :3] = np.clip(image[..., :3].astype(int) + noise, 0, 255)
    return np.ascontiguousarray(result)


def spread(mean: float, half: float) -> dict[str, float]:
    """Interval as the report data has it."""
    return {"mean": mean, "low": mean - half, "high": mean + half}


def measure(name: str, size: str, seen: bool, on_grid: int, score: float, n: int = 16) -> dict[str, Any]:
    """One row of measures."""
    return {
        "set": name,
        "size": size,
        "seen": seen,
        "n": n,
        "on_grid": on_grid,
        "within_cell_variance": spread(0.0123, 0.002),
        "edge_energy_on_grid": spread(0.876, 0.01),
        "round_trip_psnr": spread(34.5, 0.7),
        "score": spread(score, 0.011),
        "colors": spread(4321, 100),
    }


def make_run(root: Path) -> dict[str, Any]:
    """Write the pictures of a small run below ``root`` and return its report data."""
    native = draw(20, 30, 1)
    save_png(root / "natives/a.png", native)
    save_png(root / "sources/a.png", scaled(native, 5))
    save_png(root / "sources/b.png", noisy(scaled(native, 3), 2))
    for size, (height, width) in {"256x192": (6, 8), "256x256": (8, 8)}.items():
        pixel = draw(height, width, 3)
        save_png(root / f"samples/{size}/pixel.png", pixel)
        save_png(root / f"samples/{size}/lora.png", noisy(scaled(pixel), 4))
        save_png(root / f"samples/{size}/base.png", noisy(scaled(draw(height, width, 5)), 6))
    save_png(root / "training/0.png", scaled(draw(24, 32, 7)))
    example: dict[str, Any] = {
        "name": "shot a",
        "source": "sources/a.png",
        "native": "natives/a.png",
        "source_size": "150x100",
    }
    example |= {
        "native_size": "30x20",
        "cell": [5.0, 5.01],
        "confidence": 0.987,
        "state": "sure",
        "reason": "flat cells",
    }
    lost: dict[str, Any] = {
        "name": "shot b",
        "source": "sources/b.png",
        "native": None,
        "source_size": "90x60",
        "native_size": None,
    }
    lost |= {"cell": [], "confidence": 0.13, "state": "none", "reason": "no lattice"}
    return {
        "title": "A small run",
        "workspace": "runs/small",
        "trigger": "nv-t3st",
        "scale": SCALE,
        "recipe": {"name": "demo", "train.steps": 77, "sample.prompts": ["a prompt that is longer than a short one"]},
        "ours": {"train.steps": "as many as fit"},
        "changes": {"train.steps": [4928, 77]},
        "base": {"name": "tiny base", "hash": "feed" * 16},
        "versions": {"unipixel": "0.1.0", "torch": "2.13.0"},
        "native": {"sure": 113, "doubtful": 9, "none": 4, "examples": [example, lost]},
        "truth": {
            "pictures": 126,
            "sure": 113,
            "sure_and_right": 112,
            "exact": 91,
            "wrong": ["shot z"],
            "lines": ["Hm."],
        },
        "dataset": {
            "images": 121,
            "canvases": {"256x192": 41},
            "examples": [{"file": "training/0.png", "caption": "nv-t3st, tree", "size": "256x192", "colors": 6}],
            "findings": ["one duplicate"],
        },
        "training": {
            "steps": 77,
            "loss": [[step, 1.0 / step] for step in range(1, 78)],
            "seconds": 200.4,
            "lora": "lora/nv-t3st.safetensors",
            "lora_bytes": 3412345,
            "lora_sha256": "9f" * 32,
            "rank": 32,
            "targets": "linear",
        },
        "samples": [
            {
                "size": size,
                "seen": size != "256x256",
                "pictures": [
                    {
                        "prompt": "tree, grass",
                        "seed": 4711,
                        **{kind: f"samples/{size}/{kind}.png" for kind in ("base", "lora", "pixel")},
                    }
                ],
            }
            for size in ("256x192", "256x256")
        ],
        "measures": [
            measure("training through the autoencoder", "256x192", True, 16, 0.975),
            measure("with LoRA", "256x192", True, 16, 0.951),
            measure("with LoRA", "256x256", False, 16, 0.943),
            measure("without LoRA", "256x192", True, 1, 0.112),
        ],
        "differences": [{"size": "256x192", "metric": "score", "mean": 0.839, "low": 0.8, "high": 0.878}],
    }
