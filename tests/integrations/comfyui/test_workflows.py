"""The example workflows fit the nodes as they are, and do what they are for."""

import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from comfyui_host import PACK, ROOT
from comfyui_prompts import put
from host_pictures import draw
from unipixel.image import load_image
from unipixel.lora import describe
from unipixel.lora import pack as pack_tensors
from unipixel.recipe import load_recipe

pytestmark = pytest.mark.torch

FOLDER = PACK / "example_workflows"
FILES = sorted(FOLDER.glob("*.json"))


def writer():
    spec = importlib.util.spec_from_file_location("workflows", ROOT / "scripts" / "write_comfyui_workflows.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["workflows"] = module
    spec.loader.exec_module(module)
    return module


def test_the_files_are_what_the_script_writes():
    written = writer().files()

    assert {path: path.read_text("utf-8") for path in FOLDER.rglob("*.json")} == written


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_links_and_widgets_of_the_browser_s_file_fit_the_nodes(file):
    content, known = json.loads(file.read_text("utf-8")), writer().kinds()
    nodes = {node["id"]: node for node in content["nodes"]}
    widgets = writer().WIDGETS

    for number, source, place, target, slot, kind in content["links"]:
        assert nodes[source]["outputs"][place]["type"] == kind
        assert number in nodes[source]["outputs"][place]["links"]
        assert nodes[target]["inputs"][slot]["link"] == number
        assert known[nodes[target]["type"]].inputs[nodes[target]["inputs"][slot]["name"]] == kind
    for node in nodes.values():
        told = known[node["type"]]
        assert len(node["widgets_values"]) == len([kind for kind in told.inputs.values() if kind in widgets])
        assert [output["name"] for output in node["outputs"]] == list(told.outputs)


def stand_ins(comfy, size):
    """ComfyUI's own nodes that need a model: the picture that they draw is given art of the latent's size."""

    def make(name, outputs, work, **inputs):
        body = {
            "RETURN_TYPES": outputs,
            "FUNCTION": "work",
            "CATEGORY": "core",
            "INPUT_TYPES": classmethod(lambda cls: {"required": {key: (kind, {}) for key, kind in inputs.items()}}),
            "work": lambda self, **values: work(**values),
        }
        if not outputs:
            body["OUTPUT_NODE"] = True
        comfy.nodes[name] = type(name, (), body)

    def decode(samples, vae):
        count, _, height, width = samples["samples"].shape
        arts = [draw(seed, height=height * 8 // size, width=width * 8 // size) for seed in range(count)]
        pictures = np.stack([art[..., :3].repeat(size, 0).repeat(size, 1) for art in arts])
        return (torch.from_numpy(pictures.astype(np.float32) / 255.0),)

    prompts = []
    make("CheckpointLoaderSimple", ("MODEL", "CLIP", "VAE"), lambda ckpt_name: ("m", "c", "v"), ckpt_name="STRING")
    make(
        "CLIPTextEncode",
        ("CONDITIONING",),
        lambda text, clip: prompts.append(text) or (text,),
        text="STRING",
        clip="CLIP",
    )
    make(
        "KSampler", ("LATENT",), lambda latent_image, **_: (latent_image,), model="MODEL", seed="INT", steps="INT",
        cfg="FLOAT", sampler_name="STRING", scheduler="STRING", positive="CONDITIONING", negative="CONDITIONING",
        latent_image="LATENT", denoise="FLOAT",
    )  # fmt: skip
    make("VAEDecode", ("IMAGE",), decode, samples="LATENT", vae="VAE")
    make("PreviewImage", (), lambda images: (), images="IMAGE")
    return prompts


@pytest.mark.parametrize("preset", ["unipixel", "mini-unipixel"])
def test_drawing_ends_in_a_native_of_the_recipe_s_size(comfy, folders, monkeypatch, preset):
    recipe = load_recipe(preset)
    lora = folders.root / "models" / "loras" / f"{preset}.safetensors"
    lora.parent.mkdir(parents=True)
    notes = describe(title="", trigger=recipe.trigger, recipe={"scale": recipe.scale})
    lora.write_bytes(b"".join(pack_tensors({"lora_unet_x.alpha": ("F32", (1,), bytes(4))}, notes)))
    loader = SimpleNamespace(load_lora=lambda model, clip, *_: (model, clip))
    monkeypatch.setitem(sys.modules, "nodes", SimpleNamespace(LoraLoader=lambda: loader))
    prompts = stand_ins(comfy, recipe.scale)

    done = comfy.run(json.loads((FOLDER / "api" / f"{preset}.json").read_text("utf-8")))

    numbers = {node["_meta"]["title"]: number for number, node in _api(preset).items()}
    assert prompts[0].startswith(f"{recipe.trigger}, masterpiece")
    assert done[numbers["discipline"]]["outputs"][3] == [True]
    width, height = (int(side) // recipe.scale for side in _api(preset)[numbers["size"]]["inputs"]["canvas"].split("x"))
    (saved,) = done[numbers["save"]]["ui"]["images"]
    native = load_image(Path(folders.get_output_directory()) / saved["subfolder"] / saved["filename"])
    assert np.array_equal(native, draw(0, height=height, width=width))
    shown = done[numbers["convert"]]["outputs"][1][0]
    assert tuple(shown.shape) == (1, height * recipe.scale, width * recipe.scale, 3)


def _api(name):
    return json.loads((FOLDER / "api" / f"{name}.json").read_text("utf-8"))


def test_converting_needs_no_model(comfy, folders):
    put(folders, "example.png", draw(3, clear=True).repeat(8, 0).repeat(8, 1))
    stand_ins(comfy, 8)
    numbers = {node["_meta"]["title"]: number for number, node in _api("convert").items()}

    (saved,) = comfy.run(_api("convert"))[numbers["save"]]["ui"]["images"]

    native = load_image(Path(folders.get_output_directory()) / saved["subfolder"] / saved["filename"])
    assert np.array_equal(native, draw(3, clear=True))
