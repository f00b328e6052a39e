"""A LoRA out of the difference of two checkpoints."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.errors import ModelError
from unipixel.lora.checkpoint import Place, check_checkpoint, places
from unipixel.lora.combine import split_evenly
from unipixel.lora.metadata import ARCHITECTURE, SDXL
from unipixel.lora.modules import SDXL_LAYOUT
from unipixel.lora.names import UNET, UNetLayout
from unipixel.lora.tensors import TensorFile
from unipixel.lora.weights import LoraWeights, Pair, part_of, with_one_alpha

_NOISE = 1e-7
"""Singular values below this share of the largest are rounding, since a Gram matrix squares them."""


def extract(
    tuned: str | os.PathLike[str],
    base: str | os.PathLike[str],
    *,
    rank: int = 32,
    conv_rank: int = 16,
    text_encoders: bool = False,
    layout: UNetLayout = SDXL_LAYOUT,
) -> LoraWeights:
    """Nearest LoRA to what a checkpoint has more than another.

    Parameters
    ----------
    tuned, base : path
        SDXL checkpoints in one file; read tensor by tensor.
    rank, conv_rank : int
        Largest rank of linear layers and 1x1 convolutions, and of larger convolutions; 0 leaves the latter out.
    text_encoders : bool
        Take the text encoders' difference too.
    layout : UNetLayout

    Returns
    -------
    LoraWeights
        Alpha is the largest rank, see `with_one_alpha`. Modules without a difference are left out.

    Raises
    ------
    ModelError
        If a file is no SDXL checkpoint, a module differs in size, or nothing differs.
    """
    if rank < 1 or conv_rank < 0:
        raise ModelError("a rank is at least 1, and a convolution's at least 0")
    with TensorFile(tuned) as new, TensorFile(base) as old:
        check_checkpoint(new)
        check_checkpoint(old)
        pairs = {}
        for key, delta in _differences(new, old, layout, text_encoders=text_encoders):
            limit = conv_rank if any(side != 1 for side in delta.shape[2:]) else rank
            if limit and np.any(delta):
                pairs[key] = _nearest(delta, limit)
        is_v = "v_pred" in new.header.tensors or new.header.metadata.get("modelspec.prediction_type", "")[:1] == "v"
    if not pairs:
        raise ModelError(f"{tuned} and {base} do not differ in any module that a LoRA can be for")
    metadata = {"ss_base_model_version": SDXL, "ss_v2": "False", "modelspec.architecture": ARCHITECTURE}
    metadata |= {"modelspec.sai_model_spec": "1.0.1", "modelspec.prediction_type": "v" if is_v else "epsilon"}
    return LoraWeights(with_one_alpha(dict(sorted(pairs.items()))), metadata)


def _differences(
    new: TensorFile, old: TensorFile, layout: UNetLayout, *, text_encoders: bool
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for key, place in places(layout).items():
        if part_of(key) == UNET or text_encoders:
            one, two = _weight(new, place), _weight(old, place)
            if one is None or two is None:
                continue
            if one.shape != two.shape:
                raise ModelError(f"{place.tensor} is {one.shape} in {new.path} but {two.shape} in {old.path}")
            yield key, one.astype(np.float64) - two


def _weight(file: TensorFile, place: Place) -> npt.NDArray[Any] | None:
    return place.view(file.read(place.tensor)) if place.tensor in file.header.tensors else None


def _nearest(delta: npt.NDArray[Any], rank: int) -> Pair:
    """Truncated singular value decomposition by the eigenvectors of the smaller Gram matrix, float64."""
    flat = delta.reshape(len(delta), -1)
    wide = flat.shape[0] <= flat.shape[1]
    side = flat if wide else flat.T
    squares, vectors = np.linalg.eigh(side @ side.T)
    values = np.sqrt(np.clip(squares[::-1], 0, None))
    count = max(int(np.sum(values[:rank] > _NOISE * values[0])), 1)
    near, values = vectors[:, ::-1][:, :count], values[:count]
    far = near.T @ side / values[:, None]
    return split_evenly(near if wide else far.T, values, far if wide else near.T, delta.shape[1:])
