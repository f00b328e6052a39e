"""LoRA files as a person names them and as hosts know them."""

import hashlib
from pathlib import Path

import pytest

from unipixel.errors import ModelError, OptionError
from unipixel.lora import pack
from unipixel.sampling import open_lora, parse_lora


def write(file: Path, metadata: dict[str, str], content: bytes = b"\1\2\3\4") -> Path:
    header, data = pack({"x": ("F32", (1,), content)}, metadata)
    file.write_bytes(header + data)
    return file


@pytest.mark.parametrize("end", [":0.8", ":-1", ":1e-1"])
def test_a_weight_may_follow_the_file(tmp_path, end):
    file = write(tmp_path / "style.safetensors", {})

    lora = parse_lora(f"{file}{end}")

    assert (lora.file, lora.weight, lora.name) == (file, float(end[1:]), "style")
    assert parse_lora(str(file)).weight == 1.0


@pytest.mark.parametrize("end", [":strong", ":", ":nan"])
def test_what_is_no_weight_is_told(tmp_path, end):
    file = write(tmp_path / "style.safetensors", {})

    with pytest.raises(OptionError, match=r"FILE:WEIGHT"):
        parse_lora(f"{file}{end}")


def test_an_absent_file_is_named_whole():
    with pytest.raises(ModelError, match=r"^C:\\loras\\style.safetensors: cannot be read"):
        parse_lora("C:\\loras\\style.safetensors")


def test_a_host_knows_a_file_by_its_tensors(tmp_path):
    counted = open_lora(write(tmp_path / "a.safetensors", {"note": "x"}))
    stated = open_lora(write(tmp_path / "b.safetensors", {"sshs_model_hash": "AB" * 32}))
    odd = open_lora(write(tmp_path / "c.safetensors", {"sshs_model_hash": "<script>"}))

    assert counted.hash == hashlib.sha256(b"\1\2\3\4").hexdigest()
    assert stated.hash == "ab" * 32
    assert odd.hash == counted.hash
