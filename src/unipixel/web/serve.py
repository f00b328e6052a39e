"""Run the studio: open a socket, say its address, answer until it is stopped."""

from __future__ import annotations

import errno
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from unipixel.errors import OptionError
from unipixel.extras import need
from unipixel.web.access import LOCAL_HOSTS, Access, make_token

PURPOSE = "the studio"
LOCAL = "127.0.0.1"


def serve(
    *,
    host: str = LOCAL,
    port: int = 0,
    open_browser: bool = False,
    root: Path | None = None,
    models: Sequence[Path] = (),
    tell: Callable[[str], None] = print,
) -> None:
    """Serve the studio until Ctrl-C.

    Parameters
    ----------
    host : str
        Address to listen on. Anything but this machine's own lets others in who have the token, unencrypted.
    port : int
        0 takes a free one.
    open_browser : bool
        Open the page in the person's browser.
    root : Path, optional
        Folder of the workspace; it may become one on the page.
    models : sequence of Path
        Folders whose checkpoints trainings may start from.
    tell : callable
        Is given the address of the page, with the token, once it can be opened.

    Raises
    ------
    OptionError
        The port is taken, or the address is none of this machine's.
    MissingExtra
        Without the extra ``web``.
    """
    uvicorn = need("uvicorn", extra="web", purpose=PURPOSE)
    need("starlette", extra="web", purpose=PURPOSE)
    from unipixel.web.app import make_app
    from unipixel.web.studio import Studio

    studio = Studio(root=root, models=tuple(models))
    with _listen(host, port) as listening:
        access = _access(host, listening.getsockname()[1])
        address = _address(host, access)
        tell(address)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
        config = uvicorn.Config(
            make_app(access, studio), log_level="warning", access_log=False, server_header=False, proxy_headers=False,
            lifespan="off", ws="none", timeout_graceful_shutdown=3,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):  # it ends in order, and then raises the signal once more
            uvicorn.Server(config).run(sockets=[listening])


def is_local(host: str) -> bool:
    """Whether an address is this machine's own, which no other machine reaches."""
    return host in LOCAL_HOSTS or host.startswith("127.")


def _access(host: str, port: int) -> Access:
    if is_local(host):
        return Access(make_token(), port, LOCAL_HOSTS | {host})
    names = {host.lower(), socket.gethostname().lower()}
    return Access(make_token(), port, LOCAL_HOSTS | names, takes_addresses=True)


def _address(host: str, access: Access) -> str:
    name = LOCAL if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{name}]' if ':' in name else name}:{access.port}/?token={access.token}"


def _listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections at once, so that the page can be opened before the server runs."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind)
    except OSError:
        raise OptionError(f"--host {host} is no address of this machine.") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(64)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise OptionError(f"port {port} is in use, perhaps by another studio: give another --port, or 0.") from None
        raise OptionError(f"can't listen on {host}, port {port}: {error.strerror or error}.") from None
    return listening
