"""Merging: one LoRA does what several did."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lora.made import delta, lora
from unipixel.errors import ModelError
from unipixel.lora import UNetLayout, merge_loras, read_lora, write_lora

NOTES = {
    "ss_base_model_version": "sdxl_base_v1-0",
    "modelspec.prediction_type": "v",
    "ss_seed": "42",
    "sshs_model_hash": "0" * 64,
}


def summed(pairs: list, name) -> np.ndarray:
    return sum(weight * delta(one.parts[name]) for one, weight in pairs if name in one.parts)


def test_a_merge_does_what_the_loras_do_at_their_weights(tmp_path: Path) -> None:
    pairs = [(lora(1), 0.8), (lora(2, rank=5, alpha=5.0), -0.4), (lora(3, only="conv1"), 1.0)]

    made, kept = merge_loras(pairs, title="both")
    found = read_lora(write_lora(tmp_path / "both.safetensors", made))

    assert set(found.parts) == set(pairs[0][0].parts)
    for name, part in found.parts.items():
        assert part.rank == (11 if "conv1" in name.path else 8)
        assert np.allclose(delta(part), summed(pairs, name), atol=1e-5)
    # stock diffusers reads no other
    assert len({part.alpha for part in found.parts.values()}) == 1
    assert kept.share == kept.least == 1
    assert kept.ranks == (8, 11)


def test_a_smaller_rank_is_the_best_there_is_and_said_to_be_so() -> None:
    pairs = [(lora(1, rank=4), 1.0), (lora(2, rank=4), 1.0)]

    made, kept = merge_loras(pairs, title="both", rank=3)

    lost = whole = 0.0
    for name, part in made.parts.items():
        values = np.linalg.svd(summed(pairs, name), compute_uv=False)
        error = np.sum((delta(part) - summed(pairs, name)) ** 2)
        assert error == pytest.approx(np.sum(values[3:] ** 2), rel=1e-3, abs=1e-3)
        lost, whole = lost + error, whole + np.sum(values**2)
    assert kept.share == pytest.approx(1 - lost / whole, abs=1e-4)
    assert 0 < kept.least < kept.share < 1


def test_metadata_says_what_is_true_of_both(tmp_path: Path) -> None:
    tags = [{"a": {"tree": 3}}, {"a": {"rock": 1}}]
    notes = [
        NOTES
        | {"ss_tag_frequency": json.dumps(tags[i]), "modelspec.trigger_phrase": f"word{i}", "ss_output_name": f"l{i}"}
        for i in (0, 1)
    ]
    pairs = [
        (lora(1, metadata=notes[0]), 1.0),
        (lora(2, metadata=notes[1] | {"modelspec.thumbnail": "data:image/png;base64,AAAA"}), 0.5),
    ]
    write_lora(tmp_path / pairs[0][0].path.name, pairs[0][0])

    said = merge_loras(pairs, title="both")[0].metadata

    assert said["ss_base_model_version"] == "sdxl_base_v1-0"
    assert said["modelspec.prediction_type"] == "v"
    assert said["modelspec.trigger_phrase"] == "word0, word1"
    assert json.loads(said["ss_tag_frequency"]) == {"lora1/a": {"tree": 3}, "lora2/a": {"rock": 1}}
    assert said["modelspec.thumbnail"] == "data:image/png;base64,AAAA"
    assert said["ss_output_name"] == "both"
    assert (said["ss_network_dim"], json.loads(said["ss_network_args"])["conv_dim"]) == ("6", "6")
    assert "ss_seed" not in said  # of a training, and this was none
    assert "sshs_model_hash" not in said
    assert json.loads(said["unipixel.history"]) == [
        {
            "did": "merge",
            "of": [
                {"file": "lora1.safetensors", "weight": 1.0},
                {"file": "lora2.safetensors", "weight": 0.5},
            ],
        }
    ]


def test_what_they_disagree_in_is_not_said() -> None:
    pairs = [(lora(1, metadata=NOTES), 1.0), (lora(2, metadata=NOTES | {"modelspec.prediction_type": "epsilon"}), 1.0)]

    assert "modelspec.prediction_type" not in merge_loras(pairs, title="x")[0].metadata


def test_loras_of_unlike_models_are_refused() -> None:
    first = lora(1, only="conv1")
    name = next(iter(first.parts))
    part = first.parts[name]
    narrow = replace(part, down=part.down.reshaped((3, 36, 1, 1)))
    for other in (replace(first, parts={name: narrow}), replace(first, layout=UNetLayout(layers=(1, 1, 1)))):
        with pytest.raises(ModelError, match="different models"):
            merge_loras([(first, 1.0), (other, 1.0)], title="x")


@pytest.mark.parametrize(
    ("dtypes", "made"), [(("F16", "F16"), "F16"), (("F16", "BF16"), "F32"), (("BF16", "F32"), "F32")]
)
def test_nothing_is_lost_to_a_narrower_dtype(dtypes: tuple[str, str], made: str) -> None:
    pairs = [(lora(i, dtype=dtype), 1.0) for i, dtype in enumerate(dtypes)]

    assert merge_loras(pairs, title="x")[0].dtypes == (made,)
    assert merge_loras(pairs, title="x", dtype="BF16")[0].dtypes == ("BF16",)
