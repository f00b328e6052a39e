"""A small stand-in for ComfyUI's server: its start, and the part of its API that `scripts/try_in_host.py` uses.

Behaves as version 0.3.64 was seen to. It runs prompts with the stand-in of `comfyui_host.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from comfyui_folders import Folders
from comfyui_host import Comfy, Refused, core_nodes, describe, load_pack, registered


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("base-directory", "database-url", "listen", "port"):
        parser.add_argument(f"--{name}")
    for name in ("cpu", "disable-auto-launch", "disable-api-nodes", "quick-test-for-ci"):
        parser.add_argument(f"--{name}", action="store_true")
    asked = parser.parse_args()
    base = Path(asked.base_directory)
    sys.modules["folder_paths"] = folders = Folders(base)
    comfy = Comfy({**core_nodes(folders), **more_nodes(folders), **load_packs(base)}, base)
    if not asked.quick_test_for_ci:
        ThreadingHTTPServer((asked.listen, int(asked.port)), handler(comfy, base)).serve_forever()


def load_packs(base: Path) -> dict[str, type]:
    """Nodes of all packs, with the times of their imports in the log."""
    nodes = {}
    sys.stdout.write("Import times for custom nodes:\n")
    for folder in sorted((base / "custom_nodes").iterdir()):
        start = time.perf_counter()
        nodes |= registered(load_pack(folder))
        sys.stdout.write(f"   {time.perf_counter() - start:.1f} seconds: {folder}\n")
    sys.stdout.flush()
    return nodes


def more_nodes(folders: Folders) -> dict[str, type]:
    """Nodes of ComfyUI that the example workflow and the checks use besides."""
    save = core_nodes(folders)["SaveImage"]

    class PreviewImage(save):
        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"images": ("IMAGE",)}}

        def save(self, images):
            return super().save(images, "preview")

    class RepeatImageBatch:
        RETURN_TYPES, FUNCTION, CATEGORY = ("IMAGE",), "repeat", "image/batch"

        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"image": ("IMAGE",), "amount": ("INT", {"default": 1, "min": 1, "max": 4096})}}

        def repeat(self, image, amount):
            return (image.repeat(amount, 1, 1, 1),)

    return {"PreviewImage": PreviewImage, "RepeatImageBatch": RepeatImageBatch}


def handler(comfy: Comfy, base: Path) -> type:
    """Answers of the server, for these nodes."""
    history = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            if url.path == "/system_stats":
                self.answer({})
            elif url.path == "/object_info":
                ours = {name: node for name, node in comfy.nodes.items() if hasattr(node, "TITLE")}
                self.answer({name: describe(name, node) for name, node in ours.items()})
            elif url.path == "/api/workflow_templates":
                files = base.glob("custom_nodes/*/example_workflows/*.json")
                self.answer({"unipixel-nodes": [file.stem for file in files]})
            elif url.path == "/view":
                file = {name: value[0] for name, value in parse_qs(url.query).items()}
                self.answer((base / file["type"] / file.get("subfolder", "") / file["filename"]).read_bytes())
            else:
                self.answer({number: history[number] for number in [url.path.rpartition("/")[2]] if number in history})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/upload/image":
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                part = next(iter(message_from_bytes(head + body, policy=HTTP).iter_parts()))
                (Path(comfy.root) / "input").mkdir(exist_ok=True)
                (comfy.root / "input" / part.get_filename()).write_bytes(part.get_payload(decode=True))
                self.answer({})
                return
            prompt, number = json.loads(body)["prompt"], str(len(history))
            try:
                before = len(comfy.runs)
                done = comfy.run(prompt)
            except Refused as error:
                self.answer({"error": str(error)}, status=400)
                return
            cached = sorted(set(done) - set(comfy.runs[before:]))
            history[number] = {
                "status": {"status_str": "success", "messages": [["execution_cached", {"nodes": cached}]]},
                "outputs": {name: each["ui"] for name, each in done.items()},
            }
            self.answer({"prompt_id": number})

        def answer(self, told, status=200):
            data = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    return Handler


if __name__ == "__main__":
    main()
