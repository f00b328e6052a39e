"""Convert: any image to true pixel art."""

from unipixel.conversion.batch import (
    Converted,
    Job,
    convert_job,
    convert_jobs,
    describe,
    plan_jobs,
    pool_palette,
    share_palette,
    with_palette,
    without_palette,
)
from unipixel.conversion.convert import Taken, convert, convert_with, finish, recut, repaint, take_natives
from unipixel.conversion.edits import CLEAR, Cell, Edits, settle
from unipixel.conversion.form import AUTO_COLORS, Control, controls, in_form_words, read_form
from unipixel.conversion.indexed import Indexed, index_frames
from unipixel.conversion.model import Conversion, join_sheet
from unipixel.conversion.natives import Natives, read_natives
from unipixel.conversion.options import PRESET_SCALES, Options
from unipixel.conversion.pairs import PAIRS, Pair
from unipixel.conversion.recolor import recolor
from unipixel.conversion.save import FORMATS, encode_conversion, encode_natives, encode_stills, save_conversion
from unipixel.conversion.watch import Looks, watch_folder
from unipixel.conversion.written import to_arguments

__all__ = [
    "AUTO_COLORS",
    "CLEAR",
    "FORMATS",
    "PAIRS",
    "PRESET_SCALES",
    "Cell",
    "Control",
    "Conversion",
    "Converted",
    "Edits",
    "Indexed",
    "Job",
    "Looks",
    "Natives",
    "Options",
    "Pair",
    "Taken",
    "controls",
    "convert",
    "convert_job",
    "convert_jobs",
    "convert_with",
    "describe",
    "encode_conversion",
    "encode_natives",
    "encode_stills",
    "finish",
    "in_form_words",
    "index_frames",
    "join_sheet",
    "plan_jobs",
    "pool_palette",
    "read_form",
    "read_natives",
    "recolor",
    "recut",
    "repaint",
    "save_conversion",
    "settle",
    "share_palette",
    "take_natives",
    "to_arguments",
    "watch_folder",
    "with_palette",
    "without_palette",
]
