"""Write the example workflows of the ComfyUI nodes, as ComfyUI's own files and for its API.

    python scripts/write_comfyui_workflows.py

Numbers are the recipes'; widgets and links are those of the nodes themselves, and of ComfyUI's own nodes as recorded in
comfyui_core_nodes.json (inputs in their order; BROWSER are widgets that the browser adds). A test fails where the files
are not what this writes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from comfyui_host import PACK, load_pack, registered  # noqa: E402  # found by the line above
from unipixel.recipe import load_recipe  # noqa: E402
from unipixel.sampling.samplers import host_names  # noqa: E402

FOLDER = PACK / "example_workflows"
CORE = json.loads((ROOT / "scripts" / "comfyui_core_nodes.json").read_text("utf-8"))
WIDGETS = ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "BROWSER")
WIDTH, GAP = 300, 60
"""Of a node's picture, in the browser's px."""


@dataclass(frozen=True)
class Link:
    """An output of another node."""

    node: str
    output: str


@dataclass(frozen=True)
class Kind:
    """What a node takes and gives."""

    inputs: dict[str, str]
    """Name to type, in order; a list to choose from is a COMBO."""
    defaults: dict[str, Any]
    outputs: dict[str, str]


Graph = dict[str, tuple[str, dict[str, Any]]]
"""Name to class and inputs, in the order of the work."""


def kinds() -> dict[str, Kind]:
    """All nodes that workflows may use."""
    found = {name: Kind(told["inputs"], {}, told["outputs"]) for name, told in CORE.items()}
    for name, node in registered(load_pack()).items():
        types = node.INPUT_TYPES()
        inputs = {**types["required"], **types.get("optional", {})}
        found[name] = Kind(
            {key: _type(kind) for key, (kind, _) in inputs.items()},
            {key: settings["default"] for key, (_, settings) in inputs.items() if "default" in settings},
            {key: _type(kind) for key, kind in zip(getattr(node, "RETURN_NAMES", ()), node.RETURN_TYPES, strict=True)},
        )
    return found


def workflows() -> dict[str, Graph]:
    """Every example by the name of its file."""
    return {
        "unipixel": drawing("unipixel", "1152x896"),
        "mini-unipixel": drawing("mini-unipixel", "896x1152"),
        "convert": converting(),
    }


def drawing(preset: str, canvas: str) -> Graph:
    """Draw with a LoRA, say how far the picture obeys its grid, and save it as true pixel art."""
    recipe = load_recipe(preset)
    sample = recipe.sample
    names = host_names(sample.sampler, base_scheduler="EulerDiscreteScheduler", base_spacing="leading")
    prompt = ", ".join((*recipe.caption.constants, sample.prompts[0]))
    return {
        "checkpoint": ("CheckpointLoaderSimple", {"ckpt_name": "Illustrious-XL-v0.1.safetensors"}),
        "lora": (
            "UniPixelLoadLora",
            {
                "model": Link("checkpoint", "MODEL"), "clip": Link("checkpoint", "CLIP"),
                "lora_name": f"{preset}.safetensors", "strength_model": sample.lora_weight,
                "strength_clip": sample.lora_weight, "prompt": prompt,
            },
        ),
        "positive": ("CLIPTextEncode", {"text": Link("lora", "prompt"), "clip": Link("lora", "clip")}),
        "negative": ("CLIPTextEncode", {"text": sample.negative_prompt, "clip": Link("lora", "clip")}),
        "size": ("UniPixelLatentSize", {"preset": preset, "canvas": canvas}),
        "sampler": (
            "KSampler",
            {
                "model": Link("lora", "model"), "seed": sample.seed, "control_after_generate": "randomize",
                "steps": sample.steps, "cfg": sample.guidance, "sampler_name": names.comfy,
                "scheduler": names.comfy_schedule, "positive": Link("positive", "CONDITIONING"),
                "negative": Link("negative", "CONDITIONING"), "latent_image": Link("size", "latent"), "denoise": 1.0,
            },
        ),
        "decoder": ("VAEDecode", {"samples": Link("sampler", "LATENT"), "vae": Link("checkpoint", "VAE")}),
        "discipline": ("UniPixelGridDiscipline", {"images": Link("decoder", "IMAGE"), "scale": Link("size", "scale")}),
        "convert": (
            "UniPixelConvert",
            {
                "images": Link("discipline", "images"), "batch": "apart", "preset": Link("lora", "preset"),
                "colors": recipe.dataset.max_colors, "zoom": recipe.scale,
            },
        ),
        "enlarged": ("PreviewImage", {"images": Link("convert", "enlarged")}),
        "save": ("UniPixelSave", {"images": Link("convert", "native"), "mask": Link("convert", "mask"),
                                  "palette": Link("convert", "palette")}),
    }  # fmt: skip


def converting() -> Graph:
    """Any picture to true pixel art."""
    return {
        "picture": ("LoadImage", {"image": "example.png", "upload": "image"}),
        "convert": (
            "UniPixelConvert",
            {"images": Link("picture", "IMAGE"), "mask": Link("picture", "MASK"), "colors": -1, "zoom": 8},
        ),
        "enlarged": ("PreviewImage", {"images": Link("convert", "enlarged")}),
        "save": ("UniPixelSave", {"images": Link("convert", "native"), "mask": Link("convert", "mask"),
                                  "palette": Link("convert", "palette")}),
    }  # fmt: skip


def for_api(graph: Graph) -> dict[str, Any]:
    """A prompt: node number to class and inputs, every widget stated."""
    known, numbers = kinds(), _numbers(graph)
    prompt = {}
    for name, (kind, inputs) in graph.items():
        stated = {**known[kind].defaults, **inputs}
        links = {
            key: [str(numbers[value.node]), _place(known, graph, value)] if isinstance(value, Link) else value
            for key, value in stated.items()
            if known[kind].inputs[key] != "BROWSER"
        }
        prompt[str(numbers[name])] = {"class_type": kind, "inputs": links, "_meta": {"title": name}}
    return prompt


def for_browser(graph: Graph) -> dict[str, Any]:
    """ComfyUI's own file: nodes with their places, widgets by their order, and links by number."""
    known, numbers = kinds(), _numbers(graph)
    links: list[list[Any]] = []
    nodes = []
    for name, (kind, inputs) in graph.items():
        told = known[kind]
        stated = {**told.defaults, **inputs}
        slots = []
        for key, type_ in told.inputs.items():
            value = stated.get(key)
            if type_ in WIDGETS and not isinstance(value, Link):
                continue
            slot = {"name": key, "type": type_, "link": None}
            if type_ in WIDGETS:
                slot["widget"] = {"name": key}
            if isinstance(value, Link):
                slot["link"] = len(links) + 1
                source = [numbers[value.node], _place(known, graph, value)]
                links.append([slot["link"], *source, numbers[name], len(slots), type_])
            slots.append(slot)
        values = [
            told.defaults.get(key, "") if isinstance(stated[key], Link) else stated[key]
            for key, type_ in told.inputs.items()
            if type_ in WIDGETS
        ]
        nodes.append(_node(numbers[name], kind, slots, told.outputs, values))
    for node in nodes:
        for place, output in enumerate(node["outputs"]):
            output["links"] = [link[0] for link in links if link[1] == node["id"] and link[2] == place] or None
    return {
        "last_node_id": len(nodes), "last_link_id": len(links), "nodes": nodes, "links": links, "groups": [],
        "config": {}, "extra": {}, "version": 0.4,
    }  # fmt: skip


