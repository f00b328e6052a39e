"""What a recipe holds: frozen dataclasses, a sentence and a unit for each number.

Nothing below :mod:`unipixel.stages` knows these classes: stages hand their values on as plain keywords.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unipixel.dataset.canvas import Canvas


@dataclass(frozen=True)
class DatasetRecipe:
    """What the training images look like."""

    canvases: tuple[Canvas, ...]
    """Sizes of the training images in canvas px; each is a bucket."""
    images_per_canvas: int
    """Images wanted for each canvas; the counts are kept equal."""
    max_colors: int
    """Most colours in one image, 2 to 256."""
    crops_per_image: int
    """Most training images that are cut from one source picture."""
    background: str
    """What transparent pixels become: ``own``, the colour of the picture's own border (else white), or ``#rrggbb``."""
    close_up_from: float
    """A crop is a close-up where the native is at least so many times as high and wide as the canvas; 0: never."""
    validation_share: float
    """Share of the images that is kept from the training, 0 to 0.5; never some of a source, pack or near duplicates."""

    @property
    def background_color(self) -> tuple[int, int, int] | None:
        """The colour of :attr:`background`; None for the picture's own."""
        if self.background == "own":
            return None
        red, green, blue = bytes.fromhex(self.background.removeprefix("#"))
        return red, green, blue


@dataclass(frozen=True)
class CaptionRecipe:
    """What every caption holds."""

    constants: tuple[str, ...]
    """Tags on every image, behind the trigger word."""
    profile: str
    """Whose words are written: ``recipe`` (``far away``, ``foggy``) or ``danbooru`` (``wide shot``, ``fog``)."""
    keep_implied: bool
    """Whether tags that follow from others are written too: ``simple background`` beside ``white background``."""


@dataclass(frozen=True)
class PolicyRecipe:
    """What the data set may show."""

    sexual: str
    """Images rated questionable or explicit: ``refuse`` them at check and export, ``label`` them with their rating as
    a tag, or ``allow`` them."""


@dataclass(frozen=True)
class LoraRecipe:
    """Size and reach of the LoRA."""

    rank: int
    """Rank of each pair of matrices (kohya: ``network_dim``)."""
    alpha: float
    """Strength: a LoRA's change is multiplied by ``alpha / rank``."""
    targets: str
    """Which layers of the UNet learn: ``attention``, ``linear`` or ``all`` (convolutions too)."""


@dataclass(frozen=True)
class TrainRecipe:
    """How the LoRA is trained."""

    steps: int
    """Optimiser steps."""
    optimizer: str
    """``adamw``."""
    batch_size: int
    """Images in a step, all from one canvas."""
    learning_rate: float
    """Highest learning rate."""
    schedule: str
    """``constant`` or ``cosine``, after the warm-up."""
    warmup_steps: int
    """Steps in which the learning rate rises from 0."""
    weight_decay: float
    """Of AdamW."""
    caption_dropout: float
    """Share of images in a step that are shown without their caption, 0 to 1."""
    min_snr_gamma: float
    """Min-SNR loss weight (Hang et al., 2023); 0 turns it off."""
    noise_offset: float
    """Strength of per-channel offset noise; 0 turns it off."""
    checkpoint_every: int
    """Steps between two saved states; a run that was stopped goes on from the last."""
    seed: int
    """Everything random in the training follows from it."""


@dataclass(frozen=True)
class SampleRecipe:
    """What is drawn to judge the LoRA."""

    prompts: tuple[str, ...]
    """Prompts without trigger and constants, which are put in front."""
    negative_prompt: str
    """Negative prompt of every sample."""
    unseen: tuple[Canvas, ...]
    """Sizes that the LoRA was not trained on; samples are drawn at these and at the training canvases."""
    images_per_size: int
    """Samples for each size, with the LoRA and as many without; prompts take turns."""
    sampler: str
    """The way from noise to picture: a name of :data:`unipixel.sampling.SAMPLER_NAMES`; ``base`` is the base's own."""
    steps: int
    """Denoising steps."""
    guidance: float
    """Classifier-free guidance scale."""
    lora_weight: float
    """Weight at which the LoRA is loaded."""
    batch_size: int
    """Samples drawn at once; does not change them."""
    seed: int
    """Seed of the first sample; the next ones count up."""


@dataclass(frozen=True)
class Recipe:
    """All numbers of one run."""

    name: str
    """Name of the preset, or of the file."""
    title: str
    """One line on what it is for."""
    scale: int
    """Canvas px per native px: the dial from which native and latent sizes follow."""
    trigger: str
    """Word that calls the LoRA; first in every caption."""
    dataset: DatasetRecipe
    caption: CaptionRecipe
    policy: PolicyRecipe
    lora: LoraRecipe
    train: TrainRecipe
    sample: SampleRecipe
    ours: Mapping[str, str] = field(default_factory=dict)
    """Values that the UniPixel article does not state, by dotted name, each with our reason."""
