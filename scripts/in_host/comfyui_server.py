"""ComfyUI's server, run from a person's folder but with folders of its own."""

from __future__ import annotations

import json
import os
import time
import urllib.parse
from pathlib import Path
from typing import Any

from host_server import PATIENCE, Server, free_port
from unipixel.plugin import install_plugin

ROOT = Path(__file__).parents[2]


class ComfyUI(Server):
    """The server of a folder, with folders of its own for everything that it reads and writes."""

    def __init__(self, folder: Path, python: Path, base: Path) -> None:
        port = free_port()
        super().__init__(
            [*command_of(folder, python, base), "--port", str(port)],
            ready="/system_stats", port=port, log=base / "server.log", environment=environment(), folder=folder,
        )  # fmt: skip

    def upload(self, name: str, png: bytes) -> None:
        """Put a picture into the input folder."""
        self.send_form("/upload/image", image=(name, png), overwrite="true")

    def run(self, prompt: dict[str, Any]) -> dict[str, Any]:
        """Run a prompt; what the history tells of it."""
        number = json.loads(self.ask("/prompt", {"prompt": prompt}))["prompt_id"]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            told = json.loads(self.ask(f"/history/{number}")).get(number)
            if told and told["status"]["status_str"] == "success":
                return dict(told)
            if told:
                raise RuntimeError(str(told["status"]["messages"][-1])[:600])
            time.sleep(0.05)
        raise TimeoutError(f"a prompt still runs after {PATIENCE} s")

    def files(self, told: dict[str, Any], node: str, key: str = "images") -> list[bytes]:
        """Files that a node wrote."""
        return [self.ask(f"/view?{urllib.parse.urlencode(file)}") for file in told["outputs"][node][key]]


def lay_base(place: Path, *, with_nodes: bool) -> Path:
    """A folder that the host takes for its own: plug-ins, pictures, settings."""
    (place / "custom_nodes").mkdir(parents=True)
    (place / "user").mkdir()
    if with_nodes:
        install_plugin("comfyui", place)
    return place


def command_of(folder: Path, python: Path, base: Path) -> list[str | Path]:
    """The host's start, with all that it writes in ``base``."""
    apart = ["--base-directory", base, "--database-url", f"sqlite:///{(base / 'user' / 'comfyui.db').as_posix()}"]
    quiet = ["--cpu", "--listen", "127.0.0.1", "--disable-auto-launch", "--disable-api-nodes"]
    return [python, folder / "main.py", *apart, *quiet]


def environment() -> dict[str, str]:
    """Variables with which the host finds this checkout's core."""
    found = [str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(found)}
