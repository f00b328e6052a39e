"""What a tagger is to the rest of UniPixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from unipixel.caption.proposal import Proposal


@dataclass(frozen=True)
class Tagging:
    """What a tagger says of one picture."""

    tags: tuple[Proposal, ...]
    """Origin ``machine``, state ``proposed``, best first."""
    ratings: Mapping[str, float] = field(default_factory=dict)
    """Score of each rating, such as ``general`` or ``explicit``; a rating is never a tag. Empty where it gives none."""
    flags: Mapping[str, float] = field(default_factory=dict)
    """Scores of what wants a look before a training and is no tag either: text, signatures, watermarks, censoring."""

    @property
    def rating(self) -> str:
        """The rating that scores highest; empty where there is none."""
        return max(self.ratings, key=lambda name: self.ratings[name]) if self.ratings else ""


@runtime_checkable
class Tagger(Protocol):
    """Something that looks at natives and proposes tags, such as a neural network."""

    @property
    def name(self) -> str:
        """What made the proposals, with its version, such as ``"wd-vit-tagger-v3"``; kept in the data set."""
        ...

    def tag(self, natives: Sequence[npt.NDArray[np.uint8]]) -> Sequence[Tagging]:
        """Propose tags for some natives.

        Parameters
        ----------
        natives : sequence of (h, w, 4) uint8, RGBA, straight alpha
            Of any sizes.

        Returns
        -------
        sequence of Tagging
            One for each; the same for the same pixels, whatever else is in the batch.
        """
        ...
