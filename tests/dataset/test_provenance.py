"""Licences are SPDX expressions, and one file can declare many pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.dataset import Provenance
from unipixel.dataset.provenance import (
    common_licences,
    licence_problems,
    matches,
    provenance_problems,
    read_declaration,
)
from unipixel.errors import DatasetError

names = st.sampled_from(common_licences()) | st.just("LicenseRef-Shop-1.0")
expressions = st.recursive(
    names,
    lambda inner: st.builds("{} {} {}".format, inner, st.sampled_from(["AND", "OR"]), inner) | inner.map("({})".format),
    max_leaves=6,
)


@given(expressions)
def test_every_expression_of_listed_names_is_fine(expression):
    assert licence_problems(expression) == []


@given(expressions, st.sampled_from([" AND", " OR", " WITH", " (", " )", " MIT", " AND ()"]))
def test_what_is_cut_off_or_hangs_over_is_named(expression, tail):
    assert licence_problems(expression + tail)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CC-BY", "CC-BY-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("cc0", "CC0-1.0"),
        ("CCO", "CC0-1.0"),
        ("mit", "MIT"),
        ("apache2", "Apache-2.0"),
        ("CC-BY-NC-SA 4", "CC-BY-NC-SA-4.0"),
        ("MIT AND CC-BY-SA", "CC-BY-SA-4.0"),
    ],
)
def test_a_near_miss_is_told_the_name(written, meant):
    problems = licence_problems(written)

    assert len(problems) == 1
    assert problems[0].endswith(f"Did you mean {meant}?")


@pytest.mark.parametrize("written", ["All rights reserved", "ask the author first"])
def test_own_terms_are_told_how_to_be_written(written):
    assert "LicenseRef-" in licence_problems(written)[0]


def test_exceptions_and_later_versions_are_taken():
    assert licence_problems("GPL-2.0-only WITH Classpath-exception-2.0") == []
    assert licence_problems("OFL-1.1+") == []


def test_the_list_is_sorted_and_each_name_is_there_once():
    assert list(common_licences()) == sorted(set(common_licences()))


def test_fields_are_checked_all_at_once():
    assert provenance_problems({"licence": "CC0-1.0", "allow_train": "yes", "author": "A"}) == []
    problems = provenance_problems({"licence": "CC", "allow_train": "maybe"})
    assert len(problems) == 2
    assert "Did you mean licence?" in provenance_problems({"license": "MIT"})[0]
    assert "text" in provenance_problems({"author": 5})[0]


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("caves/hero-1.png", "hero-*.png", True),
        ("caves/hero-1.png", "caves/*", True),
        ("caves/hero-1.png", "hero-1.png", True),
        ("caves/hero-1.png", "*", True),
        ("caves/hero-1.png", "Hero-*", False),
        ("caves/hero-1.png", "caves", False),
    ],
)
def test_patterns_are_of_the_path_or_the_name(name, pattern, fits):
    assert matches(name, pattern) == fits


def test_a_declaration_holds_for_all_and_its_later_lines_for_some(tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text(
        'licence = "CC0-1.0"\nallow_train = "yes"\nauthor = "Kenney"\n'
        '[[pictures]]\nnames = "boss-*"\nauthor = "Somebody"\n'
        '[[pictures]]\nnames = "boss-2.png"\nallow_train = "no"\n'
    )
    said = read_declaration(file)

    assert said.of("hero.png") == Provenance("CC0-1.0", "yes", "Kenney")
    assert said.of("deep/boss-1.png") == Provenance("CC0-1.0", "yes", "Somebody")
    assert said.of("boss-2.png") == Provenance("CC0-1.0", "no", "Somebody")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("= =", ["not a TOML file"]),
        ('licence = "CCO"\n[[pictures]]\nauthor = 1\n', ["CC0-1.0", "pictures 1: names", "pictures 1: author"]),
        ('[pictures]\nnames = "a"\n', ["double brackets"]),
        ('[[pictures]]\nnames = "a"\nlicense = "MIT"\n', ["pictures 1: license", "Did you mean licence?"]),
    ],
)
def test_every_problem_of_a_declaration_is_named(tmp_path, text, parts):
    file = tmp_path / "sources.toml"
    file.write_text(text)

    with pytest.raises(DatasetError) as caught:
        read_declaration(file)
    assert not [part for part in parts if part not in str(caught.value)]
