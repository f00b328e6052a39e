"""What reaches the UNet is the training pictures: whole, unmoved, in their own colours, at their own size."""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unipixel.diffusion import Base, check_images, load_base
from unipixel.diffusion.chance import generator
from unipixel.diffusion.latents import decode_latent
from unipixel.diffusion.training import Watch
from unipixel.diffusion.training import loop as loop_module
from unipixel.diffusion.training.loop import Lesson
from unipixel.diffusion.training.material import prepare
from unipixel.errors import GridMismatch
from unipixel.lora import TrainingSettings
from unipixel.progress import quiet


@pytest.fixture(scope="module")
def micro() -> Base:
    """Load the embedded base, whose autoencoder gives flat cells back exactly."""
    return load_base(Path(str(resources.files("unipixel") / "micro")), device="cpu")


class Ear(torch.nn.Module):
    """Stand where the UNet stands and keep what it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[dict[str, Any]] = []

    def forward(self, noisy: torch.Tensor, timesteps: torch.Tensor, **told: Any) -> tuple[torch.Tensor]:
        """Keep everything and say nothing."""
        self.heard.append({"noisy": noisy, "timesteps": timesteps, **told})
        return (torch.zeros_like(noisy, requires_grad=True),)


@st.composite
def data_sets(draw: st.DrawFn) -> tuple[int, list[np.ndarray]]:
    """A scale and natives scaled up by it, of a few sizes."""
    scale = draw(st.sampled_from([8, 16]))
    sizes = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4))
    images = []
    for number, (height, width) in enumerate(sizes):
        rng = np.random.default_rng(draw(st.integers(0, 99)) * 10 + number)
        native = np.full((height, width, 4), 255, np.uint8)
        native[..., :3] = rng.integers(0, 256, (height, width, 3))
        images.append(native.repeat(scale, 0).repeat(scale, 1))
    return scale, images


@settings(max_examples=25)
@given(
    data=data_sets(),
    flip=st.booleans(),
    offset=st.sampled_from([0.0, 0.1]),
    pyramid=st.sampled_from([0.0, 0.5]),
    batch_size=st.integers(1, 3),
    seed=st.integers(0, 5),
)
def test_the_unet_sees_the_training_pictures_and_nothing_else(
    micro: Base,
    data: tuple[int, list[np.ndarray]],
    flip: bool,
    offset: float,
    pyramid: float,
    batch_size: int,
    seed: int,
) -> None:
    scale, images = data
    numbers = TrainingSettings(
        scale=scale,
        rank=1,
        alpha=1.0,
        targets="attention",
        steps=1,
        batch_size=batch_size,
        learning_rate=1.0,
        seed=seed,
        flip=flip,
        noise_offset=offset,
        pyramid_noise=pyramid,
        caption_dropout=0.5,
    )
    keys, captions = check_images(images, scale), [f"word, {i}" for i in range(len(images))]
    with tempfile.TemporaryDirectory() as folder:
        material = prepare(micro, images, keys, captions, numbers, Watch(), cache=Path(folder), progress=quiet)
        ear = Ear()
        lesson = Lesson(micro, ear, material.buckets, material.captions, numbers)
        drawn: list[torch.Tensor] = []
        true_noise = loop_module.draw_noise
        with pytest.MonkeyPatch.context() as patch:

            def keep(*arguments: Any, **options: Any) -> torch.Tensor:
                drawn.append(true_noise(*arguments, **options))
                return drawn[-1]

            patch.setattr(loop_module, "draw_noise", keep)
            for draw in range(3):
                lesson.loss(draw)

    known = {image.tobytes() for image in images} | ({image[:, ::-1].tobytes() for image in images} if flip else set())
    power = micro.signal_power()
    for heard, noise in zip(ear.heard, drawn, strict=True):
        height, width = (8 * cells for cells in heard["noisy"].shape[2:])
        assert heard["added_cond_kwargs"]["time_ids"].tolist() == [[height, width, 0, 0, height, width]] * batch_size
        share = power[heard["timesteps"]].view(-1, 1, 1, 1)
        clean = (heard["noisy"] - (1 - share).sqrt() * noise) / share.sqrt()
        for latent, signal in zip(clean, share.flatten().tolist(), strict=True):
            if signal > 0.05:  # what is nearly all noise can't be read back in 32 bits
                assert decode_latent(micro, latent).tobytes() in known


@given(st.integers(0, 31), st.integers(0, 23), st.integers(0, 2), st.integers(1, 255))
def test_a_picture_with_one_wrong_value_never_gets_that_far(row: int, col: int, channel: int, change: int) -> None:
    native = np.random.default_rng(row * 24 + col).integers(0, 256, (4, 3, 4), dtype=np.uint8)
    native[..., 3] = 255
    image = native.repeat(8, 0).repeat(8, 1)
    image[row, col, channel] ^= np.uint8(change)

    with pytest.raises(GridMismatch, match="native pixels have more than one colour"):
        check_images([image], 8)


@pytest.mark.parametrize("shift", [1, 4, 7])
def test_art_that_is_moved_off_its_grid_is_refused(shift: int) -> None:
    native = np.random.default_rng(1).integers(0, 256, (6, 6, 4), dtype=np.uint8)
    native[..., 3] = 255
    image = np.roll(native.repeat(8, 0).repeat(8, 1), shift, axis=1)

    with pytest.raises(GridMismatch):
        check_images([image], 8)


def test_chance_has_a_stream_of_its_own_for_each_purpose() -> None:
    first, second = (torch.rand(4, generator=generator(1, purpose, 0)) for purpose in ("batch", "probe"))

    assert not torch.equal(first, second)
