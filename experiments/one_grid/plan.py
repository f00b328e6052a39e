"""What is trained and drawn: arms and ablations, each with several training seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lattices import ARMS
from scenes import Scene, draw_scenes

TRIGGER = "nv-0n3gr1d"
"""Trigger word of every LoRA here."""
WORDS = f"{TRIGGER}, masterpiece, pixel art"
"""What every caption and prompt begins with."""
SIZES = ((16, 20), (20, 16), (20, 20))
"""Height and width of the training images in native px at x8."""
UNSEEN = ((16, 24), (24, 20))
"""Sizes that are drawn and were not trained on."""
NO_LORA = "no LoRA"
"""The arm that is not trained."""
SEEDS = 5
"""Training seeds of an arm."""
SAMPLES = (96, 32)
"""Samples of a seed: at trained sizes, and at unseen ones."""


@dataclass(frozen=True)
class Job:
    """One training, its samples and their figures."""

    arm: str = "one grid"
    """One of :data:`~lattices.ARMS`, or :data:`NO_LORA`."""
    seed: int = 0
    images: int = 120
    """Training images."""
    steps: int = 500
    rank: int = 32
    targets: str = "all"
    """Layers that learn: ``attention``, ``linear`` or ``all``."""
    scale: int = 8
    """Canvas px per native px."""
    distances: bool = True
    """Whether captions say the distance."""

    @property
    def name(self) -> str:
        """Folder of the job: what differs from the plain one, and the seed."""
        plain = Job(arm=self.arm, seed=self.seed)
        changes = [f"{key}-{value}" for key, value in vars(self).items() if value != getattr(plain, key)]
        return "-".join([self.arm.replace(" ", "-"), *changes, f"seed-{self.seed}"]).lower()

    @property
    def is_trained(self) -> bool:
        """Whether there is a LoRA."""
        return self.arm != NO_LORA

    def scenes(self) -> list[Scene]:
        """What the training images show: the same in every arm and for every seed."""
        return draw_scenes(self.images, SIZES, seed=20213, scale=self.scale)

    def wanted(self) -> list[tuple[Scene, bool]]:
        """What the samples are to show, and whether their size was trained on: the same in every arm."""
        sets = [
            (draw_scenes(count, sizes, seed=7 + seen, scale=self.scale), seen)
            for count, sizes, seen in zip(SAMPLES, (SIZES, UNSEEN), (True, False), strict=True)
        ]
        return [(scene, seen) for scenes, seen in sets for scene in scenes]


def main_jobs(seeds: int = SEEDS) -> list[Job]:
    """All arms, seed by seed, so that the first seeds of all arms are there first."""
    return [Job(arm=arm, seed=seed) for seed in range(seeds) for arm in (*ARMS, NO_LORA)]


def _variants(field: str, values: Sequence[object]) -> dict[object, list[Job]]:
    return {value: [replace(Job(), **{field: value})] for value in values}  # type: ignore[arg-type]


ABLATIONS: Mapping[str, Mapping[object, Sequence[Job]]] = {
    "Rank": _variants("rank", (8, 16, 32, 64)),
    "Layers that learn": _variants("targets", ("attention", "linear", "all")),
    "Training images": _variants("images", (30, 60, 120, 240)),
    "Steps": _variants("steps", (125, 250, 500)),
    "Distance said in captions": _variants("distances", (True, False)),
    "Canvas px per native px": _variants("scale", (8, 16)),
}
"""Changes of the arm "one grid", each alone and with one training seed, by the question that they answer."""
