"""All nodes, in the order of the menu."""

from .canvas import UniPixelFitToCanvas, UniPixelLatentSize
from .convert import UniPixelConvert
from .grid import UniPixelDetectGrid, UniPixelGridDiscipline, UniPixelToNative
from .lora import UniPixelLoadLora
from .palette import UniPixelPalette, UniPixelSnapToPalette
from .save import UniPixelSave

NODES = (
    UniPixelConvert,
    UniPixelDetectGrid,
    UniPixelToNative,
    UniPixelPalette,
    UniPixelSnapToPalette,
    UniPixelFitToCanvas,
    UniPixelGridDiscipline,
    UniPixelSave,
    UniPixelLatentSize,
    UniPixelLoadLora,
)
