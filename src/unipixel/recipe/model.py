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
    """``adamw``; ``adamw8bit`` (less memory), ``prodigy`` (set the learning rate to 1), ``lion`` (about a third of
    AdamW's rate) or ``adafactor``."""
    batch_size: int
    """Images at once, all from one canvas."""
    accumulation: int
    """Batches whose gradients make one step, one after the other or shared out among several GPUs."""
    learning_rate: float
    """Highest learning rate."""
    text_encoder_learning_rate: float
    """The same for a LoRA on both text encoders; 0 trains none, which lets captions be encoded once."""
    schedule: str
    """``constant``, ``linear``, ``cosine``, ``cosine-restarts`` or ``polynomial``, after the warm-up."""
    cycles: int
    """Falls of ``cosine-restarts``."""
    warmup_steps: int
    """Steps in which the learning rate rises from 0."""
    weight_decay: float
    """Of the optimizer."""
    max_grad_norm: float
    """Longer gradients are shortened to this; 0 leaves them."""
    ema_decay: float
    """Share that a moving average of the weights keeps at a step, such as 0.999; it is what is saved. 0: none."""
    latents: str
    """``mean`` of the autoencoder's posterior, which keeps flat cells flat, or a ``sample`` of it."""
    flip: bool
    """Whether images are shown mirrored left to right half of the time; mirrored cells stay on the grid."""
    caption_dropout: float
    """Share of images in a step that are shown without their caption, 0 to 1."""
    caption_variants: int
    """Orders of a caption's tags that take turns; 1 keeps captions as they are."""
    kept_tags: int
    """Tags at the front that keep their place in every order."""
    min_snr_gamma: float
    """Min-SNR loss weight (Hang et al., 2023); 0 turns it off."""
    debiased: bool
    """Debiased loss weight (Yu et al., 2023), instead of Min-SNR."""
    noise_offset: float
    """Strength of per-channel offset noise; 0 turns it off."""
    pyramid_noise: float
    """Strength of each coarser layer of noise against the one before, 0 to 1; 0 turns it off."""
    precision: str
    """Of UNet and text encoders: ``auto``, ``bfloat16``, ``float16`` or ``float32``; the LoRA itself is float32."""
    base_precision: str
    """How the UNet's own weights are kept: ``full``, or ``fp8`` and ``nf4`` for a half and a quarter of the memory."""
    gradient_checkpointing: bool
    """Much less memory for about a third more time."""
    compile: bool
    """Compile the UNet first (``torch.compile``): minutes at the start, faster steps on a GPU."""
    checkpoint_every: int
    """Steps between two checkpoints; a run that was stopped goes on from the last."""
    seed: int
    """Everything random in the training follows from it."""


@dataclass(frozen=True)
class WatchRecipe:
    """What is looked at at each checkpoint of a training; the validation images, if there are any, always are."""

    previews: int
    """Samples that are drawn and measured, of the first prompts and canvases in turn; 0: none."""
    preview_steps: int
    """Denoising steps of each."""
    patience: int
    """Checkpoints in a row that show memorising before the training ends early; 0: never."""
    keep: int
    """Newest checkpoints whose LoRA is kept beside the best one."""


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
class EvaluateRecipe:
    """What is drawn to evaluate the LoRA: every theme at every distance in every light, at every size, with every seed.

    Sizes are the training canvases and the unseen ones of the samples; how a picture is drawn is theirs too.
    """

    themes: tuple[str, ...]
    """Prompts without trigger, constants, distance and light."""
    distances: tuple[str, ...]
    """Words for how far the subject is, from near to far; ``""``, which is always drawn too, says nothing of it, and
    has a place in the order only where it is in the list."""
    lights: tuple[str, ...]
    """Words for the light, each of :data:`unipixel.evaluation.LIGHT_EFFECTS`; pictures without one are always drawn."""
    seeds: int
    """Pictures of the same prompt and size; seeds count up from that of the samples."""
    weights: tuple[float, ...]
    """Weights of the LoRA to compare with the samples' one, with neither distance nor light."""


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
    watch: WatchRecipe
    sample: SampleRecipe
    evaluate: EvaluateRecipe
    ours: Mapping[str, str] = field(default_factory=dict)
    """Values that the UniPixel article does not state, by dotted name, each with our reason."""
