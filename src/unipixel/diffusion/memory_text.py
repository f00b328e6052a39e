"""The memory plan in words."""

from __future__ import annotations

from collections.abc import Sequence

from unipixel.diffusion.memory_plan import GIB, GPU_SIZES, MemoryPlan, MemorySettings, plan_for, plan_memory
from unipixel.diffusion.traced_step import Shapes


def memory_lines(shapes: Shapes, settings: MemorySettings, sizes: Sequence[int] = GPU_SIZES) -> list[str]:
    """Say what a training needs, and how it fits on cards of several sizes.

    Parameters
    ----------
    shapes : Shapes
        Of the base.
    settings : MemorySettings
        As wished.
    sizes : sequence of int
        Of cards, GiB.

    Returns
    -------
    list of str
        First the parts of the plan with these settings, then a line for each card.
    """
    plan = plan_memory(shapes, settings)
    parts = ", ".join(f"{name} {_gib(size)}" for name, size in plan.parts.items() if size >= GIB / 200)
    phases = ", ".join(f"{name} {_gib(size)}" for name, size in plan.phases.items())
    return [
        f"memory, predicted: {_gib(plan.peak)} GiB ({phases})",
        f"of the training: {parts}",
        *(_card_line(plan_for(shapes, settings, size), size) for size in sizes),
    ]


def _card_line(plan: MemoryPlan, size: int) -> str:
    how = "with " + ", ".join(plan.changes) if plan.changes else "as it is set"
    if not plan.fits(size):
        return f"{size:>3} GB: does not fit; {_gib(plan.peak)} GiB even {how}"
    return f"{size:>3} GB: {_gib(plan.peak)} GiB {how}"


def _gib(size: int) -> str:
    return f"{size / GIB:.2f}"
