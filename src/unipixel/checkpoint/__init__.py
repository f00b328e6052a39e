"""Base models without torch: what a file or folder is, told by headers and configuration alone."""

from __future__ import annotations

from unipixel.checkpoint.folder import Folder, Part, recognise_folder
from unipixel.checkpoint.single_file import Checkpoint, recognise

__all__ = ["Checkpoint", "Folder", "Part", "recognise", "recognise_folder"]
