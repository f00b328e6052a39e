"""The server itself, started as a person starts it: it listens here alone, answers, and ends when it is told to."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from unipixel.cli.app import main
from unipixel.errors import OptionError
from unipixel.web import serve as serving


@pytest.fixture
def server():
    """A started studio: its process and the address that it printed."""
    command = [sys.executable, "-c", "from unipixel.cli.app import main; main()", "serve", "--port=0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ, text=True)
    line = process.stdout.readline()
    yield process, re.search(r"http://\S+", line)[0]
    process.kill()
    process.communicate()


def ask(address, path, method="GET", body=None, **headers):
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data


def test_a_started_studio_answers_and_stops(server, picture):
    process, address = server
    where = urlsplit(address)
    bearer = {"authorization": "Bearer " + parse_qs(where.query)["token"][0]}

    assert where.hostname == "127.0.0.1"
    assert ask(address, "/")[0] == 401
    assert ask(address, f"/?{where.query}")[0] == 200
    status, sent = ask(address, "/api/pictures", "POST", picture, **bearer)
    assert status == 200
    asked = json.dumps({"picture": json.loads(sent)["picture"], "options": {"colors": 4}})
    assert ask(address, "/api/convert", "POST", asked, **bearer)[0] == 200
    # as they are, where a client library would tidy them up:
    for path in ("/..", "/../app.py", "/../../../../etc/passwd", "//etc/passwd", "/%2e%2e/app.py", "/..%2fapp.py"):
        assert ask(address, path, **bearer)[0] == 404
    assert ask(address, "/", host="evil.example", **bearer)[0] == 421

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert err.strip() == "Stopped."


def test_it_is_heard_on_this_machine_alone(server):
    process, address = server

    held = {each.laddr for each in psutil.Process(process.pid).net_connections("inet") if each.status == "LISTEN"}

    assert held == {("127.0.0.1", urlsplit(address).port)}


@pytest.fixture
def started(monkeypatch):
    """What a server would be started with; none is."""
    seen = {}

    class Server:
        def __init__(self, config):
            seen["config"] = config

        def run(self, sockets):
            seen["bound"] = sockets[0].getsockname()

    import uvicorn

    monkeypatch.setattr(uvicorn, "Server", Server)
    monkeypatch.setattr(serving.webbrowser, "open", lambda address: seen.setdefault("opened", address))
    return seen


def test_a_port_that_is_taken_is_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OptionError, match="another --port"):
            serving.serve(port=taken.getsockname()[1])


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_a_sentence(host):
    with pytest.raises(OptionError, match=r"host|listen"):
        serving.serve(host=host)


def test_the_browser_is_given_the_address(started):
    told = []

    serving.serve(open_browser=True, tell=told.append)

    assert started["bound"][0] == "127.0.0.1"
    assert started.get("opened", told[0]) == told[0]
    assert not started["config"].proxy_headers


def test_remote_use_is_warned_of_and_keeps_the_token(started, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--host", "0.0.0.0", "--port", "0", "--no-browser"])
    out, err = capsys.readouterr()

    assert stop.value.code == 0
    assert "Warning" in err
    assert started["bound"][0] == "0.0.0.0"
    access = started["config"].app._access
    assert access.token in out
    assert access.takes_addresses
    assert access.refuse("GET", {"host": "192.168.1.7"}).status == 401


def test_use_on_this_machine_needs_no_warning(started, capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--port", "0", "--no-browser"])

    assert "Warning" not in capsys.readouterr().err
    assert not started["config"].app._access.takes_addresses
    assert "opened" not in started


def test_without_the_extra_it_says_how_to_install_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    with pytest.raises(SystemExit) as stop:
        main(["serve", "--no-browser"])

    assert stop.value.code == 2
    assert "unipixel-kit[web]" in capsys.readouterr().err
