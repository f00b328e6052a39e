"""Facts of a file: counted and measured, and what is wrong with it is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lora.made import CONV, FIRST, LINEAR, made
from unipixel.errors import ModelError
from unipixel.lora import LoraWeights, Pair, lora_info, pack, save_lora_file, thumbnail_bytes, thumbnail_uri

PNG = b"\x89PNG\r\n\x1a\nrest"


def test_a_sound_file_is_described(tmp_path: Path) -> None:
    metadata = {
        **made().metadata,
        "ss_tag_frequency": json.dumps({"a": {f"tag{n}": n for n in range(30)}, "b": {"tag3": 100}}),
        "ss_bucket_info": json.dumps({"buckets": {"0": {"resolution": [1152, 896], "count": 3}}}),
        "unipixel.recipe": '{"name": "classic"}',
        "modelspec.thumbnail": thumbnail_uri(PNG),
        "modelspec.trigger_phrase": "nv",
    }
    weights = replace(made(keys=(LINEAR, CONV, FIRST)), metadata=metadata)
    found = lora_info(save_lora_file(weights, tmp_path / "x.safetensors"))

    assert found.warnings == []
    assert (found.format, found.dtype, found.ranks, found.alphas) == ("kohya", "F16", {3: 3}, {1.5: 3})
    assert {part: facts.modules for part, facts in found.parts.items()} == {"unet": 2, "text_encoder": 1}
    norms = {key: float(np.linalg.norm(pair.delta())) for key, pair in weights.pairs.items()}
    unet = found.parts["unet"]
    assert unet.norm == pytest.approx((norms[LINEAR] ** 2 + norms[CONV] ** 2) ** 0.5, rel=1e-5)
    assert norms[unet.largest] == pytest.approx(unet.largest_norm, rel=1e-5)
    assert unet.largest_norm == pytest.approx(max(norms[LINEAR], norms[CONV]), rel=1e-5)
    assert list(found.tags.items())[:2] == [("tag3", 103), ("tag29", 29)]
    assert len(found.tags) == 20
    assert found.buckets == {"1152x896": 3}
    assert found.stated["recipe"] == "classic"
    assert found.stated["trigger"] == "nv"
    assert found.thumbnail


def test_an_edited_file_is_noticed(tmp_path: Path) -> None:
    file = save_lora_file(made(), tmp_path / "x.safetensors")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)

    assert [w for w in lora_info(file).warnings if "edited, or damaged" in w]


def test_broken_and_empty_modules_are_named(tmp_path: Path) -> None:
    zero = Pair(np.ones((1, 8), np.float32), np.zeros((10, 1), np.float32), 1.0)
    broken = Pair(np.full((1, 6), np.nan, np.float32), np.ones((12, 1), np.float32), 1.0)
    found = lora_info(save_lora_file(LoraWeights({LINEAR: zero, FIRST: broken}), tmp_path / "x.safetensors"))

    assert (found.zero_modules, found.broken_modules) == ([LINEAR], [FIRST])
    assert len(found.warnings) == 2


def test_a_file_that_a1111_would_hide_is_named(tmp_path: Path) -> None:
    pair = made().pairs[LINEAR]
    tensors = {
        f"{LINEAR}.lora_{side}.weight": ("F32", half.shape, half.tobytes())
        for side, half in (("down", pair.down), ("up", pair.up))
    }
    (tmp_path / "x.safetensors").write_bytes(b"".join(pack(tensors, {"ss_tag_frequency": "{broken"})))

    assert "A1111" in lora_info(tmp_path / "x.safetensors").warnings[0]


def test_a_thumbnail_is_a_data_uri_there_and_back() -> None:
    assert thumbnail_uri(PNG).startswith("data:image/png;base64,")
    assert thumbnail_bytes(thumbnail_uri(PNG)) == PNG
    with pytest.raises(ModelError, match="PNG"):
        thumbnail_uri(b"GIF89a")
    for wrong in ("", "hello", "data:text/plain;base64,AAAA", "data:image/png;base64,*"):
        with pytest.raises(ModelError, match="data URI"):
            thumbnail_bytes(wrong)
