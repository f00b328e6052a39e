"""A host program's own server, as tests and `scripts/try_in_host.py` run it: started, asked over HTTP, ended."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds that a busy machine may take to start a host, or for one piece of its work."""


class Refused(Exception):
    """An answer of the server that is none of 200 to 299."""


class Server:
    """A program with an HTTP API, running from ``with`` to its end.

    Parameters
    ----------
    command : sequence of str or Path
    ready : str
        Path that answers when it is ready.
    port : int
        That the command tells it.
    log : Path
        Where what it says goes.
    environment : mapping
        Of variables that differ from ours.
    folder : Path, optional
        Where it is started.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        ready: str,
        port: int,
        log: Path,
        environment: Mapping[str, str],
        folder: Path | None = None,
    ) -> None:
        self.command, self.ready, self.port, self.log, self.folder = command, ready, port, log, folder
        self.environment = {**os.environ, **environment}

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in self.command],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.ask(self.ready)
            except (OSError, Refused):
                time.sleep(0.2)
            else:
                return self
        self.__exit__()
        raise RuntimeError(f"{self.command[0]} does not start:\n{self.said()[-3000:]}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def said(self) -> str:
        """What it printed."""
        return self.log.read_text("utf-8", errors="replace")

    def ask(self, path: str, sent: Any = None, *, kind: str = "application/json") -> bytes:
        """Ask the API; what is sent is JSON, or bytes of the given kind."""
        data = sent if sent is None or isinstance(sent, bytes) else json.dumps(sent).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(f"{error.code}: {error.read().decode(errors='replace')}") from None

    def send_form(self, path: str, **parts: str | tuple[str, bytes]) -> bytes:
        """Post a form; a file is its name and its bytes, PNG."""
        edge = uuid.uuid4().hex.encode()
        body = b""
        for name, value in parts.items():
            head, data = f'name="{name}"', value
            if isinstance(value, tuple):
                head, data = f'{head}; filename="{value[0]}"\r\nContent-Type: image/png', value[1]
            data = data if isinstance(data, bytes) else data.encode()
            body += b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (edge, head.encode(), data)
        return self.ask(path, body + b"--%s--\r\n" % edge, kind=f"multipart/form-data; boundary={edge.decode()}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
