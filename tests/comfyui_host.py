"""A small stand-in for ComfyUI: loads a pack as it does, and checks and runs prompts by its contract.

Written from ComfyUI's documented contract and what was seen of versions 0.3.64 and 0.10.0: required and optional
inputs, types of links, ranges and lists (which a node that checks its inputs itself is not held to), lists of values,
hidden inputs, caching by inputs and ``IS_CHANGED``, results with previews, and everything under torch's inference mode.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).parents[1]
PACK = ROOT / "integrations" / "comfyui"


class Refused(Exception):
    """A prompt that the server answers with 400: node number to errors."""


def load_pack(folder: Path = PACK) -> ModuleType:
    """Import a pack as ComfyUI does: by its path, under a name that no ``import`` statement finds."""
    name = str(folder).replace(".", "_x_")
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def registered(module: ModuleType) -> dict[str, type]:
    """Nodes of a pack: classic mappings go before an entry point of the newer kind, which is then not looked at."""
    mappings = getattr(module, "NODE_CLASS_MAPPINGS", None)
    if mappings is None:
        raise ImportError("IMPORT FAILED: no classic mappings, and packs of the newer kind are not run here")
    return dict(mappings)


def describe(name: str, node: type) -> dict[str, Any]:
    """What the server tells of a node under ``/object_info``, as JSON."""
    inputs = node.INPUT_TYPES()
    told = {
        "input": inputs,
        "input_order": {group: list(fields) for group, fields in inputs.items()},
        "output": node.RETURN_TYPES,
        "output_name": getattr(node, "RETURN_NAMES", node.RETURN_TYPES),
        "output_is_list": getattr(node, "OUTPUT_IS_LIST", [False] * len(node.RETURN_TYPES)),
        "output_tooltips": getattr(node, "OUTPUT_TOOLTIPS", ()),
        "name": name,
        "display_name": node.TITLE,
        "description": getattr(node, "DESCRIPTION", ""),
        "category": node.CATEGORY,
        "output_node": bool(getattr(node, "OUTPUT_NODE", False)),
    }
    return json.loads(json.dumps(told))


def is_link(value: Any) -> bool:
    return isinstance(value, list)


@dataclass
class Comfy:
    """A server with nodes."""

    nodes: dict[str, type]
    root: Path
    """Its folder: input, output, temp, user and models lie in it."""
    extra_pnginfo: dict[str, Any] | None = None
    runs: list[str] = field(default_factory=list)
    """Numbers of the nodes that ran, in order."""
    _cache: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    _objects: dict[str, Any] = field(default_factory=dict)

    def run(self, prompt: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Check and run a prompt; node number to its ``outputs`` (a list for each output) and ``ui``."""
        prompt = json.loads(json.dumps(prompt))
        errors = {number: found for number in prompt if (found := self._problems(prompt, number))}
        if errors:
            raise Refused(errors)
        results: dict[str, dict[str, Any]] = {}
        wanted = [number for number, node in prompt.items() if getattr(self._class(node), "OUTPUT_NODE", False)]
        assert wanted, "prompt_no_outputs"
        with torch.inference_mode():
            for number in wanted:
                self._execute(prompt, number, results)
        return results

    def _class(self, node: dict[str, Any]) -> type:
        return self.nodes[node["class_type"]]

    def _problems(self, prompt: dict[str, Any], number: str) -> list[str]:
        inputs, cls = prompt[number]["inputs"], self._class(prompt[number])
        types = cls.INPUT_TYPES()
        own = getattr(cls, "VALIDATE_INPUTS", None)
        spec = inspect.getfullargspec(own) if own else None
        found = [f"{name}: required_input_missing" for name in types["required"] if name not in inputs]
        for name, (kind, *rest) in {**types["required"], **types.get("optional", {})}.items():
            if name not in inputs:
                continue
            if is_link(inputs[name]):
                source, place = inputs[name]
                given = self._class(prompt[source]).RETURN_TYPES[place]
                found += [] if given == kind else [f"{name}: return_type_mismatch {given} != {kind}"]
                continue
            inputs[name] = _converted(kind, inputs[name])
            if not spec or not (name in spec.args or spec.varkw):
                found += _out_of_range(name, kind, rest[0] if rest else {}, inputs[name])
        if spec and not found:
            known = {name: None if is_link(value) else value for name, value in inputs.items()}
            answer = own(**{name: value for name, value in known.items() if name in spec.args or spec.varkw})
            found += [] if answer is True else [str(answer or "custom_validation_failed")]
        return found

    def _execute(self, prompt: dict[str, Any], number: str, results: dict[str, Any]) -> str:
        """Run a node and what it needs; gives back its signature, by which results are kept."""
        if number in results:
            return results[number]["signature"]
        node, cls = prompt[number], self._class(prompt[number])
        values, signature = {}, [number, node["class_type"]]
        for name, value in node["inputs"].items():
            if is_link(value):
                signature.append([name, self._execute(prompt, value[0], results), value[1]])
                values[name] = results[value[0]]["outputs"][value[1]]
            else:
                signature.append([name, value])
                values[name] = [value]
        if hasattr(cls, "IS_CHANGED"):
            constants = {name: None if is_link(value) else value for name, value in node["inputs"].items()}
            state = cls.IS_CHANGED(**constants)
            signature.append(["is_changed", state if state == state else len(self._cache)])  # NaN: always anew
        for name, what in cls.INPUT_TYPES().get("hidden", {}).items():
            values[name] = [{"PROMPT": prompt, "EXTRA_PNGINFO": self.extra_pnginfo}[what]]
        key = json.dumps(signature)
        if key not in self._cache:
            self.runs.append(number)
            thing = self._objects.setdefault(f"{number} {node['class_type']}", cls())
            self._cache[key] = _call(thing, values)
        outputs, ui = self._cache[key]
        results[number] = {"outputs": outputs, "ui": ui, "signature": key}
        return key


