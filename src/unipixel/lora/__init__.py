"""LoRA files without torch: their key names, their metadata, and the bytes they are made of."""

from __future__ import annotations

from unipixel.lora.combine import merge, resize
from unipixel.lora.extraction import extract
from unipixel.lora.file import Header, TensorEntry, pack, read_header, read_metadata
from unipixel.lora.info import LoraInfo, lora_info
from unipixel.lora.into_checkpoint import merge_into_checkpoint
from unipixel.lora.metadata import describe, tag_frequency, training_facts, with_hashes
from unipixel.lora.names import UNetLayout, kohya_key, match_keys
from unipixel.lora.read import read_lora
from unipixel.lora.save import save_lora_file
from unipixel.lora.settings import TrainingSettings
from unipixel.lora.thumbnail import thumbnail_bytes, thumbnail_uri
from unipixel.lora.weights import LoraWeights, Pair

__all__ = [
    "Header",
    "LoraInfo",
    "LoraWeights",
    "Pair",
    "TensorEntry",
    "TrainingSettings",
    "UNetLayout",
    "describe",
    "extract",
    "kohya_key",
    "lora_info",
    "match_keys",
    "merge",
    "merge_into_checkpoint",
    "pack",
    "read_header",
    "read_lora",
    "read_metadata",
    "resize",
    "save_lora_file",
    "tag_frequency",
    "thumbnail_bytes",
    "thumbnail_uri",
    "training_facts",
    "with_hashes",
]
