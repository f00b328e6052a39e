"""``unipixel lora`` as a person meets it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from lora.made import delta, lora, weights, write
from unipixel.lora import read_lora, read_metadata, thumbnail_uri, write_lora

PNG = b"\x89PNG\r\n\x1a\n0000"
NOTES = {
    "ss_base_model_version": "sdxl_base_v1-0",
    "modelspec.trigger_phrase": "nv-p1xel4rt",
    "modelspec.thumbnail": thumbnail_uri(PNG),
    "ss_tag_frequency": '{"a": {"tree": 3}}',
}


@pytest.fixture
def file(tmp_path):
    return write_lora(tmp_path / "lora.safetensors", lora(metadata=NOTES))


def test_info_tells_and_warns(run, file, tmp_path):
    code, out, err = run("lora", "info", file, "--blocks")

    assert code == 0
    assert "nv-p1xel4rt" in out
    assert "tree 3" in out
    assert "input_blocks.4" in out
    assert "sshs_model_hash holds" in out
    assert err == ""

    bare = write_lora(tmp_path / "bare.safetensors", lora())
    assert "Warning: no ss_base_model_version" in run("lora", "info", bare)[2]


def test_info_as_json_is_one_object(run, file):
    code, out, _ = run("lora", "info", file, "--json")

    told = json.loads(out)
    assert code == 0
    assert told["modules"] == {"unet": 5, "text_encoder": 1, "text_encoder_2": 7}
    assert told["hashes"][0]["holds"] is True


def test_info_saves_the_thumbnail_and_replaces_nothing(run, file, tmp_path):
    assert run("lora", "info", file, "--save-thumbnail", tmp_path / "a.png")[0] == 0
    assert (tmp_path / "a.png").read_bytes() == PNG

    for name, message in (("a.png", "is there already"), ("b.jpg", "ends in .png")):
        code, _, err = run("lora", "info", file, "--save-thumbnail", tmp_path / name)
        assert code == 2
        assert message in err
    bare = write_lora(tmp_path / "bare.safetensors", lora())
    assert "no picture" in run("lora", "info", bare, "--save-thumbnail", tmp_path / "c.png")[2]


@pytest.mark.parametrize("form", ["diffusers", "peft"])
def test_convert_goes_there_and_back(run, file, tmp_path, form):
    assert run("lora", "convert", file, "--to", form, "-o", tmp_path / "there")[0] == 0
    code, _, err = run("lora", "convert", tmp_path / "there", "--to", "kohya", "-o", tmp_path / "back.safetensors")

    assert code == 0
    assert "weights checked by loading back" in err
    assert (tmp_path / "back.safetensors").read_bytes() != b""
    kept = {key: text for key, text in read_metadata(tmp_path / "back.safetensors").items() if key != "format"}
    assert kept == read_metadata(file)


def test_convert_to_half_precision(run, file, tmp_path):
    assert (
        run("lora", "convert", file, "--to", "kohya", "--dtype", "bfloat16", "-o", tmp_path / "half.safetensors")[0]
        == 0
    )
    assert read_lora(tmp_path / "half.safetensors").dtypes == ("BF16",)


def test_merge_takes_weights(run, file, tmp_path):
    other = write_lora(tmp_path / "other.safetensors", lora(2))
    made = tmp_path / "both.safetensors"

    code, _, err = run("lora", "merge", f"{file}:0.5", other, "-o", made)

    assert code == 0
    assert "rank 6, 100.00% of the energy kept" in err
    for name, part in read_lora(made).parts.items():
        assert np.allclose(delta(part), 0.5 * delta(lora().parts[name]) + delta(lora(2).parts[name]), atol=1e-5)
    history = json.loads(read_metadata(made)["unipixel.history"])
    assert [(source["file"], source["weight"]) for source in history[0]["of"]] == [
        ("lora.safetensors", 0.5),
        ("other.safetensors", 1.0),
    ]
    assert len(history[0]["of"][0]["sha256"]) == 64
    assert run("lora", "merge", file, other, "--rank", "2", "-o", tmp_path / "small.safetensors")[0] == 0
    assert {part.rank for part in read_lora(tmp_path / "small.safetensors").parts.values()} == {2}


def test_a_file_with_a_colon_in_its_name_is_that_file(run, file, tmp_path):
    odd = file.rename(tmp_path / "odd:2")

    assert run("lora", "merge", odd, "-o", tmp_path / "one.safetensors")[0] == 0
    code, _, err = run("lora", "merge", f"{odd}x:y", "-o", tmp_path / "two.safetensors")
    assert code == 2
    assert "odd:2x:y: cannot be read" in err


def test_merge_into_and_extract_again(run, file, tmp_path):
    base = write(tmp_path / "base.safetensors", weights())
    tuned, made = tmp_path / "tuned.safetensors", tmp_path / "made.safetensors"

    code, _, err = run("lora", "merge", file, "--into", base, "-o", tuned)
    assert code == 0
    assert "13 modules merged into 11 tensors, 4 left as they were" in err
    command = ("lora", "extract", tuned, base, "--rank", 3, "--conv-rank", 3, "--text-encoders", "--dtype", "float32")
    code, _, err = run(*command, "-o", made)

    assert code == 0
    assert "100.00% of the energy kept" in err
    for name, part in read_lora(made).parts.items():
        assert np.allclose(delta(part), delta(lora().parts[name]), atol=1e-4)


def test_resize_says_what_is_kept(run, file, tmp_path):
    code, _, err = run("lora", "resize", file, "--rank", 1, "-o", tmp_path / "small.safetensors")

    assert code == 0
    assert "of the energy kept" in err
    assert {part.rank for part in read_lora(tmp_path / "small.safetensors").parts.values()} == {1}
    assert read_metadata(tmp_path / "small.safetensors")["modelspec.thumbnail"] == NOTES["modelspec.thumbnail"]
    assert (
        run("lora", "resize", file, "--energy", 0.6, "--dtype", "float16", "-o", tmp_path / "half.safetensors")[0] == 0
    )
    assert read_lora(tmp_path / "half.safetensors").dtypes == ("F16",)


def test_nothing_that_is_there_is_replaced_unasked(run, file, tmp_path):
    base = write(tmp_path / "base.safetensors", weights())
    other = tmp_path / "other.safetensors"
    write_lora(other, lora(2))
    before = other.read_bytes()
    for command in (
        ("convert", file, "--to", "kohya"),
        ("merge", file),
        ("merge", file, "--into", base),
        ("resize", file, "--rank", 1),
        ("extract", base, base, "--rank", 1),
    ):
        code, _, err = run("lora", *command, "-o", other)
        assert (code, other.read_bytes()) == (2, before)
        assert "is there already" in err
        code, _, err = run("lora", *command, "-o", command[1], "--force")
        assert code == 2
        assert "is what is read" in err
    assert run("lora", "resize", file, "--rank", 1, "-o", other, "--force")[0] == 0
    assert other.read_bytes() != before


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("merge", "{lora}", "--rank", "0"), "--rank is a whole number"),
        (("merge", "{lora}", "--into", "{base}", "--rank", "4"), "leave --rank and --dtype out"),
        (("merge", "{lora}", "--into", "{lora}x"), "cannot be read"),
        (("merge", "{base}"), "this is a whole model, not a LoRA"),
        (("merge", "{sd1}", "{lora}"), "for Stable Diffusion 1, not for SDXL"),
        (("extract", "{sd1}", "{base}", "--rank", "1"), "this is a LoRA, not a whole model"),
        (("resize", "{lora}"), "give a rank, or the energy"),
        (("convert", "{pickle}", "--to", "kohya"), "Python pickles"),
        (("convert", "{cut}", "--to", "kohya"), "cut off"),
    ],
)
def test_bad_input_is_one_sentence(run, file, tmp_path, command, message):
    key = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k"
    names = {
        "lora": file,
        "base": write(tmp_path / "base.safetensors", weights()),
        "sd1": write(
            tmp_path / "sd1.safetensors",
            {f"{key}.lora_down.weight": np.ones((2, 768)), f"{key}.lora_up.weight": np.ones((8, 2))},
        ),
        "pickle": tmp_path / "x.ckpt",
        "cut": tmp_path / "cut.safetensors",
    }
    names["pickle"].write_bytes(b"PK")
    names["cut"].write_bytes(file.read_bytes()[:-1])

    code, out, err = run("lora", *(part.format(**names) for part in command), "-o", tmp_path / "out.safetensors")

    assert (code, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out.safetensors").exists()


def test_embeddings_in_a_file_are_said_to_be_left_out(run, tmp_path):
    file = tmp_path / "a.safetensors"
    one = lora(only="conv1")
    tensors = {
        f"lora_unet_input_blocks_2_0_in_layers_2.lora_{half}.weight": getattr(
            next(iter(one.parts.values())), half
        ).array()
        for half in ("down", "up")
    }
    write(file, tensors | {"bundle_emb.x.clip_l": np.ones(3, np.float32)})

    code, _, err = run("lora", "convert", file, "--to", "kohya", "-o", tmp_path / "b.safetensors")

    assert code == 0
    assert "1 tensors of embeddings are left out" in err
    assert read_lora(tmp_path / "b.safetensors").others == ()


def test_ranks_that_differ_are_counted(run, tmp_path):
    meant = lora(metadata=NOTES)
    meant = replace(meant, parts=meant.parts | lora(1, rank=5, only="conv1").parts)
    file = write_lora(tmp_path / "a.safetensors", meant)

    assert "3 (12 modules), 5 (1 modules)" in run("lora", "info", file)[1]
