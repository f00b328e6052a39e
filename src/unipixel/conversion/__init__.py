"""Convert: any image to true pixel art."""

from unipixel.conversion.batch import Converted, Job, convert_job, convert_jobs, describe, plan_jobs, share_palette
from unipixel.conversion.convert import convert, convert_with
from unipixel.conversion.form import AUTO_COLORS, Control, controls, in_form_words, read_form
from unipixel.conversion.indexed import Indexed, index_frames
from unipixel.conversion.model import Conversion, join_sheet
from unipixel.conversion.natives import Natives, read_natives
from unipixel.conversion.options import PRESET_SCALES, Options
from unipixel.conversion.recolor import recolor
from unipixel.conversion.save import FORMATS, encode_conversion, encode_natives, encode_stills, save_conversion
from unipixel.conversion.watch import watch_folder

__all__ = [
    "AUTO_COLORS",
    "FORMATS",
    "PRESET_SCALES",
    "Control",
    "Conversion",
    "Converted",
    "Indexed",
    "Job",
    "Natives",
    "Options",
    "controls",
    "convert",
    "convert_job",
    "convert_jobs",
    "convert_with",
    "describe",
    "encode_conversion",
    "encode_natives",
    "encode_stills",
    "in_form_words",
    "index_frames",
    "join_sheet",
    "plan_jobs",
    "read_form",
    "read_natives",
    "recolor",
    "save_conversion",
    "share_palette",
    "watch_folder",
]
