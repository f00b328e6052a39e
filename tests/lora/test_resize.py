"""Resizing: as strong as before, as near as can be, and the metadata tells."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora.made import delta, lora
from unipixel.errors import OptionError
from unipixel.lora import merge_loras, resize_lora


@given(st.integers(1, 5), st.floats(0.1, 40), st.integers(1, 6))
def test_a_lora_that_needs_no_more_keeps_its_effect(true: int, alpha: float, more: int) -> None:
    meant = lora(5, rank=true, alpha=alpha)
    # the same LoRA of a needlessly high rank
    padded, _ = merge_loras([(meant, 0.5)] * (more + 1), title="x")

    made, kept = resize_lora(padded, rank=true)

    assert kept.share == pytest.approx(1)
    for name, part in made.parts.items():
        assert part.rank <= true
        whole = 0.5 * (more + 1) * delta(meant.parts[name])
        assert np.allclose(delta(part), whole, atol=1e-5 * np.abs(whole).max() + 1e-6)


def test_alpha_follows_the_rank() -> None:
    made, _ = resize_lora(lora(rank=6, alpha=3.0), rank=2)

    assert {(part.rank, part.alpha) for part in made.parts.values()} == {(2, 1.0)}
    assert made.metadata["ss_network_dim"] == "2"
    assert made.metadata["ss_network_alpha"] == "1"


def test_energy_gives_each_module_its_own_rank_and_all_one_alpha() -> None:
    meant = lora(rank=6)

    made, kept = resize_lora(meant, energy=0.7)

    assert len({part.rank for part in made.parts.values()}) > 1
    assert len({part.alpha for part in made.parts.values()}) == 1
    assert made.metadata["ss_network_dim"] == "Dynamic"
    shares = []
    for name, part in made.parts.items():
        whole = delta(meant.parts[name])
        shares.append(1 - np.sum((delta(part) - whole) ** 2) / np.sum(whole**2))
    assert min(shares) == pytest.approx(kept.least, abs=1e-4)
    assert 0.7 <= kept.least <= kept.share < 1


def test_a_smaller_lora_stays_as_it_is_and_everything_else_is_carried_over() -> None:
    notes = {
        "modelspec.thumbnail": "data:x",
        "ss_seed": "1",
        "sshs_model_hash": "0",
        "unipixel.history": '[{"did": "merge"}]',
    }
    meant = lora(metadata=notes)

    made, kept = resize_lora(meant, rank=8)

    assert made.parts == meant.parts
    assert kept.share == 1
    assert (made.metadata["modelspec.thumbnail"], made.metadata["ss_seed"]) == ("data:x", "1")
    assert "sshs_model_hash" not in made.metadata
    history = json.loads(made.metadata["unipixel.history"])
    assert [step["did"] for step in history] == ["merge", "resize"]
    assert history[1]["rank"] == 8


@pytest.mark.parametrize("options", [{}, {"rank": 0}, {"energy": 0.0}, {"energy": 1.5}])
def test_sizes_that_can_not_be_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(OptionError, match=r"rank|energy"):
        resize_lora(lora(), **options)
