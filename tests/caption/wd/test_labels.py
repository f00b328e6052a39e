import pytest

from unipixel.caption.wd import Label, read_labels
from unipixel.errors import ModelError

HEADER = "tag_id,name,category,count\n"


@pytest.fixture
def write(tmp_path):
    def call(text: str):
        file = tmp_path / "selected_tags.csv"
        file.write_text(text, "utf-8")
        return file

    return call


def test_rows_keep_their_order_and_are_spelt_as_captions_are(write):
    file = write(HEADER + "1,general,9,5\n2,long_hair,0,4\n3,o_o,0,4\n4,fate_(saber),4,3\n5,:3,0,3\n")

    assert read_labels(file) == (
        Label("general", "rating"),
        Label("long hair", "general"),
        Label("o_o", "general"),
        Label("fate (saber)", "character"),
        Label(":3", "general"),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("censored", "flag"),
        ("signature", "flag"),
        ("english_text", "flag"),
        ("watermark", "flag"),
        ("twitter_username", "flag"),
        ("pixelated", "never"),
        ("dithering", "general"),
    ],
)
def test_what_is_no_caption_is_kept_apart(write, name, kind):
    assert read_labels(write(f"{HEADER}1,{name},0,5\n"))[0].kind == kind


@pytest.mark.parametrize("text", ["", "name,category\n", HEADER + "1,tree,7,3\n", HEADER + "1,tree,0\n"])
def test_another_file_is_refused(write, text):
    with pytest.raises(ModelError, match=r"selected_tags\.csv"):
        read_labels(write(text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"none\.csv"):
        read_labels(tmp_path / "none.csv")
