"""Diffusers' own script, run as it is from the path that is given.

Two things are arranged around it, and neither touches its loop: the autoencoder of the embedded base takes the place of
the class that the script names, and torchvision of the package index, built for CUDA, is made to import beside
a torch for the CPU (its compiled operations, which the script does not use, are declared and left empty).
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from importlib.util import find_spec

from marks import Marks, arguments


def main() -> None:
    options = arguments()
    marks = Marks(options)
    _declare_operations()
    import diffusers

    if json.loads((options.base / "vae" / "config.json").read_text("utf-8"))["_class_name"] == "PatchAutoencoder":
        from unipixel.diffusion.autoencoder import PatchAutoencoder

        diffusers.AutoencoderKL = PatchAutoencoder

    marks.watch()
    sys.argv = [str(options.script), *_script_options(options)]
    runpy.run_path(str(options.script), run_name="__main__")


def _script_options(options: argparse.Namespace) -> list[str]:
    given = {
        "pretrained_model_name_or_path": options.base,
        "train_data_dir": options.pictures,
        "cache_dir": options.pictures.parent / "datasets",
        "output_dir": options.out / "run",
        "image_column": "image",
        "caption_column": "text",
        "resolution": options.size,
        "train_batch_size": options.batch,
        "max_train_steps": options.steps,
        "checkpointing_steps": options.steps + 1,
        "rank": options.rank,
        "learning_rate": 1e-4,
        "lr_scheduler": "constant",
        "mixed_precision": "no",
        "seed": 0,
    }
    return [f"--{name}={value}" for name, value in given.items()]


def _declare_operations() -> None:
    import torch

    if find_spec("torchvision") is None or "+cpu" not in torch.__version__:
        return
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    torch._unipixel_benchmark_library = library  # alive as long as the process


if __name__ == "__main__":
    main()
