"""A checkpoint in one file is recognised by its header, and everything else is called by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.made import CONV_IN, CROSS, SDXL, SIZES, TEXT, VAE, Shapes, headed, whole, without
from unipixel.checkpoint import recognise
from unipixel.checkpoint.single_file import SDXL_TENSORS
from unipixel.errors import ModelError


@pytest.mark.parametrize(
    ("markers", "metadata", "expected"),
    [
        ([], {}, ("epsilon", False, False)),
        (["v_pred"], {}, ("v_prediction", False, True)),
        (["v_pred", "ztsnr"], {}, ("v_prediction", True, True)),
        (["ztsnr"], {}, ("epsilon", False, False)),
        ([], {"modelspec.prediction_type": "v"}, ("v_prediction", False, True)),
        ([], {"modelspec.prediction_type": "epsilon"}, ("epsilon", False, True)),
        ([], {"ss_v_parameterization": "True", "ss_zero_terminal_snr": "True"}, ("v_prediction", True, True)),
        ([], {"ss_v_parameterization": "False", "ss_zero_terminal_snr": "True"}, ("epsilon", False, True)),
    ],
)
def test_the_prediction_type_is_read_from_the_header(
    tmp_path: Path, markers: list[str], metadata: dict[str, str], expected: tuple[str, bool, bool]
) -> None:
    found = recognise(headed(tmp_path / "x.safetensors", whole() | {marker: (0,) for marker in markers}, metadata))

    assert (found.prediction_type, found.zero_terminal_snr, found.stated) == expected


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (without(SIZES), "no size conditioning, so this is not SDXL .of unknown kind"),
        ({CONV_IN: (1, 4, 1, 1), "cond_stage_model.transformer.x": (0,)}, "Stable Diffusion 1"),
        ({CONV_IN: (1, 4, 1, 1), "cond_stage_model.model.x": (0,)}, "Stable Diffusion 2"),
        ({CONV_IN: (1, 4, 1, 1), CROSS: (1, 768)}, "Stable Diffusion 1"),
        (whole() | {CONV_IN: (1, 9, 1, 1)}, "an inpainting model"),
        (whole() | {CONV_IN: (1, 8, 1, 1)}, "an edit model"),
        (whole() | {CONV_IN: (1, 16, 1, 1)}, "of another autoencoder"),
        (whole() | {CROSS: (1, 1280)}, "the SDXL refiner"),
        (without(TEXT, VAE), "lacks its first text encoder and autoencoder"),
        (whole() | {"edm_mean": (4,)}, "Playground 2.5 or CosXL"),
        (whole() | {"edm_vpred.sigma_max": (1,)}, "Playground 2.5 or CosXL"),
        (whole() | {"scaled_fp8": (0,)}, "packed or scaled"),
        (whole() | {f"{CROSS}.quant_state.bitsandbytes__nf4": (0,)}, "packed or scaled"),
    ],
)
def test_what_is_no_whole_sdxl_is_refused(tmp_path: Path, shapes: Shapes, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        recognise(headed(tmp_path / "x.safetensors", shapes))


def test_weights_of_whole_numbers_are_refused_and_those_of_8_bits_not(tmp_path: Path) -> None:
    assert recognise(headed(tmp_path / "x.safetensors", whole(), dtype="F8_E4M3"))
    with pytest.raises(ModelError, match="packed or scaled"):
        recognise(headed(tmp_path / "x.safetensors", whole(), dtype="U8"))


@pytest.mark.parametrize("prefix", SDXL_TENSORS)
def test_a_part_of_too_few_tensors_is_named(tmp_path: Path, prefix: str) -> None:
    shapes = whole()
    del shapes[f"{prefix}filling.7"]
    shapes |= {f"{prefix}x.position_ids": (1,), f"{prefix}logit_scale": (1,)}  # which nobody reads

    with pytest.raises(ModelError, match=rf"{SDXL_TENSORS[prefix] - 1:,} of the {SDXL_TENSORS[prefix]:,} tensors"):
        recognise(headed(tmp_path / "x.safetensors", shapes))


def test_another_configuration_has_widths_of_its_own_and_is_not_counted(tmp_path: Path) -> None:
    file = headed(tmp_path / "x.safetensors", SDXL | {CONV_IN: (1, 12, 1, 1), CROSS: (1, 40)})

    assert recognise(file, in_channels=12, cross_attention_dim=40, tensors=None).prediction_type == "epsilon"


def test_a_file_that_is_cut_off_or_absent_is_named(tmp_path: Path) -> None:
    file = headed(tmp_path / "x.safetensors", whole(), dtype="F16")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"x\.safetensors: the file is cut off"):
        recognise(file)
    with pytest.raises(ModelError, match="cannot be read"):
        recognise(tmp_path / "none.safetensors")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "x.safetensors"
    file.write_bytes(content)
    with pytest.raises(ModelError, match=r"x\.safetensors: "):
        recognise(file)
