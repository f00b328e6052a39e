from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import tags
from unipixel.caption import Proposal
from unipixel.dataset.manifest import Entry, Provenance
from unipixel.dataset.query import FIELDS, parse_query
from unipixel.errors import QueryError

ENTRY = Entry(
    "ab12", "sources/deep/cave-3.png", "0" * 64,
    provenance=Provenance(licence="CC0-1.0", allow_train="yes"),
    state="sure", canvas="1024x1024", palette=("#000000", "#ffffff"), theme="fantasy", rating="general",
    tags=(
        Proposal("night", "hand"), Proposal("from side", "hand"), Proposal("star (sky)", "hand"),
        Proposal(":d", "hand"),
        Proposal("wide shot", "measured", 0.5), Proposal("fog", "measured", 0.5, "proposed"),
        Proposal("1girl", "machine", 0.4, "rejected", by="wd-vit-tagger-v3"),
    ),
)  # fmt: skip
CAPTION = "w0rd, night, from side, far away"


def fits(text: str) -> bool:
    return parse_query(text).matches(ENTRY, lambda: CAPTION)


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "night", "Night", '"from side"', "from_side", "side_view", "star_(sky)", '"star (sky)"',
        '":d"', ":d",
        "far_away", "nigh*", "?ight", "*", "night from_side", "night AND from_side", "night OR day", "day OR night",
        "NOT day", "-day", "-(day OR dusk)", "night -day", "NOT NOT night", "(night)", "((night) (-day))",
        "proposed:fog", "proposed:mist", "rejected:1girl", "rejected:*", "tag:night",
        "theme:fantasy", "theme:FANT*", "canvas:1024x1024", "distance:far", 'distance:"wide shot"', "-distance:close",
        "light:night", "state:sure", "licence:cc0*", "allow:yes", "split:train", "rating:general", "source:cave-3.png",
        "source:sources/deep/*", "id:ab*", "by:wd-*", "origin:measured", "text:side,", 'text:"far away"',
        "tags:5", "tags:>4", "tags:>=5", "tags:<6", "tags:=5", "tokens:>5", "tokens:<75", "colors:<=2", "repeats:1",
        "day night OR fantasy OR night",
    ],
)  # fmt: skip
def test_fits(text):
    assert fits(text)


@pytest.mark.parametrize(
    "text",
    [
        "day", "fog", "1girl", "origin:machine", "proposed:night", "-night", "night day", "night AND day", "NOT night",
        "nigh", "theme:fan", "distance:none", "distance:close", "tags:>5", "tags:4", "tokens:>75", "colors:>2",
        "text:moon", "-(night OR day)", "by:joytag", "day OR dusk", "night -from_side", "state:doubtful",
        "(day OR night) dusk",
    ],
)  # fmt: skip
def test_fits_not(text):
    assert not fits(text)


def test_and_binds_closer_than_or():
    assert fits("night OR day dusk")
    assert not fits("(night OR day) dusk")


def test_an_image_without_framing_has_no_distance():
    assert parse_query("distance:none").matches(Entry("a", "s", "0"))


def test_a_part_cut_from_a_large_picture_is_close_and_an_image_without_light_has_none():
    part = Entry("a", "s", "0", close_up=True)

    assert parse_query("distance:close distance:close-up light:none -light:night").matches(part)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(night", "not closed"),
        ("night)", "no beginning"),
        ("night OR", "it ends"),
        ("AND night", "'AND' stands"),
        ("NOT", "it ends"),
        ("()", "stands"),
        ('"night', "quote"),
        ("them:fantasy", "Did you mean theme:?"),
        ("re:zero", "quotes"),
        ("tags:many", "wants a number"),
    ],
)
def test_what_makes_no_sense_is_told(text, says):
    with pytest.raises(QueryError) as error:
        parse_query(text)
    assert says in str(error.value)
    assert text in str(error.value)


@given(st.text('ab():"-* ANDORNOT>_', max_size=20))
def test_any_text_is_understood_or_refused_in_a_sentence(text):
    with suppress(QueryError):
        parse_query(text).matches(ENTRY, lambda: CAPTION)


@given(tags.filter(lambda tag: '"' not in tag and not set("*?") & set(tag)))
def test_every_tag_is_found_by_its_name_in_quotes(tag):
    entry = Entry("a", "s", "0", tags=(Proposal(tag, "hand"),))

    assert parse_query(f'"{tag}"').matches(entry)
    assert not parse_query(f'-"{tag}"').matches(entry)


def test_every_field_is_in_the_description():
    import unipixel.dataset.query as module

    assert all(f"{field}:" in module.__doc__ or field == "tag" for field in FIELDS)
