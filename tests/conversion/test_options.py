"""One list of options: the library, the command and the reference say the same, and nonsense is refused in words."""

import inspect
from dataclasses import fields

import click
import pytest

from unipixel import convert
from unipixel.cli.app import group
from unipixel.conversion import Options
from unipixel.errors import OptionError

NAMES = [field.name for field in fields(Options)]


def test_the_library_has_the_options_and_their_defaults():
    parameters = dict(inspect.signature(convert).parameters)
    for own in ("image", "edits", "output", "force"):
        parameters.pop(own)

    assert {name: parameter.default for name, parameter in parameters.items()} == {
        field.name: field.default for field in fields(Options)
    }


def test_the_command_has_the_options_their_defaults_and_their_help():
    command = group.get_command(None, "convert")
    found = {option.name: option for option in command.params}

    for field in fields(Options):
        option = found[field.name]
        assert option.get_default(click.Context(command)) in (field.default, None if field.default is None else ())
        assert option.help.startswith(field.metadata["help"])


def test_the_command_and_the_library_know_the_same_names():
    command = group.get_command(None, "convert")
    found = {option.name: option for option in command.params}

    for field in fields(Options):
        if isinstance(found[field.name].type, click.Choice):
            assert tuple(found[field.name].type.choices) == field.metadata["choices"]


def test_every_option_is_explained_and_stands_in_a_group():
    for field in fields(Options):
        assert field.metadata["help"].endswith("."), field.name
        assert field.metadata["group"] in ("grid", "color", "clean-up", "output"), field.name


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"preset": "unipxel"}, r"--preset unipxel is not known.*mini-unipixel"),
        ({"scale": 0.5}, r"--scale 0.5 is out of range: give 1 or more"),
        ({"scale": float("nan")}, "out of range"),
        ({"min_confidence": 1.5}, r"--min-confidence 1.5 .* 0 to 1"),
        ({"colors": 0}, "--colors 0"),
        ({"colors": 257}, "--colors 257"),
        ({"dither": "bayer"}, r"--dither bayer is not known"),
        ({"clean": ("halo", "shine")}, r"--clean shine is not known"),
        ({"zoom": 0}, "--zoom 0"),
        ({"preset": "unipixel", "scale": 8.0}, "--preset and --scale both name the grid"),
        ({"native_size": (4, 4), "scale": 8.0}, "--scale and --native-size"),
        ({"offset": (1.0, 1.0)}, "--offset needs a --scale"),
        ({"parts": True, "scale": 8.0}, "leave --scale out"),
        ({"palette": "pico-8", "colors": 4}, "one of them"),
        ({"keep": "pico-8"}, "give --colors"),
        ({"palette": "pico-8", "keep": "gameboy"}, "give --colors"),
        ({"dither": "bayer-4"}, "needs a --palette"),
    ],
)
def test_nonsense_is_refused_in_words(wrong, says):
    with pytest.raises(OptionError, match=says):
        Options(**wrong)


def test_several_mistakes_are_told_at_once():
    with pytest.raises(OptionError, match=r"--zoom 0.*--colors 999|--colors 999.*--zoom 0"):
        Options(zoom=0, colors=999)
