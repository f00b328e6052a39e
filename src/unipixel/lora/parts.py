"""Read a LoRA file of any trainer into down weight, up weight and alpha for each key.

Endings of tensor names that are understood, with the programs that write them:

- ``.lora_down.weight``, ``.lora_up.weight``, ``.alpha``: kohya's trainer, LyCORIS, OneTrainer, ai-toolkit;
- ``.lora_A.weight``, ``.lora_B.weight``, the adapter's name perhaps between: peft, diffusers, OneTrainer for ComfyUI;
- ``.lora.down.weight``, ``_lora.down.weight``, ``.lora_linear_layer.down.weight`` and up: diffusers before peft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from unipixel.errors import ModelError
from unipixel.lora.names import MODELS, TEXT_ENCODER, TEXT_ENCODER_2, UNET
from unipixel.lora.peft_config import CONFIG_NAME, WEIGHTS_NAME, Config, alpha_of, configs_in, read_config
from unipixel.lora.tensors import Stored, open_tensors

_ENDINGS = (
    (re.compile(r"\.lora_(down|up)\.weight$"), "kohya"),
    (re.compile(r"\.lora_([AB])(?:\.\w+)?\.weight$"), "diffusers"),
    (re.compile(r"(?:[._]lora|\.lora_linear_layer)\.(down|up)\.weight$"), "diffusers"),
)
_ROLES = {"down": "down", "up": "up", "A": "down", "B": "up"}
_OTHER_KINDS = (
    ("dora_scale", "a DoRA"),
    ("lora_magnitude_vector", "a DoRA"),
    (".magnitude", "a DoRA"),
    ("hada_", "a LoHa"),
    ("lokr_", "a LoKr"),
    ("oft_", "an OFT"),
    ("boft_", "a BOFT"),
    ("lora_mid", "a LoCon with a Tucker core"),
    ("on_input", "an (IA)^3"),
    (".diff", "a file of whole weight differences"),
    ("w_norm", "a file with trained norms"),
    ("lora_B.bias", "a LoRA with biases"),
)
_CHECKPOINTS = ("model.diffusion_model.", "first_stage_model.", "conditioner.embedders.", "cond_stage_model.")


@dataclass(frozen=True, eq=False)
class Part:
    """The LoRA of one module: the module's weight gains ``alpha / rank * up @ down``."""

    down: Stored
    """(rank, in[, k, k])."""
    up: Stored
    """(out, rank[, 1, 1])."""
    alpha: float

    @property
    def rank(self) -> int:
        """How many directions it has."""
        return self.down.shape[0]

    @property
    def scale(self) -> float:
        """``alpha / rank``."""
        return self.alpha / self.rank


@dataclass(frozen=True, eq=False)
class PartFile:
    """What a file, or the files of a folder, hold."""

    path: Path
    kind: str
    """``"kohya"`` (names with underscores), ``"diffusers"``, ``"peft"`` or ``"comfyui"``."""
    metadata: dict[str, str]
    parts: dict[str, Part]
    """By the name without its ending, as the file spells it but for what older diffusers put into it."""
    others: tuple[str, ...] = ()
    """Tensors that are no part of the LoRA: the embeddings that OneTrainer can put into its files."""
    has_alpha: bool = True
    """Whether the file states alpha; where not, alpha is the rank."""
    files: tuple[Path, ...] = field(default=())
    """What was read."""


def read_parts(path: Path) -> PartFile:
    """Read a LoRA.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file; or a folder of peft, with ``adapter_model.safetensors`` in it or in sub-folders
        ``unet``, ``text_encoder``, ``text_encoder_2``.

    Returns
    -------
    PartFile
        Tensors stay in their file until they are asked for.

    Raises
    ------
    ModelError
        If it is damaged, no LoRA, or another kind of adapter.
    """
    if not path.is_dir():
        return _read_file(path, _model_of(path.parent) if path.name == WEIGHTS_NAME else "")
    folders = [path] if (path / WEIGHTS_NAME).exists() else [path / model for model in MODELS]
    found = [_read_file(folder / WEIGHTS_NAME, _model_of(folder)) for folder in folders if folder.is_dir()]
    if not found:
        raise ModelError(f"{path}: there is no {WEIGHTS_NAME} in this folder; give a LoRA file, or a folder of peft")
    parts = {key: part for one in found for key, part in one.parts.items()}
    metadata = {key: text for one in found for key, text in one.metadata.items()}
    files = tuple(file for one in found for file in one.files)
    return PartFile(path, "peft", metadata, parts, files=files, has_alpha=all(one.has_alpha for one in found))


