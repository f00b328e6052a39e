"""A LoRA is put on by ComfyUI's own node; its file says the rest."""

import sys
from types import ModuleType

import pytest

from unipixel.lora import describe
from unipixel.lora import pack as pack_tensors

pytestmark = pytest.mark.torch


@pytest.fixture
def loras(folders, monkeypatch):
    folder = folders.root / "models" / "loras"
    folder.mkdir(parents=True)
    for name, notes in (
        ("x8", describe(title="", trigger="nv-p1xel4rt", recipe={"scale": 8})),
        ("x16", describe(title="", trigger="nv-mp1xel4rt", recipe={"scale": 16})),
        ("x5", describe(title="", recipe={"scale": 5})),
        ("theirs", {}),
    ):
        head, data = pack_tensors({"lora_unet_x.alpha": ("F32", (1,), bytes(4))}, notes)
        (folder / f"{name}.safetensors").write_bytes(head + data)

    class LoraLoader:
        def load_lora(self, model, clip, name, strength_model, strength_clip):
            return (f"{model} with {name} at {strength_model}", f"{clip} with {name} at {strength_clip}")

    host = ModuleType("nodes")
    host.LoraLoader = LoraLoader
    monkeypatch.setitem(sys.modules, "nodes", host)
    return folder


@pytest.mark.parametrize(
    ("name", "trigger", "preset", "scale"),
    [
        ("x8", "nv-p1xel4rt", "unipixel", 8),
        ("x16", "nv-mp1xel4rt", "mini-unipixel", 16),
        ("x5", "", "auto", 5),
        ("theirs", "", "auto", 0),
    ],
)
def test_the_file_says_trigger_preset_and_scale(comfy, loras, name, trigger, preset, scale):
    load = comfy.nodes["UniPixelLoadLora"]
    assert load.INPUT_TYPES()["required"]["lora_name"][0] == [
        f"{each}.safetensors" for each in ("theirs", "x16", "x5", "x8")
    ]

    done = load().run(
        model="model", clip="clip", lora_name=f"{name}.safetensors", strength_model=0.5, prompt="dragon, cave"
    )

    assert done == (
        f"model with {name}.safetensors at 0.5",
        f"clip with {name}.safetensors at 1.0",
        f"{trigger}, dragon, cave" if trigger else "dragon, cave",
        trigger,
        preset,
        scale,
    )


def test_a_damaged_file_is_told(comfy, loras):
    (loras / "cut.safetensors").write_bytes(b"\x10")

    with pytest.raises(Exception, match=r"cut\.safetensors: this is not"):
        comfy.nodes["UniPixelLoadLora"]().run(model=1, clip=1, lora_name="cut.safetensors")
