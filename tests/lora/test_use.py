"""A LoRA's header says how it is called and what its pictures are divided by."""

import json

import pytest

from unipixel.errors import ModelError
from unipixel.lora import LoraUse, describe, pack, read_use


def write(path, metadata):
    head, data = pack({"lora_unet_x.alpha": ("F32", (1,), bytes(4))}, metadata)
    path.write_bytes(head + data)
    return path


def test_a_lora_of_ours_tells_trigger_and_scale(tmp_path):
    file = write(tmp_path / "a.safetensors", describe(title="Mini", trigger="nv-mp1xel4rt", recipe={"scale": 16}))

    assert read_use(file) == LoraUse("Mini", "nv-mp1xel4rt", 16)


def test_the_recipe_names_the_trigger_where_nothing_else_does(tmp_path):
    file = write(tmp_path / "a.safetensors", {"unipixel.recipe": json.dumps({"scale": 8, "trigger": "word"})})

    assert read_use(file) == LoraUse("", "word", 8)


@pytest.mark.parametrize("recipe", ["", "{", "[8]", '{"scale": "eight"}', '{"scale": 0}'])
def test_what_other_trainers_write_has_no_scale(tmp_path, recipe):
    file = write(tmp_path / "a.safetensors", {"ss_output_name": "theirs", "unipixel.recipe": recipe})

    assert read_use(file) == LoraUse("theirs", "", None)


def test_the_trigger_stands_in_a_prompt_once():
    use = LoraUse("", "nv-p1xel4rt", 8)

    assert use.prompted("dragon, cave") == "nv-p1xel4rt, dragon, cave"
    assert use.prompted("dragon, nv-p1xel4rt") == "dragon, nv-p1xel4rt"
    assert use.prompted(" ") == "nv-p1xel4rt"
    assert LoraUse("", "", None).prompted("dragon") == "dragon"


def test_no_lora_is_told(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"no")

    with pytest.raises(ModelError, match=r"not a \.safetensors file"):
        read_use(tmp_path / "a.safetensors")
