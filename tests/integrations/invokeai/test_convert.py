"""Convert in real InvokeAI, through its queue: the same picture in, the same out of library, command and node."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from host_cases import CASES, IDS, by_library
from host_pictures import draw, smooth, soften
from host_server import Refused
from unipixel import convert
from unipixel.cli.app import main
from unipixel.color import Palette, palette_names
from unipixel.conversion import controls, encode_stills
from unipixel.image import load_image, save_png

pytestmark = pytest.mark.host


def png_of(picture, **options):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", **options)
    return file.getvalue()


def art(seed=0, **settings):
    """A native, enlarged by 8."""
    return draw(seed, **settings).repeat(8, 0).repeat(8, 1)


def node(image, **fields):
    return {"id": "convert", "type": "unipixel_convert", "image": {"image_name": image}, **fields}


def run(invokeai, picture, **fields):
    return invokeai.run(node(invokeai.upload(png_of(picture)), **fields))["convert"]


def picture(invokeai, field):
    return load_image(invokeai.download(field["image_name"]))


@pytest.mark.parametrize("clear", [False, True], ids=["opaque", "with alpha"])
@pytest.mark.parametrize(("fields", "words"), CASES, ids=IDS)
def test_library_command_and_node_write_the_same_picture(invokeai, tmp_path, fields, words, clear):
    source = save_png(tmp_path / "a.png", soften(art(5, clear=clear)))
    library = by_library(source, words)
    with pytest.raises(SystemExit):
        main(["convert", str(source), "-o", str(tmp_path / "command.png"), *words])

    made = invokeai.run(node(invokeai.upload(source.read_bytes()), **fields))["convert"]

    native = picture(invokeai, made["native"])
    assert np.array_equal(native, load_image(library))
    assert (tmp_path / "command.png").read_bytes() == library
    palette = Palette.from_hex(made["palette"].split(",")) if made["palette"] else None  # more colours than it holds
    (rewritten,) = encode_stills(native[None], palette=palette)
    assert rewritten == library
    assert (made["width"], made["height"]) == (24, 20)
    assert json.loads(made["report"])["native"] == [24, 20]


def test_the_node_offers_what_the_core_has(invokeai):
    schemas = json.loads(invokeai.ask("/openapi.json"))["components"]["schemas"]
    fields = schemas["UniPixelConvertInvocation"]["properties"]

    for control in controls():
        if control.name == "optimize":
            assert control.name not in fields
            continue
        field = fields[control.name]
        assert field["default"] == ("none" if control.name == "palette" else control.default)
        assert (field.get("minimum"), field.get("maximum")) == (control.least, control.most)
        if control.name == "palette":
            assert field["enum"] == ["none", *palette_names()]
        else:
            assert field["description"] == control.help
            assert tuple(field.get("enum", ())) == control.choices
    outputs = schemas["UniPixelConvertOutput"]["properties"]
    assert all(field["description"] for name, field in outputs.items() if name != "type")


def test_starting_it_says_nothing_but_that_the_node_was_loaded(invokeai):
    said = invokeai.said()

    assert "unipixel-nodes" in said.split("Loaded 1 node pack")[1].splitlines()[0]
    assert "unregistered output" not in said
    assert "UniPixel has no node" not in said


def test_the_enlarged_picture_and_the_mask(invokeai):
    made = run(invokeai, art(1, clear=True), zoom=3)

    native = picture(invokeai, made["native"])
    assert np.array_equal(native, draw(1, clear=True))
    assert np.array_equal(picture(invokeai, made["enlarged"]), native.repeat(3, 0).repeat(3, 1))
    mask = Image.open(io.BytesIO(invokeai.download(made["mask"]["image_name"])))
    assert mask.mode == "L"
    assert np.array_equal(np.asarray(mask), native[..., 3])
    assert invokeai.about(made["mask"]["image_name"])["image_category"] == "mask"
    assert invokeai.about(made["native"]["image_name"])["image_category"] == "general"


def test_without_a_zoom_the_native_is_saved_once(invokeai):
    made = run(invokeai, art(2))

    assert made["enlarged"] == made["native"]
    assert Image.open(io.BytesIO(invokeai.download(made["native"]["image_name"]))).mode == "RGB"


def test_a_palette_from_a_picture_goes_before_codes_and_those_before_a_name(invokeai):
    strip = np.array([[[20, 30, 40], [200, 210, 220]]], np.uint8)
    image = {"palette_image": {"image_name": invokeai.upload(png_of(strip))}}
    codes = {"palette_codes": "#000000, #ffffff\n#ff0000"}
    named = {"palette": "pico-8"}

    assert run(invokeai, art(3), **named)["palette"].split(",")[:2] == ["#000000", "#1d2b53"]
    assert run(invokeai, art(3), **codes, **named)["palette"] == "#000000,#ffffff,#ff0000"
    made = run(invokeai, art(3), **image, **codes, **named)
    assert made["palette"] == "#141e28,#c8d2dc"
    assert set(map(tuple, picture(invokeai, made["native"])[..., :3].reshape(-1, 3))) <= {(20, 30, 40), (200, 210, 220)}


def test_without_a_palette_the_natives_own_colours_are_told(invokeai):
    made = run(invokeai, art(4, colors=5))

    assert made["palette"].split(",") == list(convert(art(4, colors=5)).colors.to_hex())


def test_prompt_and_seed_of_the_source_are_carried_over_with_how_it_was_converted(invokeai):
    name = invokeai.upload(png_of(art(5)), metadata={"positive_prompt": "a knight", "seed": 7})

    made = invokeai.run(node(name, colors=4))["convert"]

    notes = invokeai.notes(made["native"]["image_name"])
    assert (notes["positive_prompt"], notes["seed"]) == ("a knight", 7)
    assert notes["unipixel"] == {"options": ["--colors", "4"], "native": [24, 20], "confidence": 0.99}


def test_linked_metadata_goes_before_that_of_the_source(invokeai):
    name = invokeai.upload(png_of(art(6)), metadata={"seed": 7})
    item = {"id": "item", "type": "metadata_item", "label": "seed", "value": 8}
    metadata = {"id": "metadata", "type": "metadata"}
    edges = ("item.item metadata.items", "metadata.metadata convert.metadata")

    made = invokeai.run(item, metadata, node(name), edges=edges)["convert"]

    assert invokeai.notes(made["native"]["image_name"])["seed"] == 8


def test_results_go_to_the_board(invokeai):
    board = json.loads(invokeai.ask("/api/v1/boards/?board_name=pixels", {}))["board_id"]

    made = run(invokeai, art(7), board={"board_id": board})

    assert invokeai.about(made["native"]["image_name"])["board_id"] == board


def test_the_node_stands_between_others(invokeai):
    name = invokeai.upload(png_of(art(8)))
    after = {"id": "after", "type": "img_scale", "scale_factor": 4.0, "resample_mode": "nearest"}
    zoom = {"id": "zoom", "type": "integer", "value": 2}
    edges = ("convert.native after.image", "zoom.value convert.zoom")

    done = invokeai.run(zoom, node(name), after, edges=edges)

    assert np.array_equal(picture(invokeai, done["after"]["image"]), draw(8).repeat(4, 0).repeat(4, 1))
    assert np.array_equal(picture(invokeai, done["convert"]["enlarged"]), draw(8).repeat(2, 0).repeat(2, 1))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"dither": "bayer-4"}, "dither bayer-4 needs a palette"),
        ({"preset": "unipixel", "scale": 8.0}, "preset and scale both name the grid"),
        ({"native_size": "big"}, "'big' is no WIDTHxHEIGHT"),
        ({"palette_codes": "red"}, "red"),
    ],
)
def test_a_mistake_is_told_in_the_words_of_the_fields(invokeai, fields, says):
    with pytest.raises(RuntimeError, match=says) as told:
        run(invokeai, art(), **fields)
    assert "--" not in str(told.value)


def test_a_picture_without_a_grid_is_told_in_the_words_of_the_fields(invokeai):
    with pytest.raises(RuntimeError, match="Give scale or native_size where you know it"):
        run(invokeai, np.asarray(smooth()))


@pytest.mark.parametrize("fields", [{"zoom": 65}, {"palette": "../../secret.png"}, {"cells": "magic"}])
def test_what_is_out_of_range_is_refused_before_anything_is_drawn(invokeai, fields):
    with pytest.raises(Refused, match="422"):
        run(invokeai, art(), **fields)
