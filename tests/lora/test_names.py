"""Key names: known ones written out, and every module of any layout there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import ModelError
from unipixel.lora import UNetLayout, kohya_key, match_keys

SDXL = UNetLayout()
MICRO = UNetLayout(layers=(1, 1, 1))


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (
            "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_k",
            "input_blocks_4_1_transformer_blocks_0_attn1_to_k",
        ),
        (
            "down_blocks.2.attentions.1.transformer_blocks.9.ff.net.0.proj",
            "input_blocks_8_1_transformer_blocks_9_ff_net_0_proj",
        ),
        (
            "mid_block.attentions.0.transformer_blocks.3.attn2.to_out.0",
            "middle_block_1_transformer_blocks_3_attn2_to_out_0",
        ),
        ("up_blocks.0.attentions.2.proj_out", "output_blocks_2_1_proj_out"),
        ("up_blocks.1.attentions.0.proj_in", "output_blocks_3_1_proj_in"),
        ("down_blocks.0.resnets.1.conv1", "input_blocks_2_0_in_layers_2"),
        ("down_blocks.1.resnets.0.conv_shortcut", "input_blocks_4_0_skip_connection"),
        ("mid_block.resnets.1.conv2", "middle_block_2_out_layers_3"),
        ("up_blocks.2.resnets.2.time_emb_proj", "output_blocks_8_0_emb_layers_1"),
        ("down_blocks.0.downsamplers.0.conv", "input_blocks_3_0_op"),
        ("up_blocks.1.upsamplers.0.conv", "output_blocks_5_2_conv"),
        ("conv_in", "input_blocks_0_0"),
        ("conv_out", "out_2"),
        ("time_embedding.linear_2", "time_embed_2"),
        ("add_embedding.linear_1", "label_emb_0_0"),
    ],
)
def test_sdxl_names_are_those_of_the_trainers(path: str, key: str) -> None:
    assert kohya_key("unet", path, SDXL) == f"lora_unet_{key}"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("down_blocks.1.attentions.0.proj_in", "input_blocks_3_1_proj_in"),
        ("down_blocks.2.resnets.0.conv1", "input_blocks_5_0_in_layers_2"),
        ("down_blocks.1.downsamplers.0.conv", "input_blocks_4_0_op"),
        ("up_blocks.0.upsamplers.0.conv", "output_blocks_1_2_conv"),
        ("up_blocks.2.resnets.1.conv2", "output_blocks_5_0_out_layers_3"),
    ],
)
def test_one_layer_a_block_counts_differently(path: str, key: str) -> None:
    assert kohya_key("unet", path, MICRO) == f"lora_unet_{key}"


def test_layers_may_differ_by_level() -> None:
    layout = UNetLayout(layers=(1, 2, 3))

    assert kohya_key("unet", "down_blocks.2.resnets.0.conv1", layout) == "lora_unet_input_blocks_6_0_in_layers_2"
    assert kohya_key("unet", "up_blocks.1.resnets.0.conv1", layout) == "lora_unet_output_blocks_4_0_in_layers_2"


def test_an_upsampler_without_attention_before_it_moves_up() -> None:
    layout = UNetLayout(up_attention=(False, True, False))

    assert kohya_key("unet", "up_blocks.0.upsamplers.0.conv", layout) == "lora_unet_output_blocks_2_1_conv"


def test_text_encoders_keep_text_model_in_their_names() -> None:
    long = "text_model.encoder.layers.0.self_attn.q_proj"
    expected = "lora_te1_text_model_encoder_layers_0_self_attn_q_proj"

    assert kohya_key("text_encoder", long, SDXL) == expected
    assert kohya_key("text_encoder", long.removeprefix("text_model."), SDXL) == expected
    assert kohya_key("text_encoder_2", "text_projection", SDXL) == "lora_te2_text_projection"


def test_a_module_that_is_not_there_has_no_name() -> None:
    with pytest.raises(ModelError, match=r"down_blocks.0.motion_modules.0"):
        kohya_key("unet", "down_blocks.0.motion_modules.0", SDXL)


@st.composite
def layouts(draw: st.DrawFn) -> UNetLayout:
    """Layouts of one to four levels."""
    count = draw(st.integers(1, 4))
    layers = draw(st.tuples(*[st.integers(1, 3)] * count))
    return UNetLayout(layers, draw(st.tuples(*[st.booleans()] * count)))


def paths(layout: UNetLayout) -> list[str]:
    """Module paths of a UNet of this layout, one of each kind a block."""
    found = [
        "conv_in",
        "conv_out",
        "mid_block.resnets.0.conv1",
        "mid_block.attentions.0.proj_in",
        "mid_block.resnets.1.conv1",
    ]
    for side, sizes in (("down", layout.layers), ("up", tuple(n + 1 for n in layout.layers[::-1]))):
        for level, size in enumerate(sizes):
            for j in range(size):
                found += [f"{side}_blocks.{level}.resnets.{j}.{name}" for name in ("conv1", "conv2", "conv_shortcut")]
                # upsamplers sit where attention would be when there is none
                if side == "down" or layout.up_attention[level]:
                    found += [f"{side}_blocks.{level}.attentions.{j}.proj_in"]
            if level < len(sizes) - 1:
                found += [f"{side}_blocks.{level}.{side}samplers.0.conv"]
    return found


@given(layouts())
def test_every_module_is_found_again_by_its_key(layout: UNetLayout) -> None:
    modules = paths(layout)
    keys = [kohya_key("unet", path, layout) for path in modules]

    found, unknown = match_keys(keys, {"unet": modules}, layout)

    assert len(set(keys)) == len(keys)
    assert [found[key] for key in keys] == [("unet", path) for path in modules]
    assert unknown == ()


@pytest.mark.parametrize(
    "key",
    [
        "lora_unet_down_blocks_1_attentions_0_proj_in",
        "lora_unet_input_blocks_4_1_proj_in",
        "unet.down_blocks.1.attentions.0.proj_in",
    ],
)
def test_other_spellings_are_understood(key: str) -> None:
    path = "down_blocks.1.attentions.0.proj_in"

    found, unknown = match_keys([key, "lora_unet_nonsense"], {"unet": [path]}, SDXL)

    assert found == {key: ("unet", path)}
    assert unknown == ("lora_unet_nonsense",)
