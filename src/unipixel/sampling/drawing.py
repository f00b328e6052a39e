"""All that a sampled picture follows from: what is written into it, so that it can be drawn again."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from unipixel.errors import OptionError
from unipixel.files import sha256
from unipixel.lora.file import read_header
from unipixel.sampling.samplers import HostNames, host_names


@dataclass(frozen=True)
class Lora:
    """A LoRA file and how strongly it is applied."""

    file: Path
    weight: float
    """1: as trained; 0: not at all."""
    name: str
    """Name in prompts of A1111, and of the file in ComfyUI's folder, without ending."""
    hash: str
    """SHA-256 by which A1111 knows it: of the tensors, as the file states it or as counted here."""


def open_lora(file: Path, weight: float = 1.0, name: str | None = None) -> Lora:
    """Look at a LoRA file.

    Parameters
    ----------
    file : Path
    weight : float
    name : str, optional
        By default that of the file.

    Raises
    ------
    ModelError
        The file is absent, damaged or no ``.safetensors``.
    """
    header = read_header(file)
    stated = header.metadata.get("sshs_model_hash", "").lower()
    if not re.fullmatch(r"[0-9a-f]{64}", stated):
        stated = sha256(file.read_bytes()[header.data_start :])
    return Lora(file, weight, file.stem if name is None else name, stated)


def parse_lora(text: str) -> Lora:
    """Read ``FILE`` or ``FILE:WEIGHT``; a file whose own name ends like that is taken for a file.

    Raises
    ------
    OptionError
        The weight is no number.
    ModelError
        See `open_lora`.
    """
    path, _, end = text.rpartition(":")
    if not path or Path(text).is_file() or not path.lower().endswith(".safetensors"):
        return open_lora(Path(text))
    try:
        weight = float(end)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight):
        raise OptionError(f"{text}: {end!r} is no weight. Write FILE:WEIGHT, such as {path}:0.8.")
    return open_lora(Path(path), weight)


@dataclass(frozen=True)
class Model:
    """A base model, as pictures name it."""

    name: str
    """Name without ending."""
    file: str
    """Name of the file; empty for a folder."""
    hash: str
    """SHA-256 of the file, as hosts count it; empty for a folder."""
    predicts_v: bool = False
    """Whether it predicts velocity instead of noise."""
    zero_terminal_snr: bool = False
    """Whether its last training timestep is pure noise."""
    scheduler: str = "EulerDiscreteScheduler"
    """Class of its own scheduler."""
    spacing: str = "leading"
    """``timestep_spacing`` of its own scheduler."""


@dataclass(frozen=True)
class Drawing:
    """One sampled picture."""

    prompt: str
    """All words, the trigger's too, as plain text: brackets are brackets, and no weights."""
    negative_prompt: str
    width: int
    """Canvas px."""
    height: int
    """Canvas px."""
    seed: int
    steps: int
    guidance: float
    """Classifier-free guidance scale."""
    sampler: str
    """A name of :data:`~unipixel.sampling.samplers.SAMPLER_NAMES`."""
    loras: tuple[Lora, ...] = ()

    def host_names(self, model: Model) -> HostNames:
        """What hosts call its sampler on this base."""
        return host_names(self.sampler, base_scheduler=model.scheduler, base_spacing=model.spacing)
