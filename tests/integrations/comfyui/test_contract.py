"""What every node owes ComfyUI and its users, and what saved workflows rely on."""

import inspect
import json
import math
import re
from dataclasses import fields
from pathlib import Path

import pytest

from comfyui_host import describe, load_pack, registered
from unipixel.cleanup import CLEANUPS
from unipixel.color import palette_names
from unipixel.conversion import PRESET_SCALES, Options, controls, in_form_words

pytestmark = pytest.mark.torch

NODES = registered(load_pack())
RECORDED = json.loads((Path(__file__).parent / "descriptions.json").read_text("utf-8"))
LINKS = {"IMAGE", "MASK", "UNIPIXEL_GRID", "UNIPIXEL_PALETTE", "MODEL", "CLIP", "LATENT"}
WIDGETS = {"INT", "FLOAT", "STRING", "BOOLEAN"}


def inputs_of(node):
    types = node.INPUT_TYPES()
    return {**types["required"], **types.get("optional", {})}


def test_the_pack_registers_in_the_classic_way_alone(pack):
    assert set(pack.NODE_CLASS_MAPPINGS) == set(pack.NODE_DISPLAY_NAME_MAPPINGS) == set(RECORDED)
    assert not hasattr(pack, "comfy_entrypoint")  # with both, ComfyUI takes the classic one and drops the other unseen


@pytest.mark.parametrize("name", NODES)
def test_inputs_have_types_defaults_in_range_and_tooltips(name):
    for key, (kind, settings) in inputs_of(NODES[name]).items():
        assert settings["tooltip"].endswith("."), key
        if isinstance(kind, list):
            assert not kind or settings.get("default", kind[0]) in kind, key
            continue
        assert kind in LINKS | WIDGETS, key
        if kind in ("INT", "FLOAT"):
            default = settings["default"]
            assert settings.get("min", -math.inf) <= default <= settings.get("max", math.inf), key
            assert isinstance(default, int if kind == "INT" else float), key
        assert "lazy" not in settings


@pytest.mark.parametrize("name", NODES)
def test_work_takes_what_the_inputs_say(name):
    node = NODES[name]
    types = node.INPUT_TYPES()
    spec = inspect.getfullargspec(node.work)
    named = set(spec.args) - {"self"}
    offered = {key for group in types.values() for key in group}

    assert named <= offered
    assert spec.varkw or named == offered
    without_default = set(spec.args[1 : len(spec.args) - len(spec.defaults or ())])
    assert without_default <= set(types["required"])


@pytest.mark.parametrize("name", NODES)
def test_defaults_of_widgets_and_of_work_agree(name):
    node = NODES[name]
    parameters = inspect.signature(node.work).parameters

    for key, (_, settings) in inputs_of(node).items():
        own = parameters[key].default if key in parameters else inspect.Parameter.empty
        if own is not inspect.Parameter.empty and "default" in settings and own is not None:
            assert own == settings["default"], key


@pytest.mark.parametrize("name", NODES)
def test_outputs_are_named_and_explained(name):
    node = NODES[name]
    count = len(node.RETURN_TYPES)

    assert count == len(getattr(node, "RETURN_NAMES", ())) == len(getattr(node, "OUTPUT_TOOLTIPS", ()))
    assert all(text.endswith(".") for text in getattr(node, "OUTPUT_TOOLTIPS", ()))
    assert node.DESCRIPTION.endswith(".")
    assert node.CATEGORY == "UniPixel"
    assert hasattr(node, node.FUNCTION)


def test_convert_has_every_option_of_the_core_under_its_name_with_its_range_and_help(pack):
    convert = NODES["UniPixelConvert"]
    shown, left_out = inputs_of(convert), convert.work.__globals__["LEFT_OUT"]
    for control in controls():
        if control.name in left_out:
            continue
        kind, settings = shown[control.name]
        assert settings["tooltip"] == control.help
        assert settings.get("min") == control.least
        assert settings.get("max") == control.most
        if control.kind == "choice":
            assert tuple(kind) == control.choices
        if control.name != "palette":
            assert settings["default"] == control.default
    names = {f"clean_{name.replace('-', '_')}" for name in CLEANUPS}
    options = {field.name for field in fields(Options)} - {"clean"} | names
    assert options - set(left_out) == set(shown) - {"images", "mask", "palette_in", "batch"}


@pytest.mark.parametrize("name", ["UniPixelDetectGrid", "UniPixelToNative", "UniPixelSnapToPalette", "UniPixelSave"])
def test_other_nodes_say_of_an_option_what_convert_says(name):
    known = {control.name: control.help for control in controls()}
    shared = {key: settings["tooltip"] for key, (_, settings) in inputs_of(NODES[name]).items() if key in known}

    assert shared
    assert {key: text for key, text in shared.items() if text != known[key]}.keys() <= {"palette"}  # a link there


def test_the_lists_that_are_linked_are_the_same_list():
    load = NODES["UniPixelLoadLora"]
    preset = load.RETURN_TYPES[load.RETURN_NAMES.index("preset")]

    assert preset == inputs_of(NODES["UniPixelConvert"])["preset"][0] == list(PRESET_SCALES)


def test_the_palettes_are_those_of_the_shelf(folders):
    assert inputs_of(NODES["UniPixelConvert"])["palette"][0] == ["none", *palette_names()]
    assert inputs_of(NODES["UniPixelPalette"])["palette"][0] == list(palette_names())


@pytest.mark.parametrize("name", RECORDED)
def test_saved_workflows_still_open(name, folders):
    """Workflows hold widgets by place and links by number, API prompts hold names: what is new goes to the end."""
    then, now = RECORDED[name], describe(name, NODES[name])

    for group, names in then["input_order"].items():
        assert now["input_order"][group][: len(names)] == names
        for key in names:
            old, new = then["input"][group][key], now["input"][group][key]
            assert set(old[0]) <= set(new[0]) if isinstance(old[0], list) else old[0] == new[0], key
    assert set(now["input_order"]["required"]) == set(then["input_order"]["required"])
    assert now["output"][: len(then["output"])] == then["output"]
    assert now["output_name"][: len(then["output_name"])] == then["output_name"]
    assert now["output_node"] == then["output_node"]


def test_no_text_speaks_of_the_command_line():
    for name, node in NODES.items():
        text = json.dumps(describe(name, node), ensure_ascii=False)
        assert in_form_words(text) == text
        assert not re.search(r"[a-z]--[a-z]", text)
