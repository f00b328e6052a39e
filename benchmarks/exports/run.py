"""Export runs, and read each with the trainer's own code.

    python benchmarks/exports/run.py kohya CHECKOUT WORKSPACE
    python benchmarks/exports/run.py onetrainer CHECKOUT WORKSPACE
    python benchmarks/exports/run.py ai-toolkit CHECKOUT WORKSPACE

CHECKOUT is the trainer's source, WORKSPACE one with training images and captions. Needs the extra ``train``, and of the
trainers' packages ``toml`` and ``voluptuous`` (kohya) or ``oyaml`` (ai-toolkit); what only their training needs is
replaced by hollow modules. Nothing is trained and no weights are loaded.

For each of `CASES` it prints the faults (names that the trainer does not know, values that arrive otherwise), its
steps, how far its learning rate is from UniPixel's as a share of the height, and whether its LoRA adapts the same
modules of SDXL's UNet. Ends with 1 where there is a fault.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from reading import Reading

from unipixel.stages.exporting_runs import export_run
from unipixel.stages.training import settings_of
from unipixel.stages.workspace import Workspace

READERS = {"kohya": "kohya", "onetrainer": "onetrainer", "ai-toolkit": "ai_toolkit"}
CASES = {
    "preset": {},
    "everything": {
        "lora.targets": "all", "train.optimizer": "prodigy", "train.learning_rate": 1.0, "train.accumulation": 2,
        "train.schedule": "cosine-restarts", "train.cycles": 3, "train.steps": 400, "train.flip": True,
        "train.text_encoder_learning_rate": 5e-5, "train.caption_variants": 4, "train.kept_tags": 2,
        "train.noise_offset": 0.03, "train.pyramid_noise": 0.3, "train.ema_decay": 0.999, "train.min_snr_gamma": 0.0,
        "train.debiased": True, "train.base_precision": "fp8", "train.compile": True,
    },
    "fixed captions": {
        "lora.targets": "attention", "train.optimizer": "adafactor", "train.schedule": "polynomial",
        "train.caption_dropout": 0.0, "train.precision": "float16", "train.base_precision": "nf4", "train.steps": 300,
        "train.warmup_steps": 1, "train.learning_rate": 1e-5, "train.max_grad_norm": 0.0,
    },
    "no previews": {
        "train.optimizer": "lion", "train.schedule": "linear", "train.warmup_steps": 0, "watch.previews": 0,
        "train.steps": 200,
    },
    "constant": {
        "train.optimizer": "adamw8bit", "train.schedule": "constant", "train.warmup_steps": 10, "train.steps": 60,
        "train.batch_size": 3, "train.accumulation": 2,
    },
}  # fmt: skip


def main() -> int:
    trainer, checkout, root = sys.argv[1:]
    reader, workspace = import_module(f"{READERS[trainer]}_reader"), Workspace(Path(root))
    faults = 0
    for name, overrides in CASES.items():
        settings = settings_of(workspace.recipe(overrides))
        prediction = "v_prediction" if overrides.get("train.debiased") else "epsilon"
        with tempfile.TemporaryDirectory() as place:
            export_run(
                workspace, trainer, Path(place) / "run", base="/models/base.safetensors", prediction_type=prediction,
                allow_unlicensed=True, overrides=overrides,
            )  # fmt: skip
            found: Reading = reader.read(Path(checkout), Path(place) / "run", settings)
        print(f"{name}: {found.sentence(settings)}")
        faults += len(found.faults)
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
