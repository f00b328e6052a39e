"""The difference of two models as a LoRA."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unipixel.errors import ModelError, OptionError
from unipixel.files import sha256
from unipixel.lora.carry import extracted
from unipixel.lora.checkpoint import Checkpoint, open_checkpoint
from unipixel.lora.model import Lora, layout_note
from unipixel.lora.modules import ModuleName
from unipixel.lora.names import UNET, UNetLayout
from unipixel.lora.parts import Part
from unipixel.lora.resize import Kept, from_factors, summarise, with_one_alpha
from unipixel.lora.svd import truncate
from unipixel.progress import Event, Progress, quiet

_OUTSIDE = ("conv_in", "conv_out", "time_embedding", "add_embedding")


def extract_lora(
    tuned: Path,
    base: Path,
    *,
    title: str,
    rank: int,
    conv_rank: int | None = None,
    text_encoders: bool = False,
    dtype: str = "F16",
    layout: UNetLayout | None = None,
    progress: Progress = quiet,
) -> tuple[Lora, Kept]:
    """Find the LoRA that turns one model into another, as well as its rank allows.

    Each module's difference is taken in float32 and cut to its largest singular directions
    (`unipixel.lora.svd.truncate`); two weights and their difference are in memory at a time.

    Parameters
    ----------
    tuned, base : Path
        Single-file SDXL checkpoints or diffusers folders.
    title : str
        Name of the result.
    rank : int
        Of linear layers. By default those of the UNet's transformers alone: what kohya's trainer adapts.
    conv_rank : int, optional
        Of convolutions with a kernel in residual blocks and samplers; these blocks' linear layers and 1x1
        convolutions are then extracted too, of ``rank``.
    text_encoders : bool
        Whether the text encoders are extracted too.
    dtype : str
        Of the result, as in `unipixel.lora.file.TensorEntry`.
    layout : UNetLayout, optional
    progress : callable

    Returns
    -------
    lora : Lora
        Modules that are the same in both are left out. Alpha is one number, see `with_one_alpha`.
    kept : Kept
        Shares of the differences of the modules that were extracted.

    Raises
    ------
    ModelError
        If the two are no SDXL models, differ in shape, or are the same.
    OptionError
        If a rank is below 1.
    """
    if rank < 1 or (conv_rank is not None and conv_rank < 1):
        raise OptionError(f"rank must be at least 1, got {min(rank, conv_rank or rank)}")
    first, second = open_checkpoint(tuned, layout), open_checkpoint(base, layout)
    names = [name for name in second.modules() if _wanted(name, conv_rank, text_encoders)]
    parts, cuts = {}, {}
    for done, name in enumerate(names, 1):
        if found := _extract(first, second, name, rank, conv_rank or rank, dtype):
            parts[name], cuts[name] = found
        progress(Event("extract", done, len(names), name.path))
    if not parts:
        raise ModelError(
            f"{tuned} and {base} are the same in every module that was asked for: there is nothing to extract"
        )
    parts = with_one_alpha(parts)
    metadata = _metadata(first, second, parts, title)
    plan = layout or UNetLayout()
    return Lora(Path(title), "kohya", metadata | layout_note(plan), parts, {}, plan), summarise(parts, cuts)


def _wanted(name: ModuleName, conv_rank: int | None, text_encoders: bool) -> bool:
    if name.model != UNET:
        return text_encoders
    return name.is_transformer or (conv_rank is not None and not name.path.startswith(_OUTSIDE))


def _extract(
    tuned: Checkpoint, base: Checkpoint, name: ModuleName, rank: int, conv_rank: int, dtype: str
) -> tuple[Part, tuple[float, float]] | None:
    here, there = tuned.slot(name), base.slot(name)
    if here is None or there is None:
        raise ModelError(f"{tuned.path}: there is no {name.path} in it; it is not made from {base.path}")
    old = base.weight(there)
    new = tuned.weight(here).reshape(old.shape) if tuned.shape(here)[:2] == old.shape[:2] else tuned.weight(here)
    if new.shape != old.shape:
        raise ModelError(f"{tuned.path}: {name.path} is {new.shape}, but {old.shape} in {base.path}")
    delta = new - old
    if not delta.any():
        return None
    if not np.isfinite(delta).all():
        raise ModelError(f"{name.path} is not finite in {tuned.path} or {base.path}; one of them is damaged")
    shape = delta.shape[1:]
    factors = truncate(delta.reshape(delta.shape[0], -1), conv_rank if any(n != 1 for n in shape[1:]) else rank)
    part = from_factors(factors, shape, float(factors.down.shape[0]), dtype)
    return part, (factors.kept, factors.energy)


def _metadata(tuned: Checkpoint, base: Checkpoint, parts: dict[ModuleName, Part], title: str) -> dict[str, str]:
    hashes = {model.path: sha256(model.path) for model in (tuned, base) if not model.is_folder}
    sources = [{"file": m.path.name, **({"sha256": hashes[m.path]} if m.path in hashes else {})} for m in (tuned, base)]
    is_v = "v_pred" in tuned.tensors or tuned.metadata.get("modelspec.prediction_type", "").startswith("v")
    return extracted(
        parts,
        title=title,
        base_name=base.path.stem,
        base_hash=hashes.get(base.path, ""),
        prediction_type="v" if is_v else "epsilon",
        of=sources,
    )
