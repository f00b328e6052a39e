"""What a conversion can be told: every option with its default, range and help text, once for all faces.

The library's keywords, the command's options, the reference page and the host programs' widgets are all made of
:class:`Options`; tests hold them to it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, get_args

from unipixel.cleanup import CLEANUPS
from unipixel.color import METHODS, Palette
from unipixel.dither import DITHERS, DitherMethod
from unipixel.errors import OptionError
from unipixel.grid import CellRule

Preset = Literal["auto", "unipixel", "mini-unipixel"]
"""Known grids by name; ``auto`` finds the grid."""

PRESET_SCALES: Mapping[str, int | None] = {"auto": None, "unipixel": 8, "mini-unipixel": 16}
"""Canvas px per native px of each preset."""

Alpha = Literal["keep", "threshold", "majority"]
"""What becomes of translucent native pixels."""

Group = Literal["grid", "color", "clean-up", "output"]
"""Where an option stands in forms and help."""


def _option(
    default: Any,
    help: str,  # the field's own name for it
    *,
    group: Group,
    choices: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
) -> Any:
    return field(
        default=default,
        metadata={"help": help, "group": group, "choices": choices, "least": least, "most": most},
    )


@dataclass(frozen=True, kw_only=True)
class Options:
    """Every option of a conversion.

    Raises
    ------
    OptionError
        A value is out of its range, or options contradict each other; the message names them as the command does.
    """

    preset: Preset = _option(
        "auto", "Known grid: x8, x16, or auto, which finds the grid.", group="grid", choices=get_args(Preset)
    )
    """``unipixel`` and ``mini-unipixel`` are grids of 8 (16) canvas px from the top left corner on."""
    scale: float | None = _option(
        None, "Canvas px per native px, where it is known; may be broken, such as 6.4.", group="grid", least=1
    )
    """The offset is found, where it is not given."""
    native_size: tuple[int, int] | None = _option(
        None, "Native size, where it is known; its cells span the whole picture.", group="grid"
    )
    """``(h, w)`` in native px."""
    offset: tuple[float, float] | None = _option(
        None, "Row and column of a grid line in canvas px, where it is known; needs a scale.", group="grid"
    )
    """``(row, col)`` in canvas px."""
    cells: CellRule = _option(
        "auto",
        "How a cell's colour is read. auto: nearest where that is exact, else consensus; nearest is plain division.",
        group="grid",
        choices=get_args(CellRule),
    )
    """See :func:`unipixel.grid.to_native`."""
    min_confidence: float = _option(
        0.5, "Refuse a grid that is less likely than this; 0 takes any.", group="grid", least=0, most=1
    )
    """The confidence is the probability that the native size is right."""
    sheet: tuple[int, int] | None = _option(
        None, "Layout of a sprite sheet: its frames share one grid and one palette.", group="grid"
    )
    """``(rows, columns)`` of frames."""
    parts: bool = _option(
        False, "Sprites of a sheet that were drawn apart are read each on a grid of its own.", group="grid"
    )
    """Where their cells are of one size."""
    palette: Palette | str | os.PathLike[str] | None = _option(
        None, "Fixed palette: a built-in name, a file, or colours such as '#0f380f,#9bbc0f'.", group="color"
    )
    """Its order is kept."""
    colors: int | Literal["auto"] | None = _option(
        None, "Most colours of an automatic palette, or auto: as many as the picture needs.", group="color",
        least=1, most=256,
    )  # fmt: skip
    """None leaves the picture's own colours."""
    keep: Palette | str | os.PathLike[str] | None = _option(
        None,
        "Colours that an automatic palette has in any case, among as many as --colors says: as for --palette.",
        group="color",
    )
    """The rest is chosen for what they do not show."""
    quantizer: str = _option("oklab", "How an automatic palette is chosen.", group="color", choices=METHODS)
    """See :func:`unipixel.color.quantize`."""
    dither: DitherMethod = _option(
        "none", "How colours between those of the palette are shown.", group="color", choices=tuple(DITHERS)
    )
    """See :func:`unipixel.dither.dither`."""
    dither_strength: float = _option(1.0, "How strong the dithering is.", group="color", least=0, most=1)
    """0 is none."""
    serpentine: bool = _option(
        True, "Error diffusion runs left and right in turn, instead of always right.", group="color"
    )
    """Only for methods that diffuse an error."""
    background: str | None = _option(
        None,
        "Make the background transparent: flood (from the border), corner, or a colour such as '#ff00ff'.",
        group="clean-up",
    )
    """See :func:`unipixel.cleanup.remove_background`."""
    background_tolerance: float = _option(
        0.02, "OKLab distance up to which a pixel is background; 0.05 after JPEG.", group="clean-up", least=0, most=1
    )
    """0 for the very colour."""
    alpha: Alpha = _option(
        "keep",
        "Alpha to 1 bit: by threshold of the native pixel, or by the majority of its cell.",
        group="clean-up",
        choices=get_args(Alpha),
    )
    """``keep`` leaves translucent pixels translucent."""
    alpha_threshold: int = _option(
        128,
        "Pixels with at least this alpha become opaque, for --alpha threshold.",
        group="clean-up",
        least=1,
        most=255,
    )
    """0 is transparent, 255 opaque."""
    clean: tuple[str, ...] = _option((), "Clean-ups, in any order.", group="clean-up", choices=tuple(CLEANUPS))
    """See :func:`unipixel.cleanup.clean`."""
    zoom: int = _option(
        1, "Px of a native pixel in the result, by nearest neighbour.", group="output", least=1, most=64
    )
    """1 for true resolution."""
    optimize: bool = _option(
        False, "Recompress PNGs as small as oxipng makes them; needs the extra optimize.", group="output"
    )
    """The pixels and the palette stay as they are."""

    def __post_init__(self) -> None:
        problems = [problem for each in fields(self) if (problem := _problem(each, getattr(self, each.name)))]
        if problems:
            raise OptionError(" ".join(problems))
        if contradiction := self._contradiction():
            raise OptionError(contradiction)

    def _contradiction(self) -> str | None:
        """What two options say against each other."""
        given = [
            name
            for name, value in (
                ("preset", self.preset != "auto"),
                ("scale", self.scale),
                ("native-size", self.native_size),
            )
            if value
        ]
        if len(given) > 1:
            return f"--{given[0]} and --{given[1]} both name the grid: give one of them."
        if self.offset is not None and self.scale is None:
            return "--offset needs a --scale: give both."
        if self.parts and (given or self.sheet):
            return f"--parts finds the grid of each part: leave --{given[0] if given else 'sheet'} out."
        if self.palette is not None and self.colors is not None:
            return "--palette is a fixed palette and --colors an automatic one: give one of them."
        if self.keep is not None and self.colors is None:
            return "--keep is for an automatic palette: give --colors, a number or auto, too."
        if self.dither != "none" and self.palette is None and self.colors is None:
            return f"--dither {self.dither} needs a --palette, or --colors for an automatic one."
        return None

    @property
    def known_scale(self) -> float | None:
        """Canvas px per native px, as the preset or the scale says; None where it is to be found."""
        return self.scale if self.preset == "auto" else PRESET_SCALES[self.preset]


def _problem(each: Field[Any], value: Any) -> str | None:
    """What is wrong with one value, as a sentence."""
    rule = each.metadata
    name = each.name.replace("_", "-")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = rule["least"], rule["most"]
        if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
            span = f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
            return f"--{name} {value:g} is out of range: give {span}."
    if rule["choices"]:
        unknown = [item for item in (value if isinstance(value, tuple) else (value,)) if item not in rule["choices"]]
        if unknown:
            return f"--{name} {unknown[0]!s} is not known. There are: {', '.join(rule['choices'])}."
    return None
