"""``unipixel lora``: whole files, never replaced unasked, and each way of writing a LoRA used once."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from lora.made import LINEAR, made, same, write_checkpoint
from unipixel.cli.lora import Weighted
from unipixel.lora import read_lora, read_metadata, save_lora_file, thumbnail_uri
from unipixel.lora.tensors import TensorFile

PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture
def lora(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    picture = {"modelspec.thumbnail": thumbnail_uri(PNG)}
    save_lora_file(replace(made(1), metadata={**made().metadata, **picture}), "one.safetensors")
    save_lora_file(made(2), "two.safetensors")
    return partial(run, "lora")


def test_info_says_what_it_is_and_gives_the_picture(lora, tmp_path):
    code, out, err = lora("info", "one.safetensors", "--save-thumbnail", "p.png")
    assert (code, err) == (0, "")
    assert "ranks:            3 (6)" in out
    assert (tmp_path / "p.png").read_bytes() == PNG

    facts = json.loads(lora("info", "one.safetensors", "--json")[1])
    assert facts["parts"]["unet"]["modules"] == 2
    assert lora("info", "two.safetensors", "--save-thumbnail", "q.png")[0] == 2


@pytest.mark.parametrize("format", ["kohya", "diffusers"])
def test_convert_keeps_the_weights(lora, format):
    assert lora("convert", "one.safetensors", "--to", format, "-o", "x.safetensors", "--dtype", "fp32")[0] == 0

    assert same(read_lora("x.safetensors"), made(1))
    assert read_lora("x.safetensors").dtype == "F32"
    assert read_metadata("x.safetensors")["modelspec.title"] == "old"


def test_merge_weighs_each_and_names_the_result(lora):
    assert lora("merge", "one.safetensors:0.5", "two.safetensors", "-o", "x.safetensors", "--dtype", "fp32")[0] == 0

    expected = 0.5 * made(1).pairs[LINEAR].delta() + made(2).pairs[LINEAR].delta()
    assert np.allclose(read_lora("x.safetensors").pairs[LINEAR].delta(), expected, atol=1e-5)
    assert read_metadata("x.safetensors")["ss_network_dim"] == "6"
    assert read_metadata("x.safetensors")["modelspec.title"] == "x"


def test_into_a_checkpoint_and_out_of_it_again(lora, tmp_path):
    write_checkpoint(tmp_path / "base.safetensors")
    assert lora("merge", "one.safetensors", "-o", "m.safetensors", "--into", "base.safetensors")[0] == 0
    with TensorFile("m.safetensors") as file:
        assert file.header.metadata == {"a": "b"}
    code, _, err = lora(
        "extract", "m.safetensors", "base.safetensors", "-o", "x.safetensors", "--rank", 3, "--conv-rank", 3,
        "--text-encoders", "--dtype", "fp32",
    )  # fmt: skip

    assert (code, err) == (0, "x.safetensors: 6 modules.\n")
    assert np.allclose(read_lora("x.safetensors").pairs[LINEAR].delta(), made(1).pairs[LINEAR].delta(), atol=1e-4)
    assert lora("merge", "one.safetensors", "-o", "n", "--into", "base.safetensors", "--rank", 1)[0] == 2


def test_resize_tells_what_is_kept(lora):
    code, _, err = lora("resize", "one.safetensors", "-o", "x.safetensors", "--rank", 2)

    assert code == 0
    assert err.endswith("of the energy kept, ranks 2 (6).\n")
    assert lora("resize", "one.safetensors", "-o", "y.safetensors")[0] == 2


def test_nothing_is_replaced_unasked_nor_read_and_written_at_once(lora, tmp_path):
    before = (tmp_path / "two.safetensors").read_bytes()

    code, _, err = lora("convert", "one.safetensors", "--to", "kohya", "-o", "two.safetensors")
    assert (code, "--force" in err) == (2, True)
    assert lora("resize", "two.safetensors", "-o", "two.safetensors", "--rank", 1, "--force")[0] == 2
    assert (tmp_path / "two.safetensors").read_bytes() == before
    assert lora("convert", "one.safetensors", "--to", "kohya", "-o", "two.safetensors", "--force")[0] == 0
    assert (tmp_path / "two.safetensors").read_bytes() != before


@pytest.mark.parametrize(
    ("text", "file", "weight"),
    [
        ("a.safetensors", "a.safetensors", 1.0),
        ("a.safetensors:0.6", "a.safetensors", 0.6),
        ("C:\\loras\\a.safetensors", "C:\\loras\\a.safetensors", 1.0),
        ("C:\\loras\\a.safetensors:-1", "C:\\loras\\a.safetensors", -1.0),
    ],
)
def test_a_drive_letter_is_no_weight(text, file, weight):
    path, found = Weighted().convert(text, None, None)

    assert (str(path), found) == (file, weight)
