"""WD v3 taggers: which there are, their files, how natives are shown to them, and what they say."""

from unipixel.caption.wd.files import download_tagger, find_tagger
from unipixel.caption.wd.labels import NEVER, Label, read_labels
from unipixel.caption.wd.look import LOOKS, scale2x, show
from unipixel.caption.wd.models import MODELS, WdModel, find_model
from unipixel.caption.wd.tagger import WdTagger

__all__ = [
    "LOOKS",
    "MODELS",
    "NEVER",
    "Label",
    "WdModel",
    "WdTagger",
    "download_tagger",
    "find_model",
    "find_tagger",
    "read_labels",
    "scale2x",
    "show",
]
