"""Options written as a command are the same options when the command reads them."""

from dataclasses import fields

import click
import pytest

from unipixel.cli.conversion import conversion_options
from unipixel.color import Palette, builtin_palette
from unipixel.conversion import PAIRS, Options, to_arguments
from unipixel.errors import OptionError

OTHER = {
    "preset": [{"preset": "unipixel"}],
    "scale": [{"scale": 6.4}, {"scale": 8.0}],
    "native_size": [{"native_size": (112, 144)}],
    "offset": [{"offset": (3.0, 5.5), "scale": 8.0}],
    "cells": [{"cells": "median"}],
    "min_confidence": [{"min_confidence": 0.0}],
    "sheet": [{"sheet": (2, 4)}],
    "parts": [{"parts": True}],
    "palette": [{"palette": "sweetie-16"}, {"palette": "#0f380f,#306230"}],
    "colors": [{"colors": 16}, {"colors": "auto"}],
    "keep": [{"keep": "#0f380f,#306230", "colors": 8}],
    "quantizer": [{"quantizer": "libimagequant"}],
    "dither": [{"dither": "bayer-4", "colors": 8}],
    "dither_strength": [{"dither_strength": 0.25}],
    "serpentine": [{"serpentine": False}],
    "background": [{"background": "#ff00ff"}],
    "background_tolerance": [{"background_tolerance": 0.05}],
    "alpha": [{"alpha": "majority"}],
    "alpha_threshold": [{"alpha_threshold": 7}],
    "clean": [{"clean": ("halo", "orphans")}],
    "zoom": [{"zoom": 4}],
    "optimize": [{"optimize": True}],
}
"""For each option, values that are not its default."""


def read_back(words):
    command = conversion_options(lambda **values: Options(**values))
    return click.command()(command).main(args=words, standalone_mode=False)


def test_every_option_is_tried():
    assert list(OTHER) == [each.name for each in fields(Options)]


@pytest.mark.parametrize("values", [values for each in OTHER.values() for values in each], ids=str)
def test_the_command_reads_the_same_options_back(values):
    options = Options(**values)

    assert read_back(to_arguments(options)) == options


def test_defaults_are_no_words():
    assert to_arguments(Options()) == []


def test_a_palette_of_the_shelf_is_written_by_its_name():
    assert to_arguments(Options(palette=builtin_palette("sweetie-16"))) == ["--palette", "sweetie-16"]


@pytest.mark.parametrize("name", ["", "my strip", "sweetie-16"])
def test_any_other_palette_is_written_by_its_colours(name):
    own = Palette.from_hex(["#102030", "#ffffff"], name)

    assert to_arguments(Options(palette=own)) == ["--palette", "#102030,#ffffff"]


@pytest.mark.parametrize("text", ["", "x", "3", "3x", "3x4x5", "axb", "0x4", "-1x4"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(OptionError):
        PAIRS["native_size"].read(text)


@pytest.mark.parametrize("text", ["nan,1", "1,nan", "inf,1", "1,1e400", "-1,0"])
def test_what_is_no_offset_is_refused(text):
    with pytest.raises(OptionError):
        PAIRS["offset"].read(text)
