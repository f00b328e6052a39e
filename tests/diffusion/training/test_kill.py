"""A training that is killed at any moment, again and again, ends with the bytes of one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

from unipixel.lora import TrainingSettings

WORKER = Path(__file__).parent / "worker.py"


def run(base: Path, out: Path, settings: TrainingSettings, kill_at: int | None = None) -> int:
    """Train, and kill it once it has said so many lines, one a step; its exit code."""
    numbers = json.dumps({**asdict(settings), "checkpoint_every": 3})
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(WORKER), str(base), str(out), numbers]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for number, _ in enumerate(process.stdout or ()):
            if number == kill_at:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.read() if process.stdout else b""
        return process.wait()


def test_kills_at_any_step_change_no_bit(base_folder: Path, settings: TrainingSettings, tmp_path: Path) -> None:
    longer = replace(settings, steps=9, ema_decay=0.9, latents="sample", flip=True, caption_variants=3)
    # at steps 1, 5 and 7: before the first checkpoint, between two, just behind one
    codes = [run(base_folder, tmp_path / "killed", longer, kill_at) for kill_at in (0, 4, 3, None)]
    whole = run(base_folder, tmp_path / "whole", longer)

    assert codes == [-signal.SIGKILL] * 3 + [0]
    assert whole == 0
    for name in ("lora.safetensors", "loss.jsonl", "checkpoints.jsonl"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
