"""The shelf of built-in palettes: colour values as data, each with where it was found and what else it is called.

Only colour values are taken over. Each was compared with two independent sources; where sources differ, the remark says
which was taken and why.
"""

from unipixel.color.shelf.entry import Entry
from unipixel.color.shelf.look_up import builtin_palette, palette_names, shelf_entry

__all__ = ["Entry", "builtin_palette", "palette_names", "shelf_entry"]
