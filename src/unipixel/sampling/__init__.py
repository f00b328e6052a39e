"""What a sampled picture is made of, without torch: samplers by name, prompts, and the notes that hosts read."""

from __future__ import annotations

from unipixel.sampling.comfy_graph import comfy_graph
from unipixel.sampling.contact_sheet import contact_sheet
from unipixel.sampling.drawing import Drawing, Lora, Model, open_lora, parse_lora
from unipixel.sampling.host_text import plain_text, with_trigger
from unipixel.sampling.infotext import write_infotext
from unipixel.sampling.notes import picture_notes
from unipixel.sampling.samplers import BASE, SAMPLER_NAMES, SAMPLERS, HostNames, Sampler, check_sampler, host_names
from unipixel.sampling.seeds import parse_seeds

__all__ = [
    "BASE",
    "SAMPLERS",
    "SAMPLER_NAMES",
    "Drawing",
    "HostNames",
    "Lora",
    "Model",
    "Sampler",
    "check_sampler",
    "comfy_graph",
    "contact_sheet",
    "host_names",
    "open_lora",
    "parse_lora",
    "parse_seeds",
    "picture_notes",
    "plain_text",
    "with_trigger",
    "write_infotext",
]
