"""The print looks: what each is called, how far it sees, which parameters it takes.

Each has a finite field and looks at no statistics of the whole picture, so that it can be tiled.
"""

from collections.abc import Callable
from dataclasses import dataclass

import builtin_effects_halftone
import builtin_effects_pop_art
import builtin_effects_sketch
from builtin_effects_halftone import halftone
from builtin_effects_photo import SHARPENING_FIELD, TEXTURE_FIELD, color, duotone, enhanced_bw
from builtin_effects_pop_art import pop_art
from builtin_effects_sketch import sketch
from graph import Graph


@dataclass(frozen=True)
class Number:
    """A float32 input of shape [1]."""

    low: float
    high: float
    default: float
    help: str
    unit: str = ""


@dataclass(frozen=True)
class Colour:
    """A float32 input of shape [3]: red, green, blue in sRGB, 0–1. The default is written #rrggbb."""

    default: str
    help: str


@dataclass(frozen=True)
class Look:
    """`field` is how many pixels around an output pixel count for it."""

    graph: Callable[[], Graph]
    title: str
    field: int
    parameters: dict[str, Number | Colour]


LOOKS = {
    "enhanced-bw": Look(
        enhanced_bw,
        "black and white with depth",
        TEXTURE_FIELD,
        {
            "contrast": Number(0, 1, 0.5, "depth: S-curve and local contrast"),
            "grain": Number(0, 1, 0.3, "film grain; none in black and white"),
        },
    ),
    "color": Look(
        color,
        "vivid colour",
        SHARPENING_FIELD,
        {
            "vibrance": Number(0, 1, 0.35, "strengthens dull colours, spares skin and fur"),
            "contrast": Number(0, 1, 0.25, "S-curve"),
            "sharpness": Number(0, 1, 0.5, "sharpening without halos"),
        },
    ),
    "sketch": Look(
        sketch,
        "pencil drawing",
        builtin_effects_sketch.FIELD,
        {
            "darkness": Number(0, 1, 0.5, "how hard the lines are pressed"),
            "hatching": Number(0, 1, 0.5, "strokes in the shadows; 0 leaves lines alone"),
        },
    ),
    "pop-art": Look(
        pop_art,
        "flat inks with a contour",
        builtin_effects_pop_art.FIELD,
        {
            "levels": Number(3, 6, 4, "how many inks", unit="inks"),
            "saturation": Number(0, 1, 1, "colour of the inks; 0 prints greys"),
        },
    ),
    "halftone": Look(
        halftone,
        "screen of printed dots",
        builtin_effects_halftone.FIELD,
        {
            "angle": Number(0, 90, 45, "how far the screen is turned", unit="degrees"),
            "pitch": Number(4, 24, 8, "from dot to dot", unit="pixels"),
            "ink": Colour("#000000", "colour of the dots; the paper is white"),
        },
    ),
    "duotone": Look(
        duotone,
        "two inks",
        TEXTURE_FIELD,
        {
            "shadow": Colour("#1b1f4b", "colour that black becomes"),
            "highlight": Colour("#fff1dc", "colour that white becomes"),
            "contrast": Number(0, 1, 0.5, "S-curve"),
        },
    ),
}
