"""Living tensors are counted from the operation that makes them until nothing holds them."""

from __future__ import annotations

import pytest
import torch

from unipixel.diffusion.live_bytes import LiveBytes

DEVICES = pytest.mark.parametrize("device", ["cpu", "meta"])


@DEVICES
def test_what_lives_counts_and_what_is_dropped_does_not(device: str) -> None:
    with LiveBytes() as live:
        first = torch.zeros(100, device=device)
        assert live.now == 400
        second = torch.zeros(50, dtype=torch.float16, device=device)
        del first
        assert live.now == 100
        third = second + second
    assert (live.now, live.peak) == (200, 500)
    assert third.shape == second.shape


@DEVICES
def test_views_and_changes_in_place_count_nothing(device: str) -> None:
    with LiveBytes() as live:
        tensor = torch.zeros(4, 6, device=device)
        views = [tensor.T, tensor[1:], tensor.view(-1), tensor.add_(1)]
    assert live.peak == 96
    assert len(views) == 4


@DEVICES
def test_what_was_there_before_and_its_views_do_not_count(device: str) -> None:
    weight = torch.zeros(8, 8, device=device)
    with LiveBytes([weight]) as live:
        made = torch.zeros(2, 8, device=device) @ weight.T
    assert live.peak == 4 * (2 * 8 + 2 * 8)
    assert made.shape == (2, 8)


@DEVICES
def test_what_backward_needs_lives_until_backward(device: str) -> None:
    x = torch.zeros(1000, device=device, requires_grad=True)
    with LiveBytes([x]) as live:
        y = (x.exp() * 2).sum()  # backward of exp needs its result
        assert live.now == 4000 + 4
        y.backward()
        del y
    assert live.now == 4000  # the gradient
    assert x.grad is not None
