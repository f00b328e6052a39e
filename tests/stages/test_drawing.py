"""Free drawing: each picture once, raw and native, whatever stops it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unipixel.dataset.canvas import Canvas
from unipixel.errors import CanvasError, OptionError
from unipixel.image import load_image, read_metadata
from unipixel.lora import pack
from unipixel.recipe import load_recipe
from unipixel.sampling import Lora
from unipixel.stages.drawing import Wish, draw, plan_drawings
from unipixel.stages.drawing_defaults import defaults_for, trigger_of
from unipixel.stages.sheets import save_sheet

WISH = Wish(
    prompts=("cow, grass", "red mushroom"),
    sizes=(Canvas(64, 48),),
    seeds=(1, 2),
    negative_prompt="dark",
    steps=2,
    guidance=2.0,
    sampler="euler-a",
    scale=8,
    max_colors=16,
)
LORAS = (Lora(Path("a.safetensors"), 0.8, "a", "0" * 64), Lora(Path("b.safetensors"), 0.5, "b", "1" * 64))


def lora_file(file, metadata):
    header, data = pack({"x": ("F32", (1,), bytes(4))}, metadata)
    file.write_bytes(header + data)
    return Lora(file, 1.0, file.stem, "0" * 64)


def test_every_prompt_with_every_seed_at_every_size_and_weight():
    wish = replace(WISH, sizes=(Canvas(64, 48), Canvas(48, 64)), loras=LORAS, weights=(0.0, 1.0))

    plan = plan_drawings(wish)

    assert len(set(plan)) == len(plan) == 2 * 2 * 2 * 2
    assert {tuple(lora.weight for lora in each.loras) for each in plan} == {(0.0, 0.5), (1.0, 0.5)}
    assert len(plan_drawings(replace(WISH, prompts=("cow", "cow ")))) == 2


def test_what_can_not_be_drawn_is_told_before_a_model_is_loaded(tmp_path):
    with pytest.raises(OptionError, match="no prompt"):
        draw(replace(WISH, prompts=()), tmp_path, base="none")
    with pytest.raises(OptionError, match="--lora"):
        draw(replace(WISH, weights=(1.0,)), tmp_path, base="none")
    with pytest.raises(OptionError, match="weights and changes"):
        draw(replace(WISH, negative_prompt="(dark:2)"), tmp_path, base="none")
    with pytest.raises(CanvasError, match="16x16"):
        draw(replace(WISH, sizes=(Canvas(72, 48),), scale=16), tmp_path, base="none")


def test_a_name_follows_from_all_that_a_picture_depends_on(tmp_path):
    def names(base="micro", **changes):
        return {each.file.name for each in draw(replace(WISH, **changes), tmp_path, base=base, dry_run=True)}

    whole = [names(), names("other"), names(steps=3), names(guidance=2.5), names(sampler="euler"), names(loras=LORAS)]
    whole += [names(negative_prompt=""), names(sizes=(Canvas(48, 64),)), names(loras=LORAS[:1])]

    assert len(set.union(*whole)) == sum(map(len, whole))
    assert names(scale=None) == names()
    assert names(loras=LORAS, weights=(0.0,)) == names(loras=LORAS[1:])
    assert any(name.startswith("cow-grass-s1-") for name in names())
    assert not list(tmp_path.iterdir())


def test_a_lora_tells_the_recipe_of_its_training(tmp_path):
    notes = {
        "scale": 16,
        "sample.steps": 30,
        "sample.guidance": 4.5,
        "sample.sampler": "heun",
        "dataset.max_colors": 24,
    }
    other = lora_file(tmp_path / "other.safetensors", {})
    ours = lora_file(
        tmp_path / "ours.safetensors",
        {"unipixel.recipe": json.dumps(notes), "modelspec.resolution": "1152x896", "modelspec.trigger_phrase": "w0rd"},
    )

    told = defaults_for("illustrious.safetensors", [other, ours])

    assert (told.scale, told.steps, told.guidance, told.sampler) == (16, 30, 4.5, "heun")
    assert (told.size, told.max_colors) == (Canvas(1152, 896), 24)
    assert trigger_of([other, ours, ours]) == "w0rd"
    assert trigger_of([replace(ours, weight=0.0)]) == ""
    assert defaults_for("x.safetensors", [other]).scale is None
    assert defaults_for("x.safetensors", []).steps == load_recipe("unipixel").sample.steps
    assert defaults_for("micro", []).size == load_recipe("demo").dataset.canvases[0]
    assert defaults_for("micro", [ours], load_recipe("unipixel")).scale == 8


@pytest.mark.parametrize(
    "notes",
    ["[1]", "{", '{"scale": "8", "sample.steps": -1, "sample.guidance": true, "sample.sampler": [], "x": null}'],
)
def test_a_lora_that_tells_nonsense_is_not_believed(tmp_path, notes):
    lora = lora_file(tmp_path / "l.safetensors", {"unipixel.recipe": notes, "modelspec.resolution": "7x7"})

    assert defaults_for("x.safetensors", [lora]) == defaults_for("x.safetensors", [])


@pytest.fixture
def one_thread():
    import torch

    torch.set_num_threads(1)


@pytest.mark.torch
@pytest.mark.usefixtures("one_thread")
class TestOnTheMicroBase:
    def test_pictures_lie_raw_and_native_with_their_notes(self, tmp_path):
        drawn = draw(WISH, tmp_path, base="micro")

        assert [each.state for each in drawn] == ["drawn"] * 4
        for each in drawn:
            raw, native = load_image(each.file), load_image(each.native)
            assert (raw.shape, native.shape) == ((48, 64, 4), (6, 8, 4))
            assert len(np.unique(native.reshape(-1, 4), axis=0)) <= 16
            assert f"Seed: {each.drawing.seed}," in read_metadata(each.file)["parameters"]
            assert read_metadata(each.native) == read_metadata(each.file)
        sheets = save_sheet(drawn, tmp_path)
        assert len(sheets) == 1
        assert load_image(sheets[0]).shape[1] > 2 * 8

    def test_only_what_is_missing_is_drawn_and_force_draws_all(self, tmp_path):
        first = draw(WISH, tmp_path, base="micro")
        before = {each.file: each.file.read_bytes() for each in first}
        first[0].file.unlink()
        first[1].native.unlink()
        first[2].file.write_bytes(before[first[3].file])

        again = draw(WISH, tmp_path, base="micro")

        assert [each.state for each in again] == ["drawn", "kept", "kept", "kept"]
        assert first[0].file.read_bytes() == before[first[0].file]
        assert first[1].native.exists()
        assert first[2].file.read_bytes() == before[first[3].file]
        forced = draw(WISH, tmp_path, base="micro", force=True)
        assert {each.state for each in forced} == {"drawn"}
        assert {each.file: each.file.read_bytes() for each in forced} == before

    def test_what_is_done_when_it_is_stopped_is_kept(self, tmp_path):
        def stop(event):
            if event.done == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            draw(WISH, tmp_path, base="micro", batch_size=1, progress=stop)
        assert len(list(tmp_path.glob("*.png"))) == len(list(tmp_path.glob("native/*.png"))) == 2

        assert [each.state for each in draw(WISH, tmp_path, base="micro")] == ["kept", "kept", "drawn", "drawn"]


@pytest.mark.torch
def test_the_native_decoder_draws_on_the_grid_without_the_autoencoder(tmp_path):
    from unipixel.diffusion import encode_images, load_base
    from unipixel.diffusion.native_fit import fit_native_decoder
    from unipixel.stages.base import base_path

    base = load_base(base_path("micro"), device="cpu")
    natives = [np.random.default_rng(seed).integers(0, 256, (6, 8, 4)).astype(np.uint8) for seed in range(3)]
    for native in natives:
        native[..., 3] = 255
    latents = encode_images(base, [native.repeat(8, 0).repeat(8, 1) for native in natives], scale=8)
    fitted = fit_native_decoder(latents, natives, scale=8, stride=8, base_hash=base.hash, method="ridge")
    file = fitted.save(tmp_path / "native-decoder.safetensors")
    wish = replace(WISH, prompts=("cow",), seeds=(1,), max_colors=None)

    (plain,) = draw(wish, tmp_path / "drawn", base="micro")
    (straight,) = draw(replace(wish, decoder=file), tmp_path / "drawn", base="micro")
    raw, native = load_image(straight.file), load_image(straight.native)

    assert straight.file != plain.file
    assert np.array_equal(raw, native.repeat(8, 0).repeat(8, 1))
    assert not np.array_equal(raw, load_image(plain.file))
    with pytest.raises(OptionError, match="no native decoder beside the LoRA"):
        draw(replace(wish, decoder=tmp_path / "none"), tmp_path / "drawn", base="micro")
