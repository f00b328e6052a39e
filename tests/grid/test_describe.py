"""What the finder says, as JSON types and in words."""

import json

import numpy as np
import pytest

from unipixel.grid import describe_recovery, recover, say_confidence, upscale
from unipixel.grid.describe import WORDS


def test_a_recovery_is_json_with_sizes_width_first():
    art = np.full((12, 16, 4), 255, np.uint8)
    art[..., :3] = np.random.default_rng(0).integers(0, 256, (12, 16, 3))

    row = json.loads(json.dumps(describe_recovery(recover(upscale(art, 5)))))

    assert row["native"] == [16, 12]
    assert row["cell"] == [5.0, 5.0]
    assert row["sure"]


def test_every_confidence_has_a_word_and_more_is_never_said_of_less():
    words = [word for _, word in WORDS]
    said = [words.index(say_confidence(step / 100)) for step in range(101)]

    assert said == sorted(said, reverse=True)
    assert set(said) == set(range(len(words)))


@pytest.mark.parametrize("is_sure", [True, False])
def test_only_a_sure_answer_is_called_sure(is_sure):
    assert (say_confidence(1.0, is_sure=is_sure) == "sure") == is_sure
