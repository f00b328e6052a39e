"""The script that checks a web UI that runs says yes to the stand-in, and no where something is wrong."""

import base64
import io
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from host_pictures import draw, enlarged
from unipixel.image import encode_png, load_image
from webui_host import ROOT, TABS


def as_text(picture):
    return base64.b64encode(encode_png(load_image(picture))).decode()


class Api(BaseHTTPRequestHandler):
    """The web UI's endpoints that the script asks."""

    webui = None

    def do_GET(self):
        if self.path.endswith("options"):
            return self._answer({"unipixel_extras_api": self.webui.opts.unipixel_extras_api})
        scripts = [(tab, script) for tab in TABS for script in self.webui.make_tab(tab)]
        return self._answer(
            [
                {
                    "name": script.title().lower(),
                    "is_img2img": tab == "img2img",
                    "args": [{"label": control.label, "value": control.value} for control in script.controls],
                }
                for tab, script in scripts
            ]
        )

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("options"):
            self.webui.opts.data.update(sent)
            return self._answer(None)
        if self.path.endswith("txt2img"):
            (script,) = self.webui.make_tab("txt2img")
            arguments = self.webui.arguments_of(script, sent["alwayson_scripts"]["UniPixel"]["args"])
            _, shown = self.webui.draw([enlarged(draw(1, height=32, width=32))], *arguments, script=script)
            return self._answer({"images": [as_text(each) for each in shown.images], "info": str(shown.infotexts)})
        picture = Image.open(io.BytesIO(base64.b64decode(sent["image"])))
        first, *_ = self.webui.extras([("a", picture)])
        return self._answer({"image": as_text(first.image)})

    def _answer(self, content):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def address(webui):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OurApi", (Api,), {"webui": webui}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def check(address):
    command = [sys.executable, ROOT / "scripts" / "check_webui.py", address, "--draw"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_web_ui_with_the_extension_passes_and_keeps_its_settings(webui, address):
    webui.opts.data["unipixel_extras_api"] = '{"colors": 4}'

    said = check(address)

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.count("yes  ") == 10
    assert webui.opts.unipixel_extras_api == '{"colors": 4}'


def test_an_extension_that_comes_after_the_upscaler_is_told(webui, address):
    (ours,) = webui.postprocessing
    ours.order = 20000

    said = check(address)

    assert said.returncode == 1
    assert "NO   Extras, opaque: on, the very native of the library" in said.stdout