def _model_of(folder: Path) -> str:
    return folder.name if folder.name in MODELS else ""


def _read_file(path: Path, model: str) -> PartFile:
    header, tensors = open_tensors(path)
    split: dict[str, dict[str, Stored]] = {}
    others, peft = [], False
    kinds = set()
    for name, tensor in tensors.items():
        if name.startswith("bundle_emb."):
            others.append(name)
            continue
        key, role, kind = _split(path, name, tensors)
        kinds.add(kind)
        plain = key.replace("base_model.model.", "")
        peft |= plain != key
        key = _modern(f"{model}.{plain}" if model else plain)
        split.setdefault(key, {})[role] = tensor
    configs = _configs(path, header.metadata, model)
    parts = {key: _join(path, key, roles, configs) for key, roles in split.items() if roles}
    if not parts:
        raise ModelError(f"{path}: there is no LoRA in it")
    # a configuration beside the file is peft's even where the tensors do not say so
    kind = "peft" if peft or path.name == WEIGHTS_NAME else _kind(parts, kinds)
    stated = bool(configs) or any("alpha" in roles for roles in split.values())
    return PartFile(path, kind, header.metadata, parts, tuple(others), stated, (path,))


def _split(path: Path, name: str, tensors: Mapping[str, Stored]) -> tuple[str, str, str]:
    """Key, role (``down``, ``up``, ``alpha``) and family of a tensor's name."""
    if any(part in name for part, _ in _OTHER_KINDS):
        kind = next(kind for part, kind in _OTHER_KINDS if part in name)
        raise ModelError(f"{path}: this is {kind} ({name}); it is not part of a plain LoRA and not supported")
    if name.endswith(".alpha"):
        return name.removesuffix(".alpha"), "alpha", ""
    for pattern, kind in _ENDINGS:
        if found := pattern.search(name):
            return name[: found.start()], _ROLES[found[1]], kind
    if any(other.startswith(_CHECKPOINTS) for other in tensors):
        raise ModelError(f"{path}: this is a whole model, not a LoRA; a LoRA file is needed here")
    raise ModelError(f"{path}: {name} is not part of a plain LoRA, so this is another kind of file")


def _modern(key: str) -> str:
    """Key without what diffusers wrote into it before peft: attention processors, and short names of projections."""
    key = key.replace(".processor.", ".")
    if ".self_attn.to_" in key:
        head, _, name = key.rpartition(".to_")
        return f"{head}.{name.removesuffix('.0')}_proj"
    return f"{key}.0" if key.endswith(".to_out") else key


def _configs(path: Path, metadata: Mapping[str, str], model: str) -> dict[str, Config]:
    """Configurations by model; the empty name stands for a file of one model."""
    beside = path.with_name(CONFIG_NAME)
    if path.name == WEIGHTS_NAME and beside.exists():
        return {model: read_config(beside)}
    return configs_in(metadata, path)


def _join(path: Path, key: str, roles: Mapping[str, Stored], configs: Mapping[str, Config]) -> Part:
    if "down" not in roles or "up" not in roles:
        raise ModelError(f"{path}: {key} has one half only; the file is damaged, copy or download it again")
    down, up = roles["down"], roles["up"]
    if len(down.shape) not in (2, 4) or len(up.shape) not in (2, 4) or down.shape[0] != up.shape[1] or not up.shape[1]:
        raise ModelError(f"{path}: the halves of {key} are {down.shape} and {up.shape}, which do not fit together")
    return Part(down, up, _alpha(path, key, roles.get("alpha"), configs, down.shape[0]))


def _alpha(path: Path, key: str, stored: Stored | None, configs: Mapping[str, Config], rank: int) -> float:
    if stored is not None:
        values = stored.array().reshape(-1)
        if values.size != 1:
            raise ModelError(f"{path}: alpha of {key} is not one number; the file is damaged")
        return float(values[0])
    if "" in configs:
        return alpha_of(configs[""], key, rank)
    model, _, inside = key.partition(".")
    if model in configs:
        return alpha_of(configs[model], inside, rank)
    return float(rank)  # a file without alpha means a scale of one


def _kind(parts: Mapping[str, Part], kinds: set[str]) -> str:
    first = next(iter(parts))
    if first.startswith(("diffusion_model.", "text_encoders.")):
        return "comfyui"
    if "kohya" in kinds:
        return "kohya"
    return "diffusers" if first.partition(".")[0] in (UNET, TEXT_ENCODER, TEXT_ENCODER_2) else "peft"
