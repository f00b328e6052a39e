"""Which base model a stage works with: a path, or the micro model that the package ships."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Any

from unipixel.extras import need

DEFAULT_BASE = "micro"
"""Name of the embedded base model."""
REPEATABLE = ("MKL_CBWR", "AUTO,STRICT")
"""Environment in which Intel's mathematics library gives the same result wherever its numbers lie in memory; it reads
that once, when torch is loaded."""


def need_torch(purpose: str) -> None:
    """Load torch, with arithmetic that gives the same bits from run to run on one machine.

    Parameters
    ----------
    purpose : str
        What it is needed for, as the subject of a sentence.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    os.environ.setdefault(*REPEATABLE)
    need("torch", extra="train", purpose=purpose)


def base_path(base: str) -> Path:
    """Path of a base model; the name ``micro`` stands for the embedded one, every other for itself."""
    return Path(str(resources.files("unipixel") / "micro")) if base == DEFAULT_BASE else Path(base)


def open_base(
    base: str,
    *,
    device: str = "auto",
    prediction_type: str = "auto",
    allow_hub: bool = False,
    precision: str = "auto",
    base_precision: str = "full",
) -> Any:
    """Load a base model: from here on nothing knows which one it is.

    Parameters
    ----------
    base : str
        A diffusers folder, an SDXL checkpoint in one ``.safetensors`` file, or ``micro``.
    device : str
        ``auto``, ``cpu``, ``cuda``, ...
    prediction_type, allow_hub, base_precision
        See `unipixel.diffusion.base.load_base`.
    precision : {"auto", "float32", "float16", "bfloat16"}
        Dtype that the model computes in.

    Returns
    -------
    unipixel.diffusion.base.Base

    Raises
    ------
    ModelError
        It can't be used.
    MissingExtra
        A base in 4 bits is asked for without the library that makes it.
    """
    from unipixel.diffusion.base import load_base

    return load_base(
        base_path(base),
        device=device,
        dtype=precision,
        prediction_type=prediction_type,
        allow_hub=allow_hub,
        base_precision=base_precision,
    )
