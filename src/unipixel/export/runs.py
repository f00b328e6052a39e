"""What a trainer's own configuration of a run is written from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from unipixel.export.model import Collection, Content, Exporter, Showing
from unipixel.lora.settings import TrainingSettings


@dataclass(frozen=True)
class Preview:
    """A sample that the trainer draws at its checkpoints."""

    prompt: str
    """The whole prompt, trigger included."""
    width: int
    """In canvas px."""
    height: int
    """In canvas px."""
    seed: int


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """One training, whoever runs it.

    Attributes
    ----------
    name : str
        Of the run, and of the LoRA's file.
    base : str
        The model as the trainer will find it: a ``.safetensors`` file, a diffusers folder, or a name on the Hub.
    prediction_type : {"epsilon", "v_prediction"}
        What the base's UNet predicts.
    zero_terminal_snr : bool
        Whether the base's last training timestep is pure noise.
    settings : TrainingSettings
        All numbers that decide what is learnt.
    precision : {"auto", "bfloat16", "float16", "float32"}
        Of UNet and text encoders; ``auto`` is bfloat16 here.
    base_precision : {"full", "fp8", "nf4"}
        How the UNet's own weights are kept.
    gradient_checkpointing, compile : bool
    checkpoint_every : int
        Steps between two checkpoints.
    keep : int
        Newest checkpoints that are kept.
    previews : sequence of Preview
        Samples at each checkpoint; may be none.
    preview_steps : int
        Denoising steps of each.
    negative_prompt : str
    guidance : float
        Classifier-free guidance scale.
    usage_hint : str
        For the LoRA's metadata.
    output : str
        Folder for checkpoints and samples as the trainer will see it, with ``/``; outside of the export, which
        stays as it was written.
    """

    name: str
    base: str
    prediction_type: str
    zero_terminal_snr: bool
    settings: TrainingSettings
    precision: str
    base_precision: str
    gradient_checkpointing: bool
    compile: bool
    checkpoint_every: int
    keep: int
    previews: Sequence[Preview]
    preview_steps: int
    negative_prompt: str
    guidance: float
    usage_hint: str
    output: str

    @property
    def predicts_v(self) -> bool:
        """Whether the base predicts velocity."""
        return self.prediction_type == "v_prediction"

    @property
    def trains_text(self) -> bool:
        """Whether the text encoders get a LoRA too."""
        return self.settings.text_encoder_learning_rate > 0

    @property
    def showing(self) -> Showing:
        """How images and captions are shown."""
        settings = self.settings
        return Showing(settings.flip, settings.caption_variants, settings.kept_tags, settings.caption_dropout)


@dataclass(frozen=True)
class RunExporter:
    """One trainer."""

    line: str
    """What it is, for ``--help`` and as a title."""
    data: Exporter
    """Its data set."""
    files: Callable[[RunPlan, Collection], Mapping[str, Content]]
    """Path in the export, with ``/``, to content, beside the files of the data set."""
    settings: Callable[[RunPlan, Collection], Sequence[str]]
    """How to start it, and what it does otherwise than UniPixel, a sentence or two each, in Markdown."""
