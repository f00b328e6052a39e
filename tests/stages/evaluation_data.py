"""Figures of an evaluation without a model: a matrix whose pictures do what the test says."""

from unipixel.stages.evaluation import summary
from unipixel.stages.evaluation.verdict import verdict

THEMES = ("cat", "castle", "dragon")
SIZES = (("256x192", True), ("256x256", False))
FIGURES = {
    "within_cell_variance": 0.02,
    "edge_energy_on_grid": 0.7,
    "round_trip_psnr": 30.0,
    "score": 0.8,
    "is_on_grid": True,
    "mixels": 0.0,
    "colors": 20,
    "subject": 12,
    "lightness": 0.5,
    "warmth": 0.4,
    "chroma": 0.1,
    "contrast": 0.6,
    "nearest": None,
    "adherence": None,
}


def rows(change=lambda row: {}, distances=("close-up", "", "far away"), lights=("", "night"), seeds=(1, 2)):
    """Rows of the arms ``lora`` and ``base``; ``change`` gives what differs from the usual figures."""
    found = []
    for arm in ("lora", "base"):
        for size, seen in SIZES:
            for theme in THEMES:
                for distance in distances if arm == "lora" else ("",):
                    for light in lights if arm == "lora" else ("",):
                        for seed in seeds:
                            row = {
                                "file": f"{arm}-{size}-{theme}-{distance}-{light}-{seed}.png",
                                "native": None,
                                "arm": arm,
                                "theme": theme,
                                "distance": distance,
                                "light": light,
                                "size": size,
                                "seen": seen,
                                "seed": seed,
                                "weight": 1.0 if arm == "lora" else 0.0,
                                **FIGURES,
                                **({"score": 0.1, "is_on_grid": False} if arm == "base" else {}),
                            }
                            found.append({**row, **change(row)})
    return found


def report(name, change=lambda row: {}, *, training=(), scale=8, base="0" * 64, step=None, **matrix):
    """A whole report of such rows."""
    samples = rows(change, **matrix)
    data = {
        "kind": "evaluation",
        "format": 1,
        "name": name,
        "lora": {"file": "lora.safetensors", "sha256": "1" * 64, "trigger": "w0rd", "weight": 1.0, "step": step},
        "base": {"name": "micro", "hash": base},
        "scale": scale,
        "recipe": {},
        "preset": "demo",
        "changes": {},
        "samples": samples,
        "discipline": summary.discipline(samples),
        "differences": summary.differences(samples),
        "distance": summary.distance(samples, ("close-up", "", "far away")),
        "lights": summary.lights(samples),
        "diversity": [],
        "memorisation": summary.memorisation(samples, training),
        "adherence": summary.adherence(samples),
    }
    return {**data, "verdict": verdict(data)}
