"""The demo's real input: screenshots of the open-world game *Crafter*, and the final check against the game's pixels.

Needs the extra ``[demo]``. Importing this package imports neither the game nor anything heavy.
"""

from unipixel.demo.screenshots import Screenshot, take_screenshots
from unipixel.demo.truth import PictureCheck, TruthReport, compare_with_truth

__all__ = ["PictureCheck", "Screenshot", "TruthReport", "compare_with_truth", "take_screenshots"]
