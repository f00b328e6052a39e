"""Pixel-art LoRAs: load one, and what its file says of its use."""

from .host import lora_loader, lora_names, lora_path
from .node import Node
from .widgets import number, text

PRESETS = ["auto", "unipixel", "mini-unipixel"]
"""The list of Convert's widget, which a link into it must have too; a test holds it to the core's."""


class UniPixelLoadLora(Node):
    """A LoRA on a model, with its trigger and its scale."""

    TITLE = "UniPixel Load Pixel LoRA"
    DESCRIPTION = "Puts a LoRA on the model, its trigger into the prompt, and hands on the grid that it was trained on."
    RETURN_TYPES = ("MODEL", "CLIP", "STRING", "STRING", PRESETS, "INT")
    RETURN_NAMES = ("model", "clip", "prompt", "trigger", "preset", "scale")
    OUTPUT_TOOLTIPS = (
        "With the LoRA.",
        "With the LoRA.",
        "The prompt with the trigger in front.",
        "The word that calls the LoRA; empty where its file names none.",
        "For Convert: the grid that the LoRA was trained on, or auto where its file does not say.",
        "Canvas px per native px; 0 where its file does not say.",
    )

    @classmethod
    def INPUT_TYPES(cls):
        weight = {"least": -100.0, "most": 100.0, "step": 0.01}
        return {
            "required": {
                "model": ("MODEL", {"tooltip": "What the LoRA is put on."}),
                "clip": ("CLIP", {"tooltip": "What the LoRA is put on."}),
                "lora_name": (lora_names(), {"tooltip": "Of those in models/loras."}),
                "strength_model": number(1.0, "Weight on the model.", **weight),
                "strength_clip": number(1.0, "Weight on the text encoders.", **weight),
            },
            "optional": {"prompt": text("What to draw; the trigger is put in front.", multiline=True)},
        }

    def __init__(self):
        self._loader = None  # ComfyUI's own keeps the file that it read last

    def work(self, model, clip, lora_name, strength_model=1.0, strength_clip=1.0, prompt=""):
        from unipixel.conversion import PRESET_SCALES
        from unipixel.lora import read_use

        use = read_use(lora_path(lora_name))
        self._loader = self._loader or lora_loader()
        model, clip = self._loader.load_lora(model, clip, lora_name, strength_model, strength_clip)
        presets = {scale: name for name, scale in PRESET_SCALES.items()}
        return (model, clip, use.prompted(prompt), use.trigger, presets.get(use.scale, "auto"), use.scale or 0)
