"""Record what the ComfyUI nodes look like now, when a version is released: saved workflows rely on it.

    python scripts/record_comfyui_nodes.py

A test fails where a node no longer fits what is recorded; recording anew is then no answer, for workflows out there hold
the old one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from comfyui_host import describe, load_pack, registered  # noqa: E402  # found by the line above

TARGET = ROOT / "tests" / "integrations" / "comfyui" / "descriptions.json"

if __name__ == "__main__":
    told = {name: describe(name, node) for name, node in registered(load_pack()).items()}
    TARGET.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
