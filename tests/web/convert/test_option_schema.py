"""Options as JSON: the schema is made of the options' own fields, and whatever comes in is read or refused."""

import contextlib
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.color import Palette
from unipixel.conversion import Options
from unipixel.errors import UniPixelError
from unipixel.web.convert.option_schema import options_schema, read_options

PROPERTIES = options_schema()["properties"]
NAMES = st.sampled_from([each.name for each in fields(Options)])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize("each", fields(Options), ids=lambda each: each.name)
def test_each_option_has_its_help_default_group_and_range(each):
    found = PROPERTIES[each.name]
    kinds = found.get("anyOf", [found])

    assert found["description"] == each.metadata["help"]
    assert found["x-group"] == each.metadata["group"]
    assert found["default"] == (list(each.default) if isinstance(each.default, tuple) else each.default)
    assert [kind["minimum"] for kind in kinds if "minimum" in kind] == (
        [] if each.metadata["least"] is None else [each.metadata["least"]]
    )
    choices = [kind.get("enum") or kind.get("items", {}).get("enum") for kind in kinds]
    assert not each.metadata["choices"] or list(each.metadata["choices"]) in choices


def test_the_defaults_are_read_as_the_defaults():
    assert read_options({name: found["default"] for name, found in PROPERTIES.items()}) == Options()


def test_values_are_read_as_the_command_reads_them():
    read = read_options(
        {"native_size": "144x112", "colors": "auto", "clean": ["orphans"], "dither": "bayer-4", "min_confidence": 0}
    )

    assert read == Options(
        native_size=(112, 144), colors="auto", clean=("orphans",), dither="bayer-4", min_confidence=0
    )


@pytest.mark.parametrize("palette", ["sweetie-16", "#102030,#ffffff"])
def test_a_palette_is_a_name_or_colours(palette):
    assert isinstance(read_options({"palette": palette}).palette, Palette)


def test_a_palette_is_never_a_file(tmp_path, monkeypatch):
    (tmp_path / "mine.hex").write_text("102030\n")
    monkeypatch.chdir(tmp_path)

    for path in ("mine.hex", str(tmp_path / "mine.hex"), "./mine.hex", "/etc/passwd"):
        with pytest.raises(UniPixelError, match="neither"):
            read_options({"palette": path})


@pytest.mark.parametrize(
    "values",
    [
        None, [], "x", {"nothing": 1}, {"scale": "8"}, {"scale": True}, {"scale": 0}, {"scale": float("nan")},
        {"scale": 10**400}, {"colors": 10**400},
        {"colors": 0}, {"colors": 257}, {"colors": 8.5}, {"colors": "many"}, {"colors": True}, {"clean": "orphans"},
        {"clean": ["dirt"]}, {"clean": [1]}, {"parts": 1}, {"native_size": [1, 2]}, {"native_size": "0x3"},
        {"dither": "none at all"}, {"dither": "bayer-4"},
        {"preset": "unipixel", "scale": 3},
        {"background": "x" * 5000},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_option_is_refused_with_a_sentence(values):
    with pytest.raises(UniPixelError) as told:
        read_options(values)

    assert 10 < len(str(told.value)) < 1000


@given(st.dictionaries(NAMES, JSON, max_size=3))
def test_whatever_comes_in_gives_options_or_a_sentence(values):
    with contextlib.suppress(UniPixelError):
        assert isinstance(read_options(values), Options)
