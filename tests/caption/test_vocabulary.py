import pytest
from hypothesis import given

from strategies import tags
from unipixel.caption import (
    EXCLUSIVE,
    GROUPS,
    PROFILES,
    Vocabulary,
    canonical_tag,
    conflicts,
    shipped_vocabulary,
    speak,
)
from unipixel.caption.vocabulary import is_emoticon
from unipixel.errors import CaptionError


@pytest.fixture(scope="module")
def words():
    return shipped_vocabulary()


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("Far_Away", "wide shot"),
        ("wide_shot", "wide shot"),
        ("foggy", "fog"),
        ("mist", "fog"),
        ("side  view", "from side"),
        ("grayscale", "greyscale"),
        ("spaceship", "spacecraft"),
        ("o_o", "o_o"),
        ("(o)_(o)", "(o)_(o)"),
        (">_<", ">_<"),
        ("tree_", "tree"),
        ("____", "____"),
        ("tree", "tree"),
    ],
)
def test_spelling_is_made_one(written, spelt):
    assert canonical_tag(written) == spelt


@given(tags)
def test_spelling_twice_changes_nothing(tag):
    assert canonical_tag(canonical_tag(tag)) == canonical_tag(tag)


def test_faces_are_told_from_words():
    assert all(is_emoticon(face) for face in ("o_o", "^_^", "|_|", "0_0", "<o>_<o>", "+_-"))
    assert not any(is_emoticon(word) for word in ("long_hair", "tree_", ":d", "o o"))


@pytest.mark.parametrize("profile", PROFILES)
def test_what_a_profile_says_is_understood(profile, words):
    for tag in words.tags:
        spoken = speak(tag, profile)
        assert canonical_tag(spoken) == ("wide shot" if tag == "very wide shot" and spoken != tag else tag)


def test_the_recipes_words_and_danboorus():
    assert (speak("wide shot"), speak("fog"), speak("close-up")) == ("far away", "foggy", "close-up")
    assert (speak("wide shot", "danbooru"), speak("fog", "danbooru")) == ("wide shot", "fog")
    with pytest.raises(CaptionError, match="recipe, danbooru"):
        speak("fog", "e621")


def test_the_data_agree_with_themselves(words):
    names = set(words.tags)

    assert {tag.group for tag in words.tags.values()} == {*GROUPS, "flag"}
    assert set(words.aliases.values()) <= names
    assert not set(words.aliases) & names
    assert set(words.implications) | set().union(*words.implications.values()) <= names
    assert not [name for name in names if name in words.implied(name)]
    assert set().union(*EXCLUSIVE) <= names
    assert all(canonical_tag(name) == name for name in names)


def test_what_is_implied_is_the_more_frequent_tag(words):
    rarer = [
        (name, other)
        for name, others in words.implications.items()
        for other in others
        if words.tags[other].posts < words.tags[name].posts
    ]

    assert not rarer


def test_facts_that_captions_stand_on(words):
    assert (words.tags["wide shot"].posts, words.tags["wide shot"].wd) == (15_927, 11_630)
    assert words.tags["pixel art"].wd == 0, "no WD v3 tagger ever says it"
    assert words.tags["watermark"].group == "flag"
    assert not words.knows("top-down")
    assert words.knows("far away")


def test_implications_reach_far(words):
    assert words.implied("holding sword") == {"holding weapon", "holding"}
    assert words.implied("tree") == frozenset()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("backligting", "backlighting"), ("sunst", "sunset"), ("qqqqqqqq", None), ("sunset", None), ("foggy", None)],
)
def test_did_you_mean(words, wrong, right):
    assert words.suggest(wrong) == right


def test_conflicts_are_seen_in_any_spelling():
    assert conflicts(["close-up", "far_away"]) == [("close-up", "wide shot")]
    assert conflicts(["foggy", "night", "tree"]) == []


def test_completion_puts_names_before_words_inside_and_both_by_posts(words):
    found = [tag.name for tag in words.complete("sk", limit=100)]

    inner = [name for name in found if not name.startswith("sk")]
    names = [name for name in found if name.startswith("sk")]
    assert found == names + inner
    assert names == sorted(names, key=lambda name: -words.tags[name].posts)
    assert "blue sky" in inner
    assert [tag.name for tag in words.complete("night_S")] == ["night sky"]
    assert [tag.name for tag in words.complete("gray backg")] == ["grey background"]
    assert words.complete("  ") == words.complete("sky", limit=0) == []


@given(tags)
def test_one_letter_and_a_longer_start_agree(tag):
    words = shipped_vocabulary()
    start = canonical_tag(tag)[:1]

    ready, searched = words.complete(start, limit=10), words.complete(start, limit=1000)

    assert ready == searched[:10]


@pytest.fixture(scope="module")
def long_list(tmp_path_factory):
    """A tenth of Danbooru's list."""
    file = tmp_path_factory.mktemp("lists") / "danbooru.csv"
    rows = [
        f'{"abcdefghij"[n % 10]}{n:x}_thing_{n % 977},{(0, 4, 3)[n % 3]},{14_000 - n},"other_{n},x{n}"'
        for n in range(14_000)
    ]
    file.write_text("\n".join(rows) + "\n", "utf-8")
    return Vocabulary.load(file)


@pytest.mark.parametrize("start", ["a", "th", "a1", "other_1", "x9", "thing 12", "b2c"])
def test_a_long_list_is_searched_whole(long_list, start):
    key = start.replace("_", " ")

    found = {tag.name for tag in long_list.complete(start, limit=1 << 20)}

    words = {name for name in long_list.tags if f" {key}" in f" {name}".replace("(", " ")}
    others = {name for written, name in long_list.aliases.items() if written.startswith(key)}
    assert found == words | others


def test_own_lists_add_to_what_ships(long_list):
    assert long_list.tags["a0 thing 0"].category == "general"
    assert long_list.spell("other_5") == "f5 thing 5"
    assert long_list.spell("side_view") == "from side"
    assert long_list.tags["wide shot"].group == "framing"


def test_a_taggers_list_is_read_too(tmp_path):
    file = tmp_path / "selected_tags.csv"
    file.write_text("tag_id,name,category,count\n9,general,9,5\n1,moss_golem,0,44\n2,2020,0,3\n", "utf-8")

    words = Vocabulary.load(file)

    assert (words.tags["moss golem"].posts, words.tags["2020"].posts) == (44, 3)


@pytest.mark.parametrize("text", ["tree\n", "tree,9x,5\n", "tree,0,many\n"])
def test_what_is_no_list_is_refused_with_its_line(tmp_path, text):
    file = tmp_path / "list.csv"
    file.write_text("bush,0,5\n" + text, "utf-8")

    with pytest.raises(CaptionError, match=r"list\.csv: line 2"):
        Vocabulary.load(file)


def test_a_missing_list_is_one_sentence(tmp_path):
    with pytest.raises(CaptionError, match="can't be read"):
        Vocabulary.load(tmp_path / "none.csv")
