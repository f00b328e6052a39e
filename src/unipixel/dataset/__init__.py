"""Data sets: canvases, fitting, balance, the manifest, provenance, and the checks."""

from unipixel.dataset.balance import Candidate, Plan, balance, propose_candidates
from unipixel.dataset.canvas import LATENT, Canvas
from unipixel.dataset.checks import Finding, check_image, check_training_folder, faults
from unipixel.dataset.fit import Fit, background_color, fit, fit_frames, replay, resolve_alpha
from unipixel.dataset.groups import choose_validation, group_sources
from unipixel.dataset.look import find_near, look_of, mirror_look
from unipixel.dataset.manifest import (
    USABLE,
    Cell,
    Decision,
    Entry,
    Provenance,
    in_file_order,
    native_id,
    read_manifest,
    sources_of,
    write_manifest,
)
from unipixel.dataset.windows import Tiles, Window, busyness, propose_windows, tile_period

__all__ = [
    "LATENT",
    "USABLE",
    "Candidate",
    "Canvas",
    "Cell",
    "Decision",
    "Entry",
    "Finding",
    "Fit",
    "Plan",
    "Provenance",
    "Tiles",
    "Window",
    "background_color",
    "balance",
    "busyness",
    "check_image",
    "check_training_folder",
    "choose_validation",
    "faults",
    "find_near",
    "fit",
    "fit_frames",
    "group_sources",
    "in_file_order",
    "look_of",
    "mirror_look",
    "native_id",
    "propose_candidates",
    "propose_windows",
    "read_manifest",
    "replay",
    "resolve_alpha",
    "sources_of",
    "tile_period",
    "write_manifest",
]
