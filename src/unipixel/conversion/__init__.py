"""Convert: any image to true pixel art."""

from unipixel.conversion.batch import Converted, Job, convert_job, convert_jobs, describe, plan_jobs, share_palette
from unipixel.conversion.convert import convert, convert_with
from unipixel.conversion.model import Conversion, join_sheet
from unipixel.conversion.options import Options
from unipixel.conversion.save import FORMATS, encode_conversion, save_conversion
from unipixel.conversion.watch import watch_folder

__all__ = [
    "FORMATS",
    "Conversion",
    "Converted",
    "Job",
    "Options",
    "convert",
    "convert_job",
    "convert_jobs",
    "convert_with",
    "describe",
    "encode_conversion",
    "join_sheet",
    "plan_jobs",
    "save_conversion",
    "share_palette",
    "watch_folder",
]