def _converted(kind: Any, value: Any) -> Any:
    types = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}
    return types[kind](value) if isinstance(kind, str) else value


def _out_of_range(name: str, kind: Any, rule: dict[str, Any], value: Any) -> list[str]:
    if "min" in rule and value < rule["min"]:
        return [f"{name}: value_smaller_than_min"]
    if "max" in rule and value > rule["max"]:
        return [f"{name}: value_bigger_than_max"]
    return [f"{name}: value_not_in_list"] if isinstance(kind, list) and value not in kind else []


def _call(thing: Any, values: dict[str, list[Any]]) -> tuple[list[list[Any]], dict[str, list[Any]]]:
    """Call a node once for each element of its lists, repeating the last of shorter ones."""
    work = getattr(thing, thing.FUNCTION)
    if getattr(thing, "INPUT_IS_LIST", False):
        answers = [work(**values)]
    else:
        longest = max((len(value) for value in values.values()), default=1)
        answers = [work(**{name: v[min(i, len(v) - 1)] for name, v in values.items()}) for i in range(longest)]
    uis = [answer["ui"] for answer in answers if isinstance(answer, dict) and "ui" in answer]
    rows = [answer.get("result", ()) if isinstance(answer, dict) else answer for answer in answers]
    assert all(isinstance(row, tuple) and len(row) == len(thing.RETURN_TYPES) for row in rows)
    outputs = []
    for place in range(len(thing.RETURN_TYPES)):
        column = [row[place] for row in rows]
        is_list = getattr(thing, "OUTPUT_IS_LIST", ())[place : place + 1] == (True,)
        outputs.append([item for part in column for item in part] if is_list else column)
    return outputs, {name: [item for ui in uis for item in ui[name]] for name in (uis[0] if uis else ())}


def core_nodes(folders: Any) -> dict[str, type]:
    """Load Image and Save Image as ComfyUI's do it, to the bit, and a node that makes a list of a batch."""

    class LoadImage:
        RETURN_TYPES, FUNCTION, CATEGORY = ("IMAGE", "MASK"), "load", "image"

        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"image": ("STRING", {})}}

        def load(self, image):
            with Image.open(Path(folders.get_input_directory()) / image) as opened:
                has_alpha = "A" in opened.getbands() or "transparency" in opened.info
                color = np.array(opened.convert("RGB")).astype(np.float32) / 255.0
                mask = torch.zeros((64, 64), dtype=torch.float32)
                if has_alpha:
                    alpha = np.array(opened.convert("RGBA").getchannel("A")).astype(np.float32) / 255.0
                    mask = 1.0 - torch.from_numpy(alpha)
            return torch.from_numpy(color)[None], mask[None]

    class SaveImage:
        RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "save", "image", True

        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"images": ("IMAGE",), "filename_prefix": ("STRING", {"default": "ComfyUI"})}}

        def save(self, images, filename_prefix="ComfyUI"):
            names = []
            for place, image in enumerate(images):
                levels = np.clip(255.0 * image.cpu().numpy(), 0, 255).astype(np.uint8)
                names.append(f"{filename_prefix}_{place:05}_.png")
                Image.fromarray(levels).save(Path(folders.get_output_directory()) / names[-1])
            return {"ui": {"images": [{"filename": name, "subfolder": "", "type": "output"} for name in names]}}

    class BatchToList:
        RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_IS_LIST = ("IMAGE",), "cut", "image", (True,)

        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"images": ("IMAGE",)}}

        def cut(self, images):
            return ([image[None] for image in images],)

    return {node.__name__: node for node in (LoadImage, SaveImage, BatchToList)}
