"""Captions: trigger and tags; tags measured from the pixels; the contract of machine taggers."""

from unipixel.caption.caption import MAX_TOKENS, Caption, caption_problems, estimate_tokens, tag_problems
from unipixel.caption.compose import CONSTANTS, compose
from unipixel.caption.measured import color_name, measure_tags
from unipixel.caption.proposal import Origin, Proposal, State
from unipixel.caption.subject import Subject, find_subject
from unipixel.caption.tagger import Tagger
from unipixel.caption.vocabulary import ALIASES, EXCLUSIVE, canonical_tag, conflicts

__all__ = [
    "ALIASES",
    "CONSTANTS",
    "EXCLUSIVE",
    "MAX_TOKENS",
    "Caption",
    "Origin",
    "Proposal",
    "State",
    "Subject",
    "Tagger",
    "canonical_tag",
    "caption_problems",
    "color_name",
    "compose",
    "conflicts",
    "estimate_tokens",
    "find_subject",
    "measure_tags",
    "tag_problems",
]
