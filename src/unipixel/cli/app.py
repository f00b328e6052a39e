"""The group of all verbs: finds them by name, so that ``--help`` loads none of what they need."""

from __future__ import annotations

import errno
import signal
import sys
from importlib import import_module

import click

from unipixel.errors import UniPixelError
from unipixel.version import __version__

VERBS = {
    "detect": "Say which grid a picture has, and how sure that is.",
    "convert": "Turn pictures into true pixel art.",
    "serve": "Open the studio: a page on this machine for all of it.",
    "palette": "List, show, take, convert, sort and reduce palettes.",
    "new": "Make a workspace.",
    "add": "Copy pictures and their tags into a workspace.",
    "prepare": "Find natives, fit, index and balance them onto the canvases.",
    "decide": "Show the pictures whose native is doubtful, and decide.",
    "balance": "Report what the data set has and lacks, and plan it even.",
    "duplicates": "List equal pictures, and near ones for review.",
    "caption": "Write the captions of the training images.",
    "tags": "Find and edit tags of many images at once, with undo.",
    "check": "Check the training folder for all that would spoil a training.",
    "licence": "Say where the pictures come from, and whether they may be trained on.",
    "export": "Write the data set for another trainer.",
    "train": "Train the LoRA.",
    "sample": "Draw with and without the LoRA, or any prompts.",
    "measure": "Measure grid discipline, of a run or of any pictures.",
    "evaluate": "Draw a LoRA's prompt matrix and judge it: grid, words, copies.",
    "compare": "Compare evaluated runs and checkpoints, and recommend one.",
    "report": "Write report.html: every stage in pictures and figures.",
    "lora": "Look into LoRA files; convert, merge, resize and extract them.",
    "plugin": "Put UniPixel into other programs, such as ComfyUI.",
    "demo": "Do all of it on screenshots of a game.",
    "recipe": "List, show, compare and check recipes.",
}
"""Verbs in the order of the work, each with its line in ``unipixel --help``."""


class Verbs(click.Group):
    """Loads a verb's module when it is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"unipixel.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a verb; a misspelt one is told the nearest."""
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, VERBS, n=1)
            hint = f" Did you mean {near[0]}?" if near else " See: unipixel --help"
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unipixel")
def group() -> None:
    """Pixel-art LoRAs that draw on one grid, and true pixel art from any picture."""


def main(args: list[str] | None = None) -> None:
    """Run the command line; errors become one sentence and an exit code, never a traceback.

    Exit codes: 0 fine, 1 a check failed, 2 wrong use or bad input, 130 stopped with Ctrl-C.
    """
    if sys.platform == "win32":  # what a page sends there instead of Ctrl-C
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    try:
        code = group.main(args=args, prog_name="unipixel", standalone_mode=False)
    except click.Abort:
        code = _say("Stopped. What was finished is kept: run the same command again to go on.", 130)
    except KeyboardInterrupt:
        code = _say("Stopped. What was finished is kept: run the same command again to go on.", 130)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except UniPixelError as error:
        code = _say(f"Error: {error}", error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except OSError as error:
        code = _say(f"Error: {_os_sentence(error)}", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _say(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _os_sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}the disk is full. Make room and run the same command again: what was finished is kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}no permission to write or read here. Choose another folder, or change its permissions."
    return f"{where}{error.strerror or error}."
