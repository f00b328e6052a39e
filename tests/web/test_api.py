"""The API as a program meets it: what the commands do, by HTTP; only for those who may, and within limits."""

import base64
import io
import json
import re
import shlex

import numpy as np
import pytest
from PIL import Image

from unipixel.cli.app import main
from unipixel.color import builtin_palette, palette_names
from unipixel.conversion import FORMATS, convert, encode_conversion
from unipixel.image import load_image, open_frames
from unipixel.web import operation
from unipixel.web.openapi import describe_api
from unipixel.web.operations import OPERATIONS


def gif(*arts) -> bytes:
    frames = [Image.fromarray(art[..., :3].repeat(8, 0).repeat(8, 1)) for art in arts]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=120, loop=0)
    return buffer.getvalue()


def test_a_picture_is_kept_by_the_hash_of_its_bytes(client, picture):
    first, again = (client.post("/api/pictures", content=picture).json() for _ in range(2))

    assert first == again
    assert re.fullmatch("[0-9a-f]{64}", first["picture"])
    assert (first["width"], first["height"], first["animation"]) == (160, 128, False)


def test_a_conversion_is_that_of_the_library(client, sent, picture, art):
    shown = client.post("/api/convert", json={"picture": sent, "options": {"colors": 4}, "name": "a b.png"}).json()
    made = convert(picture, colors=4)

    assert np.array_equal(load_image(base64.b64decode(shown["png"])), made.native)
    assert (shown["width"], shown["height"]) == (20, 16)
    assert shown["report"]["verdict"] == made.report.verdict
    assert shown["confidence_in_words"] == "sure"
    assert shown["rows"] == list(range(0, 129, 8))
    assert shown["candidates"][0]["native"] == [20, 16]
    assert len(base64.b64decode(shown["doubt"])) == art[..., 0].size
    assert len(shown["colors"]) == 4
    assert shown["command"] == "unipixel convert 'a b.png' --colors 4"


