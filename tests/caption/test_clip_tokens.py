import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.caption import count_tokens, shipped_vocabulary
from unipixel.caption.clip_tokens import split_words

HARD = "ab '\"st1\u00b2\u2167 \u4e00e\u0301_-^\u00f6\u3000\u00df\u03a3!?\U0001f600\u200d \n\t\u0130A"
TEXTS = st.text(max_size=40) | st.text(HARD, max_size=20)


@pytest.mark.parametrize(
    ("text", "tokens"),
    # Counts of CLIP's own tokenizer.
    [
        ("", 0),
        ("   ", 0),
        ("nv-p1xel4rt", 8),
        ("masterpiece, pixel art, far away", 7),
        ("close-up", 3),
        ("grey background", 2),
        ("12-bit", 4),
        ("o_o", 3),
        ("it's", 2),
    ],
)
def test_known_counts(text, tokens):
    assert count_tokens(text) == tokens


def test_a_letter_and_its_accent_are_one():
    assert count_tokens("cafe\u0301") == count_tokens("caf\u00e9") == 1


def test_words_are_split_before_they_are_counted():
    assert split_words("It's  a 12px Sword!?") == ["it", "'s", "a", "1", "2", "px", "sword", "!?"]


@given(TEXTS)
def test_case_and_white_space_do_not_matter(text):
    assert count_tokens(text.lower()) == count_tokens(f" {text.lower()}  ")


@pytest.fixture(scope="module")
def tokenizer():
    from unipixel.diffusion.clip_vocabulary import clip_tokenizer

    return clip_tokenizer()


@pytest.mark.torch
def test_it_counts_as_transformers_does_on_every_tag(tokenizer):
    names = list(shipped_vocabulary().tags)

    assert {n: count_tokens(n) for n in names} == {n: len(tokenizer.tokenize(n)) for n in names}
    line = ", ".join(names)
    assert count_tokens(line) == len(tokenizer.tokenize(line))


@pytest.mark.torch
@given(text=TEXTS)
def test_it_counts_as_transformers_does_on_any_text(tokenizer, text):
    assert count_tokens(text) == len(tokenizer.tokenize(text))
