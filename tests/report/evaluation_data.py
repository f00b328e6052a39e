"""A small evaluation, drawn here: samples in a folder, and the report data that names them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from report_data import SCALE, draw, noisy, scaled, spread

from unipixel.image import save_png

THEMES = ("cat, grass", "robot, city")
DISTANCES = ("close-up", "", "far away")
LIGHTS = ("", "night")
SIZES = {"64x48": True, "64x64": False}
SEEDS = (1, 2)
METRICS = ("within_cell_variance", "edge_energy_on_grid", "round_trip_psnr", "score", "mixels", "colors")
ARMS = ("lora", "base", "no-trigger", "weight 0.5", "with pastel")


def sample(root: Path, arm: str, place: tuple[str, str, str, str, int], number: int) -> dict[str, Any]:
    """Write one sample with its native, and return its row."""
    size, theme, distance, light, seed = place
    width, height = (int(side) // SCALE for side in size.split("x"))
    native = draw(height, width, number)
    file = f"{arm.replace(' ', '-')}-{number}.png"
    save_png(root / "samples" / file, noisy(scaled(native), number))
    save_png(root / "samples/native" / file, native)
    return {
        **{"file": f"samples/{file}", "native": f"samples/native/{file}", "arm": arm},
        **{"theme": theme, "distance": distance, "light": light, "size": size, "seen": SIZES[size], "seed": seed},
        "weight": 0.5 if arm == "weight 0.5" else 0.0 if arm == "base" else 1.0,
        "prompt": ", ".join(word for word in ("nv-t3st", theme, distance, light) if word),
        **{"within_cell_variance": 0.01, "edge_energy_on_grid": 0.9, "round_trip_psnr": 33.0, "score": 0.913},
        **{"is_on_grid": True, "colors": 900, "subject": 21.0, "adherence": 0.25},
        **{"lightness": 0.5, "warmth": 0.1, "chroma": 0.1, "contrast": 0.4},
        "nearest": {"file": "../../training/0.png", "distance": 0.4 + number / 1000} if arm == "lora" else None,
    }


def make_samples(root: Path) -> list[dict[str, Any]]:
    """The whole matrix with the LoRA, and its neutral part in the other arms."""
    rows = []
    for arm in ARMS:
        distances, lights = (DISTANCES, LIGHTS) if arm == "lora" else (("",), ("",))
        for place in product(SIZES, THEMES, distances, lights, SEEDS):
            rows.append(sample(root, arm, place, len(rows)))
    return rows


def discipline(arm: str, size: str) -> dict[str, Any]:
    """One row of discipline."""
    n, score = (24, 0.913) if arm == "lora" else (4, 0.123)
    figures = {name: spread(0.5, 0.01) for name in METRICS} | {"score": spread(score, 0.011)}
    on_grid = n if arm == "lora" and SIZES[size] else n - 1
    return {"arm": arm, "size": size, "seen": SIZES[size], "n": n, "units": 6, "on_grid": on_grid, **figures}


def difference(arm: str, size: str, metric: str) -> dict[str, Any]:
    """One paired difference."""
    return {"arm": arm, "size": size, "metric": metric, **spread(0.79, 0.02), "n": 4, "units": 6}


def make_evaluation(folder: Path) -> dict[str, Any]:
    """Write the pictures of a small evaluation into a folder, training images above it; return its report data."""
    save_png(folder.parent.parent / "training/0.png", scaled(draw(8, 8, 7)))
    night = {"word": "night", "statistic": "lightness", "expected": "lower", "n": 24, "units": 6, "moves": True}
    words = [{"word": word, "n": 16, "subject": spread(30.0 - 9 * at, 1.5)} for at, word in enumerate(DISTANCES)]
    return {
        **{"kind": "evaluation", "format": 1, "name": "small", "scale": SCALE, "preset": "demo"},
        "lora": {"file": "../lora.safetensors", "sha256": "9f" * 32, "trigger": "nv-t3st", "weight": 1.0, "step": None},
        "base": {"name": "tiny base", "hash": "feed" * 16},
        "recipe": {"name": "demo", "train.steps": 77, "evaluate.themes": list(THEMES)},
        "changes": {"train.steps": [4928, 77]},
        "samples": make_samples(folder),
        "discipline": [discipline(arm, size) for arm, size in product(ARMS, SIZES)],
        "differences": [difference(*place) for place in product(ARMS[1:], SIZES, METRICS)],
        "distance": {"rho": 0.83, "low": 0.71, "high": 0.95, "n": 45, "units": 6, "unmeasured": 3, "words": words},
        "lights": [{**night, "difference": spread(-0.21, 0.03), "rho": 0.91, "low": 0.8, "high": 1.0}],
        "diversity": [{"arm": arm, "size": None, **spread(0.31, 0.02), "n": 4} for arm in ARMS],
        "memorisation": {"copies": 2, "n": 48, "nearest": spread(0.44, 0.01), "training": spread(0.59, 0.02)},
        "adherence": [{"arm": arm, **spread(0.25, 0.01), "n": 8} for arm in ARMS],
        "verdict": {"sentences": ["47 of 48 pictures lie on the grid.", "Two are copies."], "good": False},
    }