def _node(number: int, kind: str, slots: list[Any], outputs: dict[str, str], values: list[Any]) -> dict[str, Any]:
    height = 60 + 26 * (max(len(slots), len(outputs)) + len(values))
    column, row = divmod(number - 1, 2)
    return {
        "id": number, "type": kind, "pos": [column * (WIDTH + GAP), row * 760], "size": [WIDTH, height], "flags": {},
        "order": number - 1, "mode": 0, "inputs": slots,
        "outputs": [{"name": name, "type": type_, "links": None, "slot_index": place}
                    for place, (name, type_) in enumerate(outputs.items())],
        "properties": {"Node name for S&R": kind}, "widgets_values": values,
    }  # fmt: skip


def _numbers(graph: Graph) -> dict[str, int]:
    return {name: number for number, name in enumerate(graph, start=1)}


def _place(known: dict[str, Kind], graph: Graph, link: Link) -> int:
    return list(known[graph[link.node][0]].outputs).index(link.output)


def _type(kind: Any) -> str:
    return "COMBO" if isinstance(kind, list) else kind


def files() -> dict[Path, str]:
    """Every file and what is in it."""
    written = {}
    for name, graph in workflows().items():
        for path, content in (
            (FOLDER / f"{name}.json", for_browser(graph)),
            (FOLDER / "api" / f"{name}.json", for_api(graph)),
        ):
            written[path] = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return written


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
