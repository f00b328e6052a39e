"""Real InvokeAI for tests: its server, in an environment of its own, with our node in its folder.

`make test-hosts` installs it; pictures go in and out, and graphs run, through the API that its own page uses.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from host_server import PATIENCE, Server, free_port
from unipixel.plugin import install_plugin

ROOT = Path(__file__).parents[1]
PACK = ROOT / "integrations" / "invokeai"
PROGRAM = ROOT / "build" / "hosts" / "invokeai" / "bin" / "invokeai-web"


class InvokeAI(Server):
    """A server with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        if not PROGRAM.exists():
            raise FileNotFoundError(f"{PROGRAM}: InvokeAI is not there. Run these tests with: make test-hosts")
        (folder / "nodes").mkdir(parents=True)
        install_plugin("invokeai", folder)
        settings = {"schema_version": "4.0.2", "host": "127.0.0.1", "port": free_port(), "device": "cpu"}
        lines = [f"{name}: {value}" for name, value in settings.items()]
        (folder / "invokeai.yaml").write_text("\n".join(lines) + "\n", "utf-8")
        found = (ROOT / "tests/integrations/invokeai/site", ROOT / "src")
        super().__init__(
            [PROGRAM, "--root", folder],
            ready="/api/v1/app/version",
            port=settings["port"],
            log=folder / "server.log",
            environment={"HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(map(str, found))},
        )

    def upload(self, png: bytes, *, metadata: Mapping[str, Any] | None = None) -> str:
        """Put a picture into the gallery; its name."""
        path = "/api/v1/images/upload?image_category=user&is_intermediate=false"
        notes = {} if metadata is None else {"metadata": json.dumps(metadata)}
        return json.loads(self.send_form(path, file=("a.png", png), **notes))["image_name"]

    def download(self, name: str) -> bytes:
        """The file of a picture in the gallery."""
        return self.ask(f"/api/v1/images/i/{name}/full")

    def about(self, name: str) -> dict[str, Any]:
        """What the gallery knows of a picture."""
        return json.loads(self.ask(f"/api/v1/images/i/{name}"))

    def notes(self, name: str) -> dict[str, Any]:
        """A picture's metadata."""
        return json.loads(self.ask(f"/api/v1/images/i/{name}/metadata"))

    def run(self, *nodes: Mapping[str, Any], edges: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
        """Run a graph through the queue.

        Parameters
        ----------
        nodes : mapping
            Each with its ``id`` and ``type``.
        edges : tuple of str
            ``"a.out b.in"`` each.

        Returns
        -------
        dict
            Node to outputs.

        Raises
        ------
        RuntimeError
            What the page shows of a node's failure.
        Refused
            The graph itself is refused.
        """
        graph = {"id": "graph", "nodes": {each["id"]: dict(each) for each in nodes}, "edges": list(map(_edge, edges))}
        asked = {"batch": {"graph": graph, "runs": 1}, "prepend": False}
        (item,) = json.loads(self.ask("/api/v1/queue/default/enqueue_batch", asked))["item_ids"]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = json.loads(self.ask(f"/api/v1/queue/default/i/{item}"))
            if state["status"] == "failed":
                raise RuntimeError(state["error_message"])
            if state["status"] == "completed":
                session = state["session"]
                made = session["source_prepared_mapping"]
                return {name: session["results"][made[name][0]] for name in graph["nodes"]}
            time.sleep(0.05)
        raise TimeoutError(f"the graph is {state['status']} after {PATIENCE} s")


def _edge(text: str) -> dict[str, dict[str, str]]:
    ends = [dict(zip(("node_id", "field"), end.split("."), strict=True)) for end in text.split()]
    return dict(zip(("source", "destination"), ends, strict=True))
