"""The embedded base model: small, of SDXL's architecture, with an autoencoder that makes no grid of its own."""

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from unipixel.diffusion import load_base, round_trip
from unipixel.evaluation import measure_discipline

MICRO = Path(str(resources.files("unipixel") / "micro"))
MAX_BYTES = 12_000_000


@pytest.fixture(scope="module")
def micro():
    return load_base(MICRO, device="cpu")


@pytest.fixture(scope="module")
def smooth():
    """Shapes with soft edges on a gradient: nothing lies on a lattice."""
    y, x = np.mgrid[0:192, 0:192].astype(float)
    picture = np.dstack([60 + 0.6 * x, 140 - 0.3 * y, 90 + 0.4 * y])
    for cy, cx, r, color in ((61, 83, 37, (230, 60, 50)), (131, 45, 29, (250, 220, 90)), (120, 140, 43, (40, 60, 160))):
        inside = np.clip(r - np.hypot(y - cy, x - cx) + 0.5, 0, 1)[..., None]
        picture = picture * (1 - inside) + np.array(color) * inside
    return np.dstack([picture, np.full((192, 192), 255)]).round().astype(np.uint8)


def pixelate(image, offset):
    rows = np.clip((np.arange(192) - offset) // 8 * 8 + offset + 4, 0, 191)
    return image[rows][:, rows]


def test_it_is_small_and_keeps_to_sdxl_s_classes():
    assert sum(file.stat().st_size for file in MICRO.rglob("*") if file.is_file()) <= MAX_BYTES
    index = json.loads((MICRO / "model_index.json").read_text("utf-8"))
    assert index["_class_name"] == "StableDiffusionXLPipeline"
    assert index["unet"] == ["diffusers", "UNet2DConditionModel"]
    assert index["text_encoder_2"] == ["transformers", "CLIPTextModelWithProjection"]
    unet = json.loads((MICRO / "unet" / "config.json").read_text("utf-8"))
    assert unet["addition_embed_type"] == "text_time"


def test_a_smooth_picture_stays_smooth(micro, smooth):
    before, after = measure_discipline(smooth, 8), measure_discipline(round_trip(micro, smooth), 8)

    assert before.edge_energy_on_grid == pytest.approx(1 / 8, abs=0.02)
    assert after.edge_energy_on_grid < 0.3
    assert after.within_cell_variance > 0.75 * before.within_cell_variance


def test_art_on_the_lattice_comes_back_exactly(micro, smooth):
    art = pixelate(smooth, 0)

    assert np.array_equal(round_trip(micro, art), art)


def test_art_off_the_lattice_stays_off_it(micro, smooth):
    after = measure_discipline(round_trip(micro, pixelate(smooth, 4)), 8)

    assert after.best_offset == (4, 4)
    assert after.within_cell_variance > 0.75 * measure_discipline(pixelate(smooth, 4), 8).within_cell_variance


def test_any_trigger_word_is_spelled_out(micro):
    tokenizer = micro.pipeline.tokenizer
    pieces = tokenizer.convert_ids_to_tokens(tokenizer("nv-p1xel4rt, red house").input_ids)

    assert tokenizer.unk_token_id not in tokenizer("nv-p1xel4rt").input_ids[1:-1]
    assert {"red</w>", "house</w>"} <= set(pieces)
