"""Metadata: the keys that hosts read, all of them text, no clock."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from unipixel.lora import TrainingSettings, describe, pack, tag_frequency, training_facts, with_hashes

SETTINGS = TrainingSettings(
    scale=8,
    rank=32,
    alpha=16.0,
    targets="all",
    steps=10,
    batch_size=2,
    learning_rate=1e-4,
    schedule="cosine",
    caption_dropout=0.1,
    seed=7,
)
FACTS: dict[str, Any] = {
    "base_name": "illustrious",
    "base_hash": "0123456789abcdef",
    "prediction_type": "epsilon",
    "zero_terminal_snr": False,
    "captions": ["nv-p1xel4rt, tree", "nv-p1xel4rt, rock, tree", "nv-p1xel4rt"],
    "canvases": [(1152, 896), (896, 1152), (1152, 896)],
}
READ_BY_HOSTS = {
    "ss_base_model_version",
    "ss_v2",
    "ss_network_module",
    "ss_network_dim",
    "ss_network_alpha",
    "ss_network_args",
    "ss_sd_model_name",
    "ss_sd_model_hash",
    "ss_tag_frequency",
    "ss_bucket_info",
    "ss_dataset_dirs",
    "ss_steps",
    "ss_epoch",
    "ss_seed",
    "ss_learning_rate",
    "ss_optimizer",
    "ss_clip_skip",
    "modelspec.sai_model_spec",
    "modelspec.architecture",
    "modelspec.implementation",
    "modelspec.resolution",
    "modelspec.prediction_type",
}


def test_every_key_that_hosts_read_is_there_as_text() -> None:
    facts = training_facts(SETTINGS, **FACTS)

    assert set(facts) >= READ_BY_HOSTS
    assert all(isinstance(value, str) for value in facts.values())
    # A1111 and Forge tell an SDXL LoRA by these two
    assert facts["ss_base_model_version"].startswith("sdxl_")
    assert facts["modelspec.architecture"] == "stable-diffusion-xl-v1-base/lora"


def test_tags_and_buckets_are_counted() -> None:
    facts = training_facts(SETTINGS, **FACTS)

    assert json.loads(facts["ss_tag_frequency"]) == {"train": {"nv-p1xel4rt": 3, "tree": 2, "rock": 1}}
    assert json.loads(facts["ss_bucket_info"])["buckets"] == {
        "0": {"resolution": [896, 1152], "count": 1},
        "1": {"resolution": [1152, 896], "count": 2},
    }
    assert facts["modelspec.resolution"] == "1152x896"
    assert facts["ss_epoch"] == "7"


def test_convolutions_are_named_only_where_they_are_adapted() -> None:
    assert json.loads(training_facts(SETTINGS, **FACTS)["ss_network_args"]) == {"conv_dim": "32", "conv_alpha": "16.0"}
    assert training_facts(replace(SETTINGS, targets="linear"), **FACTS)["ss_network_args"] == "{}"


def test_tags_are_in_order_of_number_then_name() -> None:
    assert list(tag_frequency(["b, a", "c,c , "]).items()) == [("c", 2), ("a", 1), ("b", 1)]


def test_a_description_holds_what_was_said_and_no_more() -> None:
    said = describe(title="demo", trigger="nv-p1xel4rt", recipe={"scale": 8, "name": "ä"})

    assert said == {
        "ss_output_name": "demo",
        "modelspec.title": "demo",
        "modelspec.trigger_phrase": "nv-p1xel4rt",
        "unipixel.recipe": '{"scale": 8, "name": "ä"}',
    }
    assert describe(title="x", training_started_at=3.5)["ss_training_started_at"] == "3.5"


def test_hashes_are_those_of_the_tensors_and_of_the_window_at_one_mebibyte() -> None:
    payload = bytes(i % 251 for i in range(0x130000))
    header, data = pack({"a": ("U8", (len(payload),), payload)}, {"ss_x": "1"})

    hashed = with_hashes({"ss_x": "1", "other": "y"}, data, len(header))

    assert hashed["sshs_model_hash"] == hashlib.sha256(payload).hexdigest()
    assert hashed["modelspec.hash_sha256"] == f"0x{hashed['sshs_model_hash']}"
    window = (header + data)[0x100000:0x110000]
    assert hashed["sshs_legacy_hash"] == hashlib.sha256(window).hexdigest()[:8]
    assert hashed["other"] == "y"


def test_a_file_shorter_than_the_window_has_the_hash_of_nothing() -> None:
    assert with_hashes({}, b"abc", 8)["sshs_legacy_hash"] == hashlib.sha256(b"").hexdigest()[:8]
