"""ATTRIBUTION.md and SETTINGS.md: everybody is named, and every format says what to set."""

from dataclasses import replace

import pytest

from export_data import picture
from unipixel.export import EXPORTERS, Collection, attribution_page, settings_page


def test_everybody_is_named_under_their_licence(tmp_path, collection):
    unknown = picture(tmp_path, 11, licence="")
    page = attribution_page(replace(collection, pictures=[*collection.pictures, unknown]))

    known, _, open_ones = page.partition("## Licence not known")
    assert "## CC0-1.0" in known
    assert known.count("**A pack by Artist") == 2
    assert all(f"`{one.entry.source}`" in known for one in collection.pictures)
    assert "`sources/11.png`" in open_ones
    assert "<https://example.org/pack>" in page


def test_the_order_of_pictures_does_not_matter(collection):
    turned = replace(collection, pictures=list(reversed(collection.pictures)))

    assert attribution_page(turned) == attribution_page(collection)


def test_a_source_of_several_crops_is_named_once(tmp_path):
    one, two = picture(tmp_path, 1), picture(tmp_path, 2)
    same = replace(two, entry=replace(two.entry, source=one.entry.source, provenance=one.entry.provenance))

    assert attribution_page(Collection([one, same], "t", 8, ".")).count("`sources/1.png`") == 1


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_format_says_what_to_set(collection, name):
    exporter = EXPORTERS[name]
    page = settings_page(exporter.line, collection, exporter.settings(collection))

    assert f"`{collection.trigger}`" in page
    assert "| 256x192 | 3 | 1 |" in page
    assert all(f"- {note}" in page for note in EXPORTERS[name].settings(collection))
    assert len(EXPORTERS[name].settings(collection)) >= 2
