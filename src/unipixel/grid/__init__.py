"""The pixel grid: find it, take the native image off it, and draw a native image on it."""

from unipixel.grid.cells import CellRule, frames_to_native, to_native
from unipixel.grid.describe import describe_candidates, describe_recovery, say_confidence
from unipixel.grid.find import recover, recover_frames
from unipixel.grid.model import SURE, Candidate, Grid, Recovery
from unipixel.grid.parts import Box, Part, find_boxes, find_parts
from unipixel.grid.scale import upscale
from unipixel.grid.sheet import recover_sheet, split_sheet

__all__ = [
    "SURE",
    "Box",
    "Candidate",
    "CellRule",
    "Grid",
    "Part",
    "Recovery",
    "describe_candidates",
    "describe_recovery",
    "find_boxes",
    "find_parts",
    "frames_to_native",
    "recover",
    "recover_frames",
    "recover_sheet",
    "say_confidence",
    "split_sheet",
    "to_native",
    "upscale",
]
