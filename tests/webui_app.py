"""The stand-in for the web UI as a page, made with the Gradio that is installed: python webui_app.py FOLDER.

Says its address on the first line when it is up, and ends with its standard input. The first line is JSON: the address,
and what programs are told of our script's arguments.
"""

import json
import socket
import sys
from contextlib import redirect_stdout
from pathlib import Path

import gradio
from PIL import Image

from webui_host import PACK, WebUI
from webui_notes import paste


def main(folder):
    ui = WebUI(folder, gradio)
    sys.modules.update(ui.modules())
    ui.load()
    ui.make_settings()
    with gradio.Blocks(analytics_enabled=False):
        arguments = [describe(each) for each in ui.make_tab("img2img")[0].controls]  # for programs
    with gradio.Blocks(analytics_enabled=False, css=(PACK / "style.css").read_text("utf-8")) as page:
        make_txt2img(ui)
        make_extras(ui)
    with redirect_stdout(sys.stderr):  # Gradio 3 speaks even when it is quiet
        _, address, _ = page.launch(
            prevent_thread_lock=True, quiet=True, server_port=free_port(), allowed_paths=[str(ui.root)]
        )
    told = {"address": address, "arguments": arguments, "python": sys.executable}
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()
    sys.stdin.read()


def make_txt2img(ui):
    (script,) = ui.make_tab("txt2img")
    with gradio.Row(elem_id="image_buttons_txt2img"):
        drawing = gradio.Button("Generate", elem_id="txt2img_generate")
        sending = gradio.Button("To Extras", elem_id="txt2img_send_to_extras")
        pasting = gradio.Button("Paste", elem_id="txt2img_paste")
    gallery = gradio.Gallery(elem_id="txt2img_gallery", columns=4)
    notes = gradio.Textbox(elem_id="txt2img_notes", label="notes")

    def draw(*arguments):
        _, shown = ui.draw([Image.open(ui.root / "drawn.png")], *arguments, script=script)
        return [picture.already_saved_as for picture in shown.images], shown.infotexts[0]

    def restore(text):
        pasted = paste(script.infotext_fields, text)
        return [gradio.update(value=pasted[each]) if each in pasted else gradio.update() for each in script.controls]

    drawing.click(draw, inputs=script.controls, outputs=[gallery, notes])
    pasting.click(restore, inputs=[notes], outputs=script.controls)
    ui.sending = sending


def make_extras(ui):
    lossless = {} if gradio.__version__.startswith("3.") else {"format": "png"}
    image = gradio.Image(type="pil", image_mode="RGBA", elem_id="extras_image", label="source", **lossless)
    scripts = ui.make_extras()
    working = gradio.Button("Generate", elem_id="extras_generate")
    gallery = gradio.Gallery(elem_id="extras_gallery", columns=4)
    inputs = [control for script in scripts for control in script.controls.values()]

    def work(picture, *values):
        held = iter(values)
        given = {script.name: {name: next(held) for name in script.controls} for script in scripts}
        return [each.file for each in ui.extras([("extras", picture)], given, scripts)]

    working.click(work, inputs=[image, *inputs], outputs=[gallery])
    ui.sending.click(lambda: Image.open(ui.root / "drawn.png"), outputs=[image])


def free_port():
    """A port of the system's choice: Gradio's own choice can meet another's that starts at the same time."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def describe(control):
    return {"label": control.label, "value": control.value}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
