"""LoRA files without torch: read, look into, convert, merge, resize and write those of every trainer."""

from __future__ import annotations

from unipixel.lora.bake import Baked, bake_loras
from unipixel.lora.extract import extract_lora
from unipixel.lora.file import Header, TensorEntry, pack, read_header, read_metadata
from unipixel.lora.info import LoraInfo, inspect_lora
from unipixel.lora.merge import merge_loras
from unipixel.lora.metadata import describe, tag_frequency, training_facts, with_hashes
from unipixel.lora.model import Lora, read_lora
from unipixel.lora.names import UNetLayout, kohya_key, match_keys
from unipixel.lora.resize import Kept, resize_lora
from unipixel.lora.settings import TrainingSettings
from unipixel.lora.thumbnail import read_thumbnail, thumbnail_uri
from unipixel.lora.use import LoraUse, read_use
from unipixel.lora.write import write_lora

__all__ = [
    "Baked",
    "Header",
    "Kept",
    "Lora",
    "LoraInfo",
    "LoraUse",
    "TensorEntry",
    "TrainingSettings",
    "UNetLayout",
    "bake_loras",
    "describe",
    "extract_lora",
    "inspect_lora",
    "kohya_key",
    "match_keys",
    "merge_loras",
    "pack",
    "read_header",
    "read_lora",
    "read_metadata",
    "read_thumbnail",
    "read_use",
    "resize_lora",
    "tag_frequency",
    "thumbnail_uri",
    "training_facts",
    "with_hashes",
    "write_lora",
]
