"""Marks that a run sets on its way: CPU time, time on the clock and peak memory since the process began."""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any


def arguments() -> argparse.Namespace:
    """What each of the three loops is told, as ``speed.py`` starts it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    for name in ("size", "steps", "rank", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--began", type=float, required=True, help="monotonic clock when the process was started")
    parser.add_argument("--script", type=Path, help="diffusers' own script")
    return parser.parse_args()


class Marks:
    """Marks of one run: ``loaded`` (just before a network is first asked), ``first`` and ``last`` step
    done; and the CPU time at the end of each step."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._began, self._steps, self._file = options.began, options.steps, options.out / "marks.json"
        self._cpu: list[float] = []
        self._found: dict[str, dict[str, float]] = {}

    def set(self, name: str) -> None:
        """Note how much was used up to here."""
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self._found[name] = {
            "cpu": sum(each.ru_utime + each.ru_stime for each in (own, children)),
            "wall": time.monotonic() - self._began,
            "peak_mb": own.ru_maxrss / 1024,
        }

    def watch(self) -> None:
        """Have torch call back at the first call of any module, and after every step of any optimizer."""
        from torch.nn.modules.module import register_module_forward_pre_hook
        from torch.optim.optimizer import register_optimizer_step_post_hook

        self._first_call = register_module_forward_pre_hook(self._called)
        register_optimizer_step_post_hook(self._stepped)

    def _called(self, *_: Any) -> None:
        self._first_call.remove()
        self.set("loaded")

    def _stepped(self, *_: Any) -> None:
        self._cpu.append(time.process_time())
        if len(self._cpu) == 1:
            self.set("first")
        if len(self._cpu) == self._steps:
            self.set("last")
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({**self._found, "steps": self._cpu}), encoding="utf-8")
