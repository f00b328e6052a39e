"""Show progress and the time left on the terminal, or as a line now and then in a log."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import asdict

import click

from unipixel.files import write_atomic
from unipixel.progress import PROGRESS_FILE, Event

BAR = 24
"""Width of the bar in characters."""
LOG_SECONDS = 15.0
"""Where the output is no terminal, a line at most this often, and one when a stage ends."""
FILE_SECONDS = 0.25
"""The file that :data:`unipixel.progress.PROGRESS_FILE` names is written at most this often, and when a stage ends."""


class Bar:
    """A progress callback that draws on standard error, and writes to a file where one is wanted."""

    def __init__(self) -> None:
        self._file = os.environ.get(PROGRESS_FILE)
        self._written = 0.0
        self._stage = ""
        self._began = self._shown = 0.0
        self._first = 0
        self._open = False

    def __call__(self, event: Event) -> None:
        """Show one event."""
        now = time.monotonic()
        if event.stage != self._stage:
            self.close()
            self._stage, self._began, self._shown, self._first = event.stage, now, 0.0, event.done
        ended = event.total > 0 and event.done >= event.total
        if self._file and (ended or now - self._written >= FILE_SECONDS):
            self._written = now
            write_atomic(self._file, json.dumps({**asdict(event), "left": self._seconds_left(event, now)}))
        if now - self._shown < (0.1 if sys.stderr.isatty() else LOG_SECONDS) and not ended:
            return
        self._shown = now
        line = _line(event, self._left(event, now))
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns
            click.echo("\r\x1b[K" + line[: width - 1], err=True, nl=False)
            self._open = True
        else:
            click.echo(line, err=True)

    def clear(self) -> None:
        """Make room for a line of output; the next event draws the bar anew."""
        if self._open:
            click.echo("\r\x1b[K", err=True, nl=False)
        self._open = False

    def close(self) -> None:
        """End the line that is being drawn."""
        if self._open:
            click.echo(err=True)
        self._open = False
        self._stage = ""

    def _left(self, event: Event, now: float) -> str:
        left = self._seconds_left(event, now)
        return clock(now - self._began) if left is None else f"{clock(left)} left"

    def _seconds_left(self, event: Event, now: float) -> float | None:
        """By the speed so far; None before any, without a total, and at the end."""
        worked = event.done - self._first
        if not event.total or worked <= 0 or event.done >= event.total:
            return None
        return (now - self._began) / worked * (event.total - event.done)


def clock(seconds: float) -> str:
    """Write a duration as ``m:ss`` or ``h:mm:ss``."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def _line(event: Event, left: str) -> str:
    if not event.total:
        return f"{event.stage:<12} {event.done} {left}  {event.note}"
    filled = round(BAR * min(1.0, event.done / event.total))
    return f"{event.stage:<12} {'#' * filled}{'.' * (BAR - filled)} {event.done}/{event.total} {left}  {event.note}"
