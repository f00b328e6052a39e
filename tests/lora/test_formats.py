"""Reading and writing: every format holds the same LoRA, and what is none is told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lora.made import CONV, FIRST, LINEAR, made, same, write_checkpoint
from unipixel.errors import ModelError
from unipixel.lora import LoraWeights, Pair, lora_info, pack, read_lora, read_metadata, save_lora_file

ONE = ("F16", (1, 8), bytes(16))
OTHER = ("F16", (10, 1), bytes(20))


def of_unet() -> LoraWeights:
    mixed = made(keys=(LINEAR, CONV))
    return replace(mixed, pairs={LINEAR: made(1, rank=5, alpha=0.3).pairs[LINEAR], CONV: mixed.pairs[CONV]})


@pytest.mark.parametrize("format", ["kohya", "diffusers", "peft"])
@pytest.mark.parametrize("dtype", ["F16", "BF16", "F32"])
def test_a_round_trip_keeps_every_number(tmp_path: Path, format: str, dtype: str) -> None:
    weights = of_unet() if format == "peft" else replace(made(), pairs={**made().pairs, **of_unet().pairs})
    again = read_lora(save_lora_file(weights, tmp_path / "x.safetensors", format=format, dtype=dtype))

    assert again.pairs[LINEAR].alpha == pytest.approx(0.3, rel=1e-7)
    pairs = {**again.pairs, LINEAR: replace(again.pairs[LINEAR], alpha=0.3)}
    assert same(replace(again, pairs=pairs), weights)
    assert (again.format, again.dtype) == (format, dtype)


def test_the_same_lora_is_the_same_bytes_in_the_layout_of_pack(tmp_path: Path) -> None:
    files = [save_lora_file(made(), tmp_path / f"{n}.safetensors", dtype="F32") for n in (1, 2)]
    content = [file.read_bytes() for file in files]
    tensors = {}
    for key, pair in made().pairs.items():
        tensors[f"{key}.lora_down.weight"] = ("F32", pair.down.shape, pair.down.tobytes())
        tensors[f"{key}.lora_up.weight"] = ("F32", pair.up.shape, pair.up.tobytes())
        tensors[f"{key}.alpha"] = ("F32", (), np.float32(pair.alpha).tobytes())

    assert content[0] == content[1] == b"".join(pack(tensors, read_metadata(files[0])))
    assert sorted(tmp_path.iterdir()) == files


def test_names_with_diffusers_blocks_and_no_alpha_are_understood(tmp_path: Path) -> None:
    key = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q"
    tensors = {f"{key}.lora_down.weight": ONE, f"{key}.lora_up.weight": OTHER}
    (tmp_path / "x.safetensors").write_bytes(b"".join(pack(tensors, {})))

    pair = read_lora(tmp_path / "x.safetensors").pairs[LINEAR]

    assert (pair.rank, pair.alpha) == (1, 1.0)


def test_rank_stabilised_adapters_keep_their_scale(tmp_path: Path) -> None:
    folder = save_lora_file(of_unet(), tmp_path / "adapter", format="peft")
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, "use_rslora": True}))

    assert read_lora(folder).pairs[CONV].alpha == pytest.approx(1.5 * 3**0.5)


def test_patterns_that_begin_at_the_path_s_beginning_are_understood(tmp_path: Path) -> None:
    folder = save_lora_file(of_unet(), tmp_path / "adapter", format="peft")
    before = read_lora(folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    patterns = {f"^{path}": alpha for path, alpha in config["alpha_pattern"].items()}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "alpha_pattern": patterns}))

    assert patterns
    assert same(read_lora(folder), before)


def test_the_metadata_is_made_true(tmp_path: Path) -> None:
    weights = replace(made(keys=(LINEAR, CONV)), metadata={"ss_network_dim": "99", "sshs_model_hash": "1", "mine": "2"})
    file = save_lora_file(weights, tmp_path / "x.safetensors", title="new")
    stated = read_metadata(file)

    assert (stated["ss_network_dim"], stated["ss_network_alpha"], stated["mine"]) == ("3", "1.5", "2")
    assert json.loads(stated["ss_network_args"]) == {"conv_dim": "3", "conv_alpha": "1.5"}
    assert stated["modelspec.title"] == stated["ss_output_name"] == "new"
    assert stated["sshs_model_hash"] == lora_info(file).hash
    assert read_metadata(save_lora_file(of_unet(), tmp_path / "y.safetensors"))["ss_network_dim"] == "5"


def test_what_holds_for_one_file_only_is_not_carried_over(tmp_path: Path) -> None:
    kohya = save_lora_file(made(), tmp_path / "a.safetensors")
    diffusers = save_lora_file(read_lora(kohya), tmp_path / "b.safetensors", format="diffusers")
    again = save_lora_file(read_lora(diffusers), tmp_path / "c.safetensors")

    assert not {"sshs_model_hash", "sshs_legacy_hash", "modelspec.hash_sha256"} & set(read_metadata(diffusers))
    assert "lora_adapter_metadata" in read_metadata(diffusers)
    assert again.read_bytes() == kohya.read_bytes()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["lora_unet_x.hada_w1_a"], "a LoHa"),
        (["lora_unet_x.lokr_w1"], "a LoKr"),
        (["lora_unet_x.oft_blocks"], "an OFT"),
        (["lora_unet_x.lora_mid.weight"], "Tucker"),
        ([f"{LINEAR}.lora_down.weight", f"{LINEAR}.lora_up.weight", f"{LINEAR}.dora_scale"], "a DoRA"),
        ([f"{LINEAR}.lora_up.weight"], "has no down matrix"),
        (["model.diffusion_model.out.2.weight"], "a whole model"),
        ([f"{LINEAR}.diff"], "not part of a plain LoRA"),
        (["lora_unet_double_blocks_0_img_mlp_0.lora_down.weight", "lora_unet_double_blocks_0_img_mlp_0.lora_up.weight"],
         "for Flux"),
        (["lora_unet_nowhere.lora_down.weight", "lora_unet_nowhere.lora_up.weight"], "such as lora_unet_nowhere"),
        ([], "no LoRA in it"),
    ],
)  # fmt: skip
def test_what_is_no_lora_of_sdxl_is_named(tmp_path: Path, names: list[str], message: str) -> None:
    tensors = {name: ONE if "down" in name else OTHER for name in names}
    (tmp_path / "x.safetensors").write_bytes(b"".join(pack(tensors, {})))

    with pytest.raises(ModelError, match=rf"x\.safetensors.*{message}"):
        read_lora(tmp_path / "x.safetensors")


def test_a_lora_of_sd1_is_told_by_its_text_width(tmp_path: Path) -> None:
    key = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k"
    tensors = {f"{key}.lora_down.weight": ("F16", (1, 768), bytes(1536)), f"{key}.lora_up.weight": OTHER}
    (tmp_path / "x.safetensors").write_bytes(b"".join(pack(tensors, {})))

    with pytest.raises(ModelError, match="for Stable Diffusion 1, but one for SDXL"):
        read_lora(tmp_path / "x.safetensors")


def test_matrices_that_do_not_fit_are_named(tmp_path: Path) -> None:
    pair = made().pairs[LINEAR]
    save_lora_file(LoraWeights({LINEAR: Pair(pair.down[:2], pair.up, 1.0)}), tmp_path / "x.safetensors")

    with pytest.raises(ModelError, match=r"\(2, 8\) and \(10, 3\), do not fit"):
        read_lora(tmp_path / "x.safetensors")


def test_a_failed_writing_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(b"old")
    big = Pair(np.full((1, 8), 1e6, np.float32), np.ones((10, 1), np.float32), 1.0)

    with pytest.raises(ModelError, match="too large for F16"):
        save_lora_file(LoraWeights({LINEAR: big}), file)
    with pytest.raises(ModelError, match="holds one model"):
        save_lora_file(made(keys=(LINEAR, FIRST)), file, format="peft")

    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_checkpoint_is_no_lora(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a whole model"):
        read_lora(write_checkpoint(tmp_path / "x.safetensors"))
