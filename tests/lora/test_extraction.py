"""What was added to a checkpoint is what is extracted from it, and merged into it again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lora.made import CONV, LINEAR, PROJECTION, QUERY, VALUE, made, write_checkpoint
from unipixel.errors import ModelError
from unipixel.lora import extract, merge_into_checkpoint
from unipixel.lora.checkpoint import places
from unipixel.lora.numbers import decode, encode
from unipixel.lora.tensors import TensorFile


def test_an_added_lora_is_extracted_again(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base.safetensors", dtype="F64")
    tuned = write_checkpoint(tmp_path / "tuned.safetensors", made(), dtype="F64")

    found = extract(tuned, base, rank=5, conv_rank=4, text_encoders=True)

    assert found.pairs.keys() == made().pairs.keys()
    for key, pair in made().pairs.items():
        assert found.pairs[key].rank == found.pairs[key].alpha == 3  # not the 5 allowed: no more is there
        assert np.abs(found.pairs[key].delta() - pair.delta()).max() < 1e-5


def test_rank_and_parts_are_those_asked_for(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base.safetensors")
    tuned = write_checkpoint(tmp_path / "tuned.safetensors", made())

    found = extract(tuned, base, rank=2, conv_rank=1)
    assert {key: pair.rank for key, pair in found.pairs.items()} == {LINEAR: 2, CONV: 1}
    assert set(extract(tuned, base, conv_rank=0).pairs) == {LINEAR}
    delta = made().pairs[LINEAR].delta().astype(np.float64)
    u, s, v = np.linalg.svd(delta)
    assert np.abs(found.pairs[LINEAR].delta() - (u[:, :2] * s[:2]) @ v[:2]).max() < 1e-5


def test_equal_checkpoints_and_other_files_are_refused(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base.safetensors")

    with pytest.raises(ModelError, match="do not differ"):
        extract(base, base)
    with pytest.raises(ModelError, match="at least 1"):
        extract(base, base, rank=0)


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16", "F8_E4M3"])
def test_a_checkpoint_gets_the_sum_in_its_own_dtype_and_keeps_the_rest(tmp_path: Path, dtype: str) -> None:
    base = write_checkpoint(tmp_path / "base.safetensors", dtype=dtype)
    merged = merge_into_checkpoint(base, [(made(1), 0.5), (made(2), 1.0)], tmp_path / "merged.safetensors")

    touched = {place.tensor: [] for key, place in places().items() if key in made().pairs}
    with TensorFile(base) as old, TensorFile(merged) as new:
        assert new.header.metadata == {"a": "b"}
        assert new.header.tensors == old.header.tensors
        for name in set(old.header.tensors) - set(touched):
            assert new.raw(name) == old.raw(name)
        for key in (LINEAR, CONV, QUERY, VALUE, PROJECTION):
            tensor = places()[key].tensor
            before, after = old.read(tensor).astype(np.float32), new.read(tensor)
            delta = 0.5 * made(1).pairs[key].delta() + made(2).pairs[key].delta()
            rows = {QUERY: slice(0, 6), VALUE: slice(12, 18)}.get(key, slice(None))
            expected = before[rows] + (delta.T if key == PROJECTION else delta)
            stored = decode(dtype, expected.shape, encode(expected, dtype)).astype(np.float32)
            step = np.abs(expected) * {"F32": 1e-6, "F16": 2**-9, "BF16": 2**-6, "F8_E4M3": 2**-2}[dtype] + 1e-3
            assert (np.abs(after[rows].astype(np.float32) - stored) <= step).all()
        keys = new.read(places()[QUERY].tensor)[6:12]
        assert np.array_equal(keys, old.read(places()[QUERY].tensor)[6:12])


def test_a_module_of_another_size_is_named(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base.safetensors")
    wide = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_k"
    lora = made(keys=(LINEAR,))

    with pytest.raises(ModelError, match=r"attn1\.to_k\.weight, which .* is missing"):
        merge_into_checkpoint(base, [(type(lora)({wide: lora.pairs[LINEAR]}), 1.0)], tmp_path / "x")
    other = type(lora)({LINEAR: made().pairs[PROJECTION]})
    with pytest.raises(ModelError, match=r"is \(10, 8\), but the LoRA is for \(6, 6\)"):
        merge_into_checkpoint(base, [(other, 1.0)], tmp_path / "x")
    assert not (tmp_path / "x").exists()
