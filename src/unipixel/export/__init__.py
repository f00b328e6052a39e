"""Write a data set as other trainers read it, with the settings under which they leave every pixel alone."""

from collections.abc import Mapping
from types import MappingProxyType

from unipixel.export.ai_toolkit import AI_TOOLKIT
from unipixel.export.ai_toolkit_run import AI_TOOLKIT_RUN
from unipixel.export.attribution import ATTRIBUTION, attribution_page
from unipixel.export.folder import MANIFEST, Existing, hash_content, inspect_folder, read_export, write_folder
from unipixel.export.imagefolder import IMAGEFOLDER
from unipixel.export.kohya import KOHYA
from unipixel.export.kohya_run import KOHYA_RUN
from unipixel.export.model import Collection, Content, Exporter, Picture, Showing
from unipixel.export.onetrainer import ONETRAINER
from unipixel.export.onetrainer_run import ONETRAINER_RUN
from unipixel.export.runs import Preview, RunExporter, RunPlan
from unipixel.export.settings import SETTINGS, settings_page
from unipixel.export.simpletuner import SIMPLETUNER
from unipixel.export.webdataset import WEBDATASET

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        "kohya": KOHYA,
        "onetrainer": ONETRAINER,
        "ai-toolkit": AI_TOOLKIT,
        "simpletuner": SIMPLETUNER,
        "imagefolder": IMAGEFOLDER,
        "webdataset": WEBDATASET,
    }
)
"""Every format by name."""

RUN_EXPORTERS: Mapping[str, RunExporter] = MappingProxyType(
    {"kohya": KOHYA_RUN, "onetrainer": ONETRAINER_RUN, "ai-toolkit": AI_TOOLKIT_RUN}
)
"""Every trainer that a whole run is written for, by name."""

__all__ = [
    "ATTRIBUTION",
    "EXPORTERS",
    "MANIFEST",
    "RUN_EXPORTERS",
    "SETTINGS",
    "Collection",
    "Content",
    "Existing",
    "Exporter",
    "Picture",
    "Preview",
    "RunExporter",
    "RunPlan",
    "Showing",
    "attribution_page",
    "hash_content",
    "inspect_folder",
    "read_export",
    "settings_page",
    "write_folder",
]
