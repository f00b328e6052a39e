"""Fitting native decoders: what is known of the way to the latents must come out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from diffusion.native_art import draw, encode
from unipixel.diffusion import native_fit
from unipixel.diffusion.native_decoder import NativeDecoder
from unipixel.diffusion.native_fit import fit_native_decoder, fit_ridge
from unipixel.errors import GridMismatch, ModelError
from unipixel.progress import Event


def fit(natives: Sequence[np.ndarray], scale: int = 8, bend: float = 0.0, **changes: Any) -> NativeDecoder:
    latents = [encode(native, scale, bend=bend) for native in natives]
    settings = {"method": "ridge", "noise": 0.0, **changes}
    return fit_native_decoder(latents, natives, scale=scale, stride=8, base_hash="00" * 32, **settings)


def numbers(decoder: NativeDecoder) -> bytes:
    return b"".join(tensor.numpy().tobytes() for tensor in decoder.reader.state_dict().values())


@pytest.mark.parametrize("scale", [4, 8, 16])
def test_a_linear_autoencoder_is_undone_exactly(scale: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_fit, "fit_network", None)  # nothing is left for it to do, so no time is spent on it
    decoder = fit([draw(seed) for seed in range(8)], scale, method="auto")
    fresh = draw(99, 6, 10)

    assert decoder.method == "ridge"
    assert decoder.held_out.exact == decoder.held_out.within_4 == 1
    assert decoder.held_out.error == 0
    assert np.array_equal(decoder.decode(encode(fresh, scale)), fresh)


def test_bent_latents_need_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_fit, "STEPS", 300)
    monkeypatch.setattr(native_fit, "BATCH", 512)
    natives = [draw(seed, 24, 24) for seed in range(8)]
    ridge, network, best = (fit(natives, bend=1.0, method=method) for method in ("ridge", "network", "auto"))

    assert (ridge.method, network.method) == ("ridge", "network")
    assert network.held_out.error < 0.7 * ridge.held_out.error
    assert numbers(best) == numbers(network)


def test_where_the_network_does_worse_the_ridge_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_fit, "STEPS", 3)
    monkeypatch.setattr(native_fit, "RATE", 1.0)
    natives = [draw(seed) for seed in range(8)]
    best = fit(natives, bend=0.1, method="auto")

    assert best.method == "ridge"
    assert numbers(best) == numbers(fit(natives, bend=0.1))
    assert fit(natives, bend=0.1, method="network").method == "network"


def test_the_same_input_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_fit, "STEPS", 5)
    natives = [draw(seed) for seed in range(4)]
    first = fit(natives, method="network", noise=0.1)
    torch.manual_seed(77)
    before = torch.get_rng_state()

    assert numbers(fit(natives, method="network", noise=0.1)) == numbers(first)
    assert torch.equal(torch.get_rng_state(), before)
    assert numbers(fit(natives, method="network", noise=0.1, seed=1)) != numbers(first)


def test_pictures_to_judge_by_have_no_say_in_the_fit() -> None:
    natives = [draw(seed) for seed in range(8)]
    latents = [encode(native, 8) for native in natives]
    whole = fit(natives)
    silent = []
    for index in range(8):
        changed = [255 - native if place == index else native for place, native in enumerate(natives)]
        for native in changed:
            native[..., 3] = 255
        other = fit_native_decoder(latents, changed, scale=8, stride=8, base_hash="", method="ridge", noise=0.0)
        if numbers(other) == numbers(whole):
            silent.append(other.held_out)

    assert len(silent) == whole.held_out.pictures == 1
    assert silent[0].exact < 0.1
    assert whole.held_out.pixels == 12 * 8


def test_figures_of_what_was_held_out_are_those_of_decoding_it() -> None:
    natives = [draw(seed, 24, 24) for seed in range(2)]
    decoder = fit(natives, bend=0.05)
    shown = [decoder.decode(encode(native, 8, bend=0.05)) for native in natives]
    levels = [np.abs(each.astype(int) - native).max(axis=2) for each, native in zip(shown, natives, strict=True)]
    shares = [(float((level == 0).mean()), float((level <= 4).mean())) for level in levels]

    assert (decoder.held_out.exact, decoder.held_out.within_4) in shares
    assert 0 < decoder.held_out.error < 0.2


def test_a_ridge_is_noise_on_the_latents() -> None:
    rng = torch.Generator().manual_seed(0)
    values, weights = torch.randn(300, 5, generator=rng), torch.randn(5, 3, generator=rng)
    colours = values @ weights + 0.5
    copies = values.repeat(400, 1)
    noisy = copies + 0.7 * torch.randn(copies.shape, generator=rng)
    ridge, trained = fit_ridge(values, colours, 0.7), fit_ridge(noisy, colours.repeat(400, 1), 0.0)

    assert torch.allclose(ridge.linear.weight, trained.linear.weight, atol=0.02)
    assert torch.allclose(ridge.linear.bias, trained.linear.bias, atol=0.02)
    assert not torch.allclose(ridge.linear.weight, weights.T, atol=0.2)


def test_sums_do_not_depend_on_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = torch.Generator().manual_seed(0)
    values, colours = torch.randn(100, 5, generator=rng) + 3, torch.rand(100, 3, generator=rng)
    whole = fit_ridge(values, colours, 0.1)
    monkeypatch.setattr(native_fit, "_CHUNK", 7)

    assert torch.allclose(fit_ridge(values, colours, 0.1).linear.weight, whole.linear.weight, atol=1e-6)


def test_channels_that_say_nothing_are_borne() -> None:
    natives = [draw(seed) for seed in range(4)]
    latents = [torch.cat([encode(native, 8), torch.zeros(8, *native.shape[:2])]) for native in natives]
    decoder = fit_native_decoder(latents, natives, scale=8, stride=8, base_hash="", method="ridge", noise=0.01)

    assert decoder.held_out.within_4 == 1


class Counting(Sequence):
    """A sequence that counts which items are read."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.items, self.read = items, set()

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Any:
        self.read.add(index)
        return self.items[index]


