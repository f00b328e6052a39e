"""What is written reads back as it was, by the readers of both formats."""

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unipixel.export.plain_text import toml_table, yaml_lines

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# YAML has no letters of half a pair, and its readers no null letter
LETTERS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = LETTERS | st.booleans() | NUMBERS
KEYS = st.sampled_from(["lr", "noise_offset", "is_v_pred", "prompt", "samples"])
NESTED = st.recursive(
    PLAIN | st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


@given(st.dictionaries(KEYS, PLAIN | st.lists(PLAIN, max_size=3)))
@example({"rate": 1e-5, "far": 1e22, "text": 'a\u2028b\x7f\U0001f332 \\ "q"', "none": []})
def test_toml(values):
    read = tomllib.loads("\n".join(toml_table("[part]", values)))["part"]

    assert read == values
    assert {key: type(value) for key, value in read.items()} == {key: type(value) for key, value in values.items()}


@given(st.dictionaries(KEYS, NESTED, min_size=1))
@example({"rates": [1e-5, 1e22], "deep": [[{"a": [1, [2]]}, []], {}], "text": "\x85\U000e0001: # - 'q'"})
@example({"trap": ["no", "1e-5", "~", "[name]", "&a"]})
def test_yaml(values):
    yaml = pytest.importorskip("yaml")

    assert yaml.safe_load("\n".join(yaml_lines(values))) == values
