"""Notes of generators come out of every format as they were put in, non-ASCII prompts included."""

import io
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from unipixel.errors import ImageError
from unipixel.image import encode_animation, encode_aseprite, encode_png, read_metadata
from unipixel.image.metadata import MAX_TEXT, from_comment, to_comment, to_exif
from unipixel.image.png import chunk

PARAMETERS = "größe, 東京 🐈 (masterpiece:1.2)\nNegative prompt: blurry\nSteps: 24, Seed: 7"
COMFY = {"prompt": json.dumps({"3": {"class_type": "KSampler"}}), "workflow": json.dumps({"nodes": []})}
NOTES = [
    {"parameters": PARAMETERS},
    {"parameters": '{"seed": "1"}'},
    COMFY,
    {**COMFY, "parameters": PARAMETERS},
    {"Comment": '{"seed": 1}', "Title": "ü"},
    {},
]
PIXEL = np.zeros((2, 2, 4), np.uint8)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
ANY_NOTES = st.dictionaries(st.sampled_from(["parameters", "prompt", "workflow", "Comment"]), TEXTS, max_size=4)


def encoded(notes: dict[str, str], format: str) -> bytes:
    if format == "png":
        return encode_png(PIXEL, text=notes)
    if format == "indexed":
        return encode_png(PIXEL[..., 0], palette=np.zeros((1, 3), np.uint8), text=notes)
    if format == "aseprite":
        return encode_aseprite([PIXEL], text=to_comment(notes))
    if format == "jpeg":
        buffer = io.BytesIO()
        Image.new("RGB", (2, 2)).save(buffer, "JPEG", exif=to_exif(notes))
        return buffer.getvalue()
    return encode_animation([PIXEL] * 2, 100, format=format, text=notes)


@pytest.mark.parametrize("notes", NOTES)
@pytest.mark.parametrize("format", ["png", "indexed", "jpeg", "webp", "gif", "apng", "aseprite"])
def test_round_trip(notes, format):
    assert read_metadata(encoded(notes, format)) == notes


@given(ANY_NOTES)
def test_any_text_survives_a_comment(notes):
    notes = {key: value for key, value in notes.items() if value.strip()}

    assert from_comment(to_comment(notes)) == notes


@given(ANY_NOTES)
def test_any_text_survives_exif(notes):
    notes = {key: value for key, value in notes.items() if value.strip()}

    assert read_metadata(encoded(notes, "jpeg")) == notes


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le", "utf-16"])
def test_a1111_writes_its_parameters_into_the_user_comment(encoding):
    exif = Image.Exif()
    exif[0x8769] = {0x9286: b"UNICODE\0" + "a cat, → best".encode(encoding)}
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "WEBP", exif=exif.tobytes())

    assert read_metadata(buffer.getvalue()) == {"parameters": "a cat, → best"}


@pytest.mark.parametrize("mark", [b"ASCII\0\0\0", bytes(8), b""])
def test_other_marks_of_a_user_comment(mark):
    exif = Image.Exif()
    exif[0x8769] = {0x9286: mark + b"a plain prompt"}
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "JPEG", exif=exif.tobytes())

    assert read_metadata(buffer.getvalue()) == {"parameters": "a plain prompt"}


def test_comfyui_writes_named_texts_into_a_webp():
    exif = Image.Exif()
    exif[0x0110], exif[0x010F] = 'prompt:{"a": 1}', 'workflow:{"b": "c:d"}'
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "WEBP", exif=exif.tobytes())

    assert read_metadata(buffer.getvalue()) == {"prompt": '{"a": 1}', "workflow": '{"b": "c:d"}'}


def test_the_name_of_a_camera_is_no_note():
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS: 5D"
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "JPEG", exif=exif.tobytes())

    assert read_metadata(buffer.getvalue()) == {}


def test_every_kind_of_text_chunk_is_read_also_after_the_pixels():
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "plain")
    info.add_text("Comment", "squeezed" * 50, zip=True)
    info.add_itxt("invokeai_metadata", "größe", zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x/>")
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG", pnginfo=info)
    data = buffer.getvalue()
    late = data[:-12] + chunk(b"tEXt", b"late\0too") + data[-12:]

    assert read_metadata(late) == {
        "parameters": "plain", "Comment": "squeezed" * 50, "invokeai_metadata": "größe", "late": "too",
    }  # fmt: skip


def test_texts_are_bounded():
    data = encode_png(PIXEL)
    bomb = chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(1 << 26)))
    many = b"".join(chunk(b"tEXt", b"k%d\0" % n + b"x" * (1 << 20)) for n in range(8))

    assert read_metadata(data[:33] + chunk(b"tEXt", b"a\0b") + bomb + data[33:]) == {"a": "b"}
    assert sum(map(len, read_metadata(data[:33] + many + data[33:]).values())) <= MAX_TEXT


def test_keys_that_no_png_can_hold_are_left_out():
    notes = {"a" * 80: "x", "日本": "y", "": "z", "fine": "w"}

    read = read_metadata(encode_aseprite([PIXEL], text=json.dumps(notes)))

    assert read == {"fine": "w"}
    assert read_metadata(encode_png(PIXEL, text=read)) == read


def test_what_does_not_fit_is_left_out_longest_first_and_parameters_last():
    notes = {"workflow": "w" * 100, "prompt": "p" * 50, "parameters": "a cat"}

    assert from_comment(to_comment(notes, 10_000)) == notes
    assert from_comment(to_comment(notes, 120)) == {"prompt": "p" * 50, "parameters": "a cat"}
    assert to_comment(notes, 30) == "a cat"
    assert to_comment(notes, 3) == ""


def test_no_pixel_is_decoded():
    data = encode_png(np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8), text={"a": "b"})

    assert read_metadata(data[: len(data) // 2]) == {"a": "b"}


def test_what_is_no_picture_is_refused():
    with pytest.raises(ImageError, match="not a picture"):
        read_metadata(b"hello")