def test_memory_and_time_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_fit, "MOST_PICTURES", 3)
    monkeypatch.setattr(native_fit, "MOST_HELD_OUT", 2)
    monkeypatch.setattr(native_fit, "MOST_BLOCKS", 60)
    seen = []
    monkeypatch.setattr(native_fit, "fit_ridge", lambda *args: seen.append(len(args[0])) or fit_ridge(*args))
    natives = [draw(seed) for seed in range(40)]
    latents = Counting([encode(native, 8) for native in natives])
    fit_native_decoder(latents, natives, scale=8, stride=8, base_hash="", method="ridge", noise=0.01)

    assert len(latents.read - {0}) <= 5  # the first tells the number of channels
    assert seen == [60]


def test_progress_ends_with_what_was_found() -> None:
    events: list[Event] = []
    decoder = fit([draw(seed) for seed in range(4)], progress=events.append)

    assert (events[-1].stage, events[-1].done, events[-1].total) == ("fit decoder", 3, 3)
    assert events[-1].note == f"ridge: {decoder.held_out}"


def test_what_can_t_be_fitted_is_refused_with_a_reason() -> None:
    two = [draw(0), draw(1)]
    with pytest.raises(ModelError, match=r"1 latents and 1 natives: .* at least two"):
        fit(two[:1])
    with pytest.raises(ModelError, match="no method 'forest'"):
        fit(two, method="forest")
    with pytest.raises(GridMismatch, match="share no lines"):
        fit_native_decoder([encode(n, 8) for n in two], two, scale=12, stride=8, base_hash="")
    with pytest.raises(ModelError, match=r"picture \d: its latent stands for a native of 8x12 px"):
        fit_native_decoder([encode(n, 8) for n in two], [n[:-1] for n in two], scale=8, stride=8, base_hash="")
