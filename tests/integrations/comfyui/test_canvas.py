"""The recipes' canvases as latents, and natives fitted onto them."""

import numpy as np
import pytest

from comfyui_prompts import as_batch, given, node
from host_pictures import draw
from unipixel.dataset import fit_frames
from unipixel.recipe import load_recipe

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(("preset", "scale"), [("unipixel", 8), ("mini-unipixel", 16)])
def test_every_canvas_of_a_recipe_is_a_latent_of_whole_native_pixels(comfy, preset, scale):
    latent_size = comfy.nodes["UniPixelLatentSize"]
    offered = latent_size.INPUT_TYPES()["required"]["canvas"][0]
    recipe = load_recipe(preset)
    assert offered == [str(size) for size in (*recipe.dataset.canvases, *recipe.sample.unseen)]

    for size in offered:
        latent, width, height, given_scale, native_width, native_height = latent_size().run(
            preset=preset, canvas=size, batch_size=3
        )
        assert f"{width}x{height}" == size
        assert tuple(latent["samples"].shape) == (3, 4, height // 8, width // 8)
        assert not latent["samples"].any()
        assert (given_scale, native_width * scale, native_height * scale) == (scale, width, height)


def test_canvases_that_do_not_divide_are_told(comfy):
    latent_size = comfy.nodes["UniPixelLatentSize"]()

    with pytest.raises(Exception, match="1000x1000 does not divide"):
        latent_size.run(preset="mini-unipixel", canvas="1000x1000")
    with pytest.raises(Exception, match="preset auto is not known"):
        latent_size.run(preset="auto", canvas="1024x1024")


def test_natives_are_fitted_without_resampling_and_alike(comfy):
    natives = [draw(1, height=150, width=100), draw(2, height=150, width=100)]
    prompt = {
        "1": given(comfy, as_batch(*natives)),
        "2": node("UniPixelFitToCanvas", images=["1", 0], mask=["1", 1], preset="unipixel", canvas="1024x1024"),
        "3": node("Keep", images=["2", 1]),
    }

    (native,), (canvas,) = comfy.run(prompt)["2"]["outputs"]

    assert np.array_equal((native * 255).round().numpy(), fit_frames(np.stack(natives), (128, 128))[..., :3])
    assert tuple(canvas.shape) == (2, 1024, 1024, 3)
    assert np.array_equal(canvas[:, ::8, ::8].numpy(), native.numpy())
    assert np.array_equal(canvas[:, 7::8, 7::8].numpy(), native.numpy())
