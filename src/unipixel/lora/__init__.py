"""LoRA files without torch: their key names, their metadata, and the bytes they are made of."""

from __future__ import annotations

from unipixel.lora.file import Header, TensorEntry, pack, read_header, read_metadata
from unipixel.lora.metadata import describe, tag_frequency, training_facts, with_hashes
from unipixel.lora.names import UNetLayout, kohya_key, match_keys
from unipixel.lora.settings import TrainingSettings

__all__ = [
    "Header",
    "TensorEntry",
    "TrainingSettings",
    "UNetLayout",
    "describe",
    "kohya_key",
    "match_keys",
    "pack",
    "read_header",
    "read_metadata",
    "tag_frequency",
    "training_facts",
    "with_hashes",
]
