"""Captions: trigger and tags; the words there are; tags measured from the pixels; the contract of machine taggers."""

from unipixel.caption.caption import MAX_TOKENS, Caption, caption_problems, tag_problems
from unipixel.caption.clip_tokens import count_tokens
from unipixel.caption.compose import CONSTANTS, compose
from unipixel.caption.measured import color_name, measure_tags
from unipixel.caption.proposal import Origin, Proposal, State
from unipixel.caption.subject import Subject, find_subject
from unipixel.caption.tagger import Tagger, Tagging
from unipixel.caption.vocabulary import (
    EXCLUSIVE,
    GROUPS,
    PROFILES,
    Tag,
    Vocabulary,
    canonical_tag,
    conflicts,
    shipped_vocabulary,
    speak,
)

__all__ = [
    "CONSTANTS",
    "EXCLUSIVE",
    "GROUPS",
    "MAX_TOKENS",
    "PROFILES",
    "Caption",
    "Origin",
    "Proposal",
    "State",
    "Subject",
    "Tag",
    "Tagger",
    "Tagging",
    "Vocabulary",
    "canonical_tag",
    "caption_problems",
    "color_name",
    "compose",
    "conflicts",
    "count_tokens",
    "find_subject",
    "measure_tags",
    "shipped_vocabulary",
    "speak",
    "tag_problems",
]
