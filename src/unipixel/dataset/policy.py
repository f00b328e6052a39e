"""What a data set may show: which ratings are refused, and which are said in the caption."""

from __future__ import annotations

from typing import Literal

Rating = Literal["general", "sensitive", "questionable", "explicit"]
"""Danbooru's ratings, from harmless to explicit."""

SEXUAL = frozenset({"questionable", "explicit"})
"""Ratings that the policy is about: nudity and more. ``sensitive`` (swimwear, a little blood) is not."""


def is_refused(rating: str, policy: str) -> bool:
    """Whether an image of this rating may not be in the data set.

    Parameters
    ----------
    rating : str
        A :data:`Rating`, or empty where nobody has said: that is never refused, since nothing is known.
    policy : str
        ``refuse``, ``label`` or ``allow``.
    """
    return policy == "refuse" and rating in SEXUAL


def rating_tags(rating: str, policy: str) -> tuple[str, ...]:
    """Tags that the policy adds to a caption: the rating itself where it is to be labelled, else none."""
    return (rating,) if policy == "label" and rating in SEXUAL else ()
