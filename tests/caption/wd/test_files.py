"""Taggers are found, downloaded and checked; a server on this machine stands in for Hugging Face."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from unipixel.caption.wd import download_tagger, files, find_tagger
from unipixel.errors import ModelError

MODEL, TAGS = b"a model of some bytes", b"tag_id,name,category,count\n1,tree,0,5\n"
NAME = "wd-vit-tagger-v3"


class Hub(BaseHTTPRequestHandler):
    """Answers as Hugging Face does for a large file and a small one."""

    content: ClassVar[dict[str, bytes]] = {}
    etags: ClassVar[dict[str, str]] = {}

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def log_message(self, *args):
        pass

    def _answer(self, *, body: bool) -> None:
        name = self.path.rsplit("/", 1)[-1]
        data = self.content.get(name)
        if data is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("ETag", f'"{self.etags.get(name, hashlib.sha1(data).hexdigest())}"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(Hub, "content", {"model.onnx": MODEL, "selected_tags.csv": TAGS})
    monkeypatch.setattr(Hub, "etags", {"model.onnx": hashlib.sha256(MODEL).hexdigest()})
    monkeypatch.setattr(files, "TAGS_SHA256", hashlib.sha256(TAGS).hexdigest())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_downloaded_tagger_is_found_without_a_network(hub, tmp_path):
    folder = download_tagger(NAME, cache=tmp_path, endpoint=hub)

    assert (folder / "model.onnx").read_bytes() == MODEL
    assert find_tagger(NAME, cache=tmp_path) == folder
    assert find_tagger(f"SmilingWolf/{NAME}", cache=tmp_path) == folder
    assert find_tagger(folder) == folder


def test_a_damaged_model_is_removed(hub, tmp_path):
    Hub.etags["model.onnx"] = "0" * 64

    with pytest.raises(ModelError, match="damaged on its way"):
        download_tagger(NAME, cache=tmp_path, endpoint=hub)
    with pytest.raises(ModelError, match="not on this machine"):
        find_tagger(NAME, cache=tmp_path)

    Hub.etags["model.onnx"] = hashlib.sha256(MODEL).hexdigest()
    assert (download_tagger(NAME, cache=tmp_path, endpoint=hub) / "model.onnx").read_bytes() == MODEL


def test_another_tag_list_is_refused(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "TAGS_SHA256", "f" * 64)

    with pytest.raises(ModelError, match="wrong names"):
        download_tagger(NAME, cache=tmp_path, endpoint=hub)


def test_a_file_that_the_hub_does_not_have_is_one_sentence(hub, tmp_path):
    del Hub.content["model.onnx"]

    with pytest.raises(ModelError, match=r"model\.onnx can't be downloaded"):
        download_tagger(NAME, cache=tmp_path, endpoint=hub)


def test_without_a_network_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # between its tries

    with pytest.raises(ModelError, match="--tagger FOLDER"):
        download_tagger(NAME, cache=tmp_path, endpoint="http://127.0.0.1:9")


def test_offline_asks_nobody(hub, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        download_tagger(NAME, cache=tmp_path, endpoint=hub)


def test_nothing_is_downloaded_by_looking(hub, tmp_path):
    with pytest.raises(ModelError, match=r"--tagger wd-vit-tagger-v3 --download"):
        find_tagger(NAME, cache=tmp_path)
    assert not list(tmp_path.rglob("*.onnx"))


def test_a_folder_that_lacks_a_file_is_told_which(tmp_path):
    (tmp_path / "model.onnx").write_bytes(MODEL)

    with pytest.raises(ModelError, match=r"no selected_tags\.csv"):
        find_tagger(tmp_path)
    with pytest.raises(ModelError, match="no such folder"):
        find_tagger(tmp_path / "a" / "b" / "c")
