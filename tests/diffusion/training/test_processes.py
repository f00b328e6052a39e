"""Several processes train what one alone would train: the same batches, losses and LoRA, but for rounding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from unipixel.diffusion import Processes, train_lora
from unipixel.diffusion.training.processes import join_processes
from unipixel.errors import OptionError
from unipixel.files import read_jsonl
from unipixel.lora import TrainingSettings

WORKER = Path(__file__).parent / "worker.py"


def launch(count: int, base: Path, out: Path, settings: TrainingSettings) -> None:
    """Train in so many processes, which meet over gloo."""
    arguments = [str(WORKER), str(base), str(out), json.dumps(asdict(settings))]
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"] if count > 1 else []
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [sys.executable, *launcher, *arguments], check=True, env=environment, capture_output=True, timeout=300
    )


def test_two_processes_train_what_one_trains(base_folder: Path, settings: TrainingSettings, tmp_path: Path) -> None:
    shared = replace(settings, steps=6, accumulation=2, text_encoder_learning_rate=1e-3)
    launch(1, base_folder, tmp_path / "one", shared)
    launch(2, base_folder, tmp_path / "two", shared)
    losses = [[row["loss"] for row in read_jsonl(tmp_path / name / "loss.jsonl")] for name in ("one", "two")]
    weights = [load_file(tmp_path / name / "lora.safetensors") for name in ("one", "two")]
    change = max((weights[0][name].float() - weights[1][name].float()).abs().max().item() for name in weights[0])
    size = max(tensor.float().abs().max().item() for name, tensor in weights[0].items() if "lora_up" in name)

    assert len(losses[0]) == 6
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert len(set(losses[0])) == 6
    assert weights[0].keys() == weights[1].keys()
    assert change < 0.05 * size


def test_batches_are_shared_out_evenly_or_not_at_all(
    base_folder: Path, settings: TrainingSettings, tmp_path: Path
) -> None:
    shares = [list(Processes(rank, 3).share(6)) for rank in range(3)]

    assert shares == [[0, 3], [1, 4], [2, 5]]
    with pytest.raises(OptionError, match=r"2 processes can't share 3 batches a step. Set train.accumulation"):
        Processes(0, 2).share(3)
    image = np.full((8, 8, 4), 255, np.uint8)
    with pytest.raises(OptionError, match="2 processes"):
        train_lora(None, [image], ["a"], settings, out=tmp_path, processes=Processes(0, 2))


def test_one_alone_needs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    alone = join_processes()

    assert (alone.rank, alone.count, alone.device, alone.is_main) == (0, 1, "", True)
    assert alone.any(True)
    assert not alone.any(False)