@pytest.mark.parametrize(
    "options", [{}, {"palette": "sweetie-16", "dither": "bayer-4"}, {"palette": "#102030,#ffffff", "zoom": 3}], ids=str
)
def test_the_command_that_is_shown_makes_the_file_that_is_given(client, sent, picture, tmp_path, options, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(picture)
    asked = {"picture": sent, "options": options}
    command = client.post("/api/convert", json={**asked, "name": "a.png"}).json()["command"]

    with pytest.raises(SystemExit) as stop:
        main(shlex.split(command)[1:])

    assert stop.value.code == 0
    assert client.post("/api/files", json=asked).content == (tmp_path / "pixel-art" / "a.png").read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_files_are_those_of_the_library(client, sent, picture, format):
    asked = {"picture": sent, "options": {"colors": 4, "zoom": 2}, "format": format}

    given = client.post("/api/files", json=asked)

    assert given.status_code == 200
    assert given.content == encode_conversion(convert(picture, colors=4), format, zoom=2)
    assert open_frames(given.content).size == ((16, 20) if format == ".aseprite" else (32, 40))


def test_each_candidate_can_be_taken(client, sent):
    found = client.post("/api/detect", json={"picture": sent}).json()

    assert found["sure"]
    for each in found["candidates"]:
        taken = client.post("/api/convert", json={"picture": sent, "options": each["options"]}).json()
        assert taken["native"] == each["native"]


def test_an_animation_comes_with_its_frames_one_below_the_other(client, art):
    id = client.post("/api/pictures", content=gif(art, art[::-1], art[:, ::-1])).json()["picture"]

    shown = client.post("/api/convert", json={"picture": id}).json()

    assert shown["durations"] == [120, 120, 120]
    assert load_image(base64.b64decode(shown["png"])).shape == (48, 20, 4)
    assert (shown["width"], shown["height"], shown["doubt"]) == (20, 16, None)


def test_a_sheet_has_the_grid_of_each_frame(client, sent):
    shown = client.post("/api/convert", json={"picture": sent, "options": {"sheet": "2x1"}}).json()

    assert shown["columns"] == list(range(0, 161, 8))
    assert (shown["width"], shown["height"]) == (20, 16)


def test_palettes_are_listed_and_shown(client):
    listed = client.get("/api/palettes").json()

    assert [each["name"] for each in listed] == list(palette_names())
    assert client.get("/api/palettes/Sweetie16").json()["colors"] == list(builtin_palette("sweetie-16").to_hex())
    assert client.get("/api/palettes/nothing").status_code == 422
    assert client.get("/api/palettes/..%2f..%2fetc%2fpasswd").status_code in (404, 422)


@pytest.mark.parametrize("kind", ["strip", "gpl"])
def test_a_palette_that_is_sent_is_read(client, kind):
    colors = np.array([[16, 32, 48, 255], [255, 255, 255, 255]], np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(colors[None]).save(buffer, "PNG")
    data = buffer.getvalue() if kind == "strip" else b"GIMP Palette\nName: mine\n16 32 48\n255 255 255\n"

    read = client.post("/api/palettes", params={"name": f"mine.{kind}"}, content=data).json()

    assert read == {"name": "mine", "colors": ["#102030", "#ffffff"]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/pictures", b"no picture", 422),
        ("/api/pictures", b"", 422),
        ("/api/palettes", b"\xff\xfe", 422),
        ("/api/convert", b"{", 400),
        ("/api/convert", b"[]", 400),
        ("/api/convert", b"[" * 100_000, 400),
        ("/api/convert", b'{"picture": ' + b"9" * 5000 + b"}", 400),
        ("/api/convert", b"\xff", 400),
        ("/api/convert", b"{}", 422),
        ("/api/convert", json.dumps({"picture": "0" * 64}).encode(), 404),
        ("/api/convert", json.dumps({"picture": "../../etc/passwd"}).encode(), 404),
        ("/api/convert", json.dumps({"picture": 7}).encode(), 422),
        ("/api/convert", json.dumps({"picture": "0" * 64, "options": []}).encode(), 422),
        ("/api/files", json.dumps({"picture": "0" * 64, "format": ".exe"}).encode(), 422),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(client, path, body, status):
    answer = client.post(path, content=body)

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert "Traceback" not in answer.text


def test_a_doubtful_grid_is_refused_with_the_reason(client):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    smooth = np.asarray(Image.fromarray(noise).resize((300, 280), Image.Resampling.BICUBIC))
    buffer = io.BytesIO()
    Image.fromarray(smooth).save(buffer, "JPEG", quality=70)
    id = client.post("/api/pictures", content=buffer.getvalue()).json()["picture"]

    refused = client.post("/api/convert", json={"picture": id, "options": {"min_confidence": 1}})

    assert refused.status_code == 422
    assert refused.json()["kind"] == "NoGridFound"
    assert client.post("/api/detect", json={"picture": id}).json()["confidence_in_words"] != "sure"


def test_pictures_of_before_are_forgotten_when_there_is_no_room(client, picture):
    first = client.post("/api/pictures", content=picture).json()["picture"]
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(0, 256, (700, 700, 3)).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(noise).save(buffer, "PNG")
        assert client.post("/api/pictures", content=buffer.getvalue()).status_code == 200

    assert client.post("/api/convert", json={"picture": first}).status_code == 404


def test_a_file_that_is_too_large_is_not_read(client, monkeypatch):
    limit = operation.UPLOAD_LIMIT

    told = client.post("/api/pictures", content=b"x", headers={"content-length": str(limit + 1)})
    streamed = client.post("/api/convert", content=iter([b" " * 700_000, b" " * 700_000]))

    assert told.status_code == streamed.status_code == 413


# ------------------------------------------------------------------ who may


def paths() -> list[tuple[str, str]]:
    return [("GET", "/"), ("GET", "/app.js"), ("GET", "/api/openapi.json"), ("GET", "/nothing")] + [
        (each.method, each.path) for each in OPERATIONS
    ]


@pytest.mark.parametrize(("method", "path"), paths())
def test_nothing_is_answered_without_the_token(stranger, method, path):
    assert stranger.request(method, path).status_code == 401


@pytest.mark.parametrize(("method", "path"), paths())
def test_nothing_is_answered_to_other_hosts_and_origins(client, method, path):
    assert client.request(method, path, headers={"host": "evil.example"}).status_code == 421
    assert client.request(method, path, headers={"origin": "https://evil.example"}).status_code == 403


def test_the_token_in_the_address_opens_the_page_and_becomes_a_cookie(stranger, access):
    page = stranger.get("/", params={"token": access.token})

    assert page.status_code == 200
    assert "HttpOnly" in page.headers["set-cookie"]
    assert "SameSite=Strict" in page.headers["set-cookie"]
    assert stranger.get("/api/palettes").status_code == 200
    assert stranger.get("/", params={"token": "wrong"}, cookies=None).status_code == 200  # the cookie is the right one


def test_a_wrong_token_sets_no_cookie(stranger):
    refused = stranger.get("/", params={"token": "wrong"})

    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers
    assert "unipixel serve" in refused.text


@pytest.mark.parametrize("path", ["/", "/api/palettes", "/nothing"])
def test_every_answer_forbids_whatever_is_not_the_servers_own(client, path):
    headers = client.get(path).headers

    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    ["/../app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/static/../app.py", "//etc/passwd", "/app.js/../../app.py"],
)
def test_only_the_pages_own_files_are_given(client, path):
    assert client.get(path).status_code == 404


# ------------------------------------------------------------------ its description


def test_the_description_names_every_operation_and_resolves():
    described = describe_api()
    named = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}

    assert named == {(each.method, each.path) for each in OPERATIONS}
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)):
        assert name in described["components"]["schemas"]
    ids = [each.id for each in OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_answers_have_what_the_description_promises(client, sent):
    described = describe_api()["components"]["schemas"]
    for id, answer in (
        ("convert", client.post("/api/convert", json={"picture": sent}).json()),
        ("detect", client.post("/api/detect", json={"picture": sent}).json()),
        ("showPalette", client.get("/api/palettes/pico-8").json()),
    ):
        gives = next(each.gives for each in OPERATIONS if each.id == id)
        assert set(gives["required"]) <= set(answer), id
        for candidate in answer.get("candidates", []):
            assert set(described["Candidate"]["required"]) == set(candidate)


def test_the_description_is_served(client):
    assert client.get("/api/openapi.json").json() == describe_api()
