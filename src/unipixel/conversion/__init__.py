"""Convert: any image to true pixel art."""

from unipixel.conversion.batch import Converted, Job, convert_job, convert_jobs, describe, plan_jobs, share_palette
from unipixel.conversion.convert import Taken, convert, convert_with, finish, take_natives
from unipixel.conversion.model import Conversion, join_sheet
from unipixel.conversion.options import Options
from unipixel.conversion.save import FORMATS, encode_conversion, save_conversion
from unipixel.conversion.watch import watch_folder
from unipixel.conversion.written import PAIRS, Pair, to_arguments

__all__ = [
    "FORMATS",
    "PAIRS",
    "Conversion",
    "Converted",
    "Job",
    "Options",
    "Pair",
    "Taken",
    "convert",
    "convert_job",
    "convert_jobs",
    "convert_with",
    "describe",
    "encode_conversion",
    "finish",
    "join_sheet",
    "plan_jobs",
    "save_conversion",
    "share_palette",
    "take_natives",
    "to_arguments",
    "watch_folder",
]
