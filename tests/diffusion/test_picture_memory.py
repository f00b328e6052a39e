"""Pictures at once: counted from shapes, bounded by what is free."""

from __future__ import annotations

import pytest
import torch

from unipixel.diffusion import Base, picture_memory
from unipixel.diffusion.picture_memory import MOST, SHARE, picture_bytes, pictures_at_once


def test_cost_grows_with_the_canvas_and_doubles_with_guidance(base: Base) -> None:
    plain = picture_bytes(base, width=64, height=64, guided=False)

    assert picture_bytes(base, width=64, height=64, guided=True) == pytest.approx(2 * plain, rel=0.1)
    assert picture_bytes(base, width=128, height=64, guided=False) == pytest.approx(2 * plain, rel=0.1)


def test_what_is_counted_is_what_a_real_pass_needs(base: Base) -> None:
    latent, text = torch.randn(2, 4, 8, 12), torch.randn(2, 77, 40)
    added = {"text_embeds": torch.randn(2, 24), "time_ids": torch.zeros(2, 6)}
    with torch.no_grad(), torch.profiler.profile(profile_memory=True) as profile:
        base.unet(latent, torch.tensor(1.0), text, added_cond_kwargs=added)
    events = sorted(profile.profiler.kineto_results.events(), key=lambda event: event.start_ns())
    steps = [event.nbytes() for event in events if event.name() == "[memory]"]
    alive = most = 0
    for step in steps:
        alive += step
        most = max(most, alive)

    counted = picture_bytes(base, width=96, height=64, guided=True)

    # convolutions and attention take some space of their own while they run
    assert 0.5 * most < counted < 1.2 * most


@pytest.mark.parametrize(("free", "pictures"), [(0, 1), (350, 3), (399, 3), (10**6, MOST)])
def test_as_many_as_fit_into_the_share_and_never_none(
    base: Base, monkeypatch: pytest.MonkeyPatch, free: int, pictures: int
) -> None:
    monkeypatch.setattr(picture_memory, "picture_bytes", lambda *args, **kwargs: 100)
    monkeypatch.setattr(picture_memory, "free_memory", lambda device: int(free / SHARE))

    assert pictures_at_once(base, width=64, height=64, guided=True) == pictures


def test_free_memory_of_the_machine_is_counted_in_bytes() -> None:
    assert 1 << 20 < picture_memory.free_memory(torch.device("cpu")) < 1 << 50
