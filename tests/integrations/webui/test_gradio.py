"""The panel in the web UIs' own Gradio, of A1111 and of Forge, and in a browser."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from host_pictures import draw, enlarged
from unipixel import convert
from unipixel.color import builtin_palette, draw_swatches
from unipixel.conversion import controls, encode_conversion
from unipixel.image import encode_png, load_image
from web.browser import ARGUMENTS, find_chromium
from webui_host import PACK, ROOT

GRADIOS = ("3.41.2", "4.40.0")
"""Of A1111 1.10 and reForge; of Forge."""

PAGE = """
const gradioApp = () => document;
const onUiLoaded = (work) => work();
const onAfterUiUpdate = (work) => new MutationObserver(work).observe(document.body, { childList: true, subtree: true });
const updateInput = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));
"""
"""What the web UI's own page offers extensions."""

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(
        sys.version_info >= (3, 13),
        reason="the numpy that Gradio 3.41 needs has no build for Python 3.13: nor has A1111",
    ),
]


def python_with(version):
    """Python of the environment that ``make gradios`` made."""
    place = ROOT / "build" / f"gradio-{version}"
    if not (place / "installed").exists():
        pytest.fail(f"{place} is not there: `make gradios` makes it, about a minute and 320 MB.")
    return place / "bin" / "python"


@pytest.fixture(scope="module", params=GRADIOS)
def started(request, tmp_path_factory):
    """The stand-in with a real Gradio: what it says of itself, and its folder."""
    folder = tmp_path_factory.mktemp("webui")
    enlarged(draw(1), soft=True).save(folder / "drawn.png")
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "GRADIO_TEMP_DIR": str(folder / "temp")}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    command = [python_with(request.param), ROOT / "tests" / "webui_app.py", folder]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, env={**os.environ, **quiet, "PYTHONPATH": path}, stderr=log, **pipes) as process,
    ):
        line = process.stdout.readline()
        if not line.startswith("{"):
            process.stdin.close()
            pytest.fail(line + (folder / "log").read_text("utf-8"))
        yield json.loads(line), folder
        process.stdin.close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, started):
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    opened, told = context.new_page(), []
    opened.on("pageerror", lambda error: told.append(str(error)))
    opened.goto(started[0]["address"])
    opened.wait_for_selector("#unipixel_extras-checkbox input", state="attached")
    opened.add_script_tag(content=PAGE + (PACK / "javascript" / "unipixel.js").read_text("utf-8"))
    yield opened
    assert told == []
    context.close()


def test_programs_are_told_labels_and_defaults(started):
    arguments = started[0]["arguments"]

    assert arguments[0] == {"label": "UniPixel", "value": False}
    assert {each["label"]: each["value"] for each in arguments[1:]} == {
        control.name.replace("_", " "): control.default for control in controls()
    }


def test_a_picture_is_converted_by_clicks_and_its_settings_restored(page, started):
    box = page.locator("#unipixel_txt2img_palette").locator("input, textarea")

    page.locator("#unipixel_txt2img_preset input[value=unipixel]").check()
    page.locator("#unipixel_txt2img").get_by_text("Shelf of palettes").click()
    page.locator("#unipixel_txt2img [data-palette=pico-8]").click()
    expect(page.locator("#unipixel_txt2img_swatches").first).to_contain_text("16 colours")
    expect(box).to_have_value("pico-8")
    page.eval_on_selector("#unipixel_txt2img-checkbox input", "switch_ => switch_.click()")
    page.click("#txt2img_generate")
    page.wait_for_selector("#txt2img_gallery img")

    made = convert(started[1] / "drawn.png", preset="unipixel", palette="pico-8")
    saved = max((started[1] / "outputs").glob("*100.png"))
    with Image.open(saved) as file:
        assert file.mode == "P"
        assert "UniPixel: 24x20, UniPixel preset: unipixel, UniPixel palette: pico-8" in file.text["parameters"]
    assert np.array_equal(load_image(saved), made.native)

    box.fill("sweetie-16")
    page.locator("#unipixel_txt2img_preset input[value=auto]").check()
    page.click("#txt2img_paste")
    expect(box).to_have_value("pico-8")
    expect(page.locator("#unipixel_txt2img_preset input[value=unipixel]")).to_be_checked()


def test_a_strip_that_is_dropped_becomes_the_palette(page):
    strip = encode_png(draw_swatches(builtin_palette("pico-8"), size=1))

    page.set_input_files(
        "#unipixel_txt2img_drop input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": strip}
    )

    box = page.locator("#unipixel_txt2img_palette").locator("input, textarea")
    expect(box).to_have_value(",".join(builtin_palette("pico-8").to_hex()))
    expect(page.locator("#unipixel_txt2img_swatches").first).to_contain_text("16 colours")


def test_pictures_are_sent_to_extras_where_the_panel_turns_on(page, started):
    page.click("#txt2img_send_to_unipixel")
    page.wait_for_selector("#extras_image img")
    expect(page.locator("#unipixel_extras-checkbox input")).to_be_checked()

    page.click("#extras_generate")
    page.wait_for_selector("#extras_gallery img")

    saved = load_image(started[1] / "outputs" / "extras.png")
    assert np.array_equal(saved, convert(started[1] / "drawn.png").native)
    page.wait_for_function("document.querySelector('#extras_gallery img').classList.contains('unipixel-crisp')")


def test_the_file_is_the_library_s_to_the_bit_with_the_host_s_numpy_and_pillow(started, tmp_path):
    folder = started[1]
    code = (
        "import sys; from webui_host import WebUI; from webui_gradio import stand_in; from PIL import Image\n"
        "ui = WebUI(sys.argv[2], stand_in()); sys.modules.update(ui.modules()); ui.load()\n"
        "ui.opts.enable_pnginfo = False\n"
        "given = {'enable': True, 'colors': 8, 'dither': 'bayer-4'}\n"
        "ui.extras([('a', Image.open(sys.argv[1]))], {'UniPixel': given})"
    )
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    command = [started[0]["python"], "-c", code, folder / "drawn.png", tmp_path]

    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": path})

    library = encode_conversion(convert(folder / "drawn.png", colors=8, dither="bayer-4"))
    assert Path(tmp_path / "outputs" / "a.png").read_bytes() == library
