"""What a tagger is to the rest of UniPixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from unipixel.caption.proposal import Proposal


@runtime_checkable
class Tagger(Protocol):
    """Something that looks at a native and proposes tags, such as a neural network."""

    @property
    def name(self) -> str:
        """What made the proposals, with its version, such as ``"wd-vit-tagger-v3"``; kept in the data set."""
        ...

    def tag(self, native: npt.NDArray[np.uint8]) -> Sequence[Proposal]:
        """Propose tags for one native.

        Parameters
        ----------
        native : (h, w, 4) uint8, RGBA, straight alpha

        Returns
        -------
        sequence of Proposal
            Origin ``"machine"``, state ``"proposed"``, best first; the same for the same pixels.
        """
        ...
