"""Data sets: canvases, fitting, balance, the manifest, provenance, and the checks."""

from unipixel.dataset.balance import Candidate, Plan, balance, propose_candidates
from unipixel.dataset.canvas import LATENT, Canvas
from unipixel.dataset.checks import Finding, check_image, check_training_folder, faults
from unipixel.dataset.fit import Fit, background_color, fit, replay, resolve_alpha
from unipixel.dataset.manifest import Cell, Decision, Entry, Provenance, native_id, read_manifest, write_manifest
from unipixel.dataset.windows import Tiles, Window, busyness, propose_windows, tile_period

__all__ = [
    "LATENT",
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
    "faults",
    "fit",
    "native_id",
    "propose_candidates",
    "propose_windows",
    "read_manifest",
    "replay",
    "resolve_alpha",
    "tile_period",
    "write_manifest",
]
