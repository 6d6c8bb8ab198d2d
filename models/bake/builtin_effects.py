"""The print looks: the graph of each and how far it sees. What they are called and which parameters they take is in
functions/effects/looks.json, the table that the command and the README read too.

Each has a finite field and looks at no statistics of the whole picture, so that it can be tiled.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import builtin_effects_halftone
import builtin_effects_pop_art
import builtin_effects_sketch
from builtin_effects_halftone import halftone
from builtin_effects_photo import SHARPENING_FIELD, TEXTURE_FIELD, color, duotone, enhanced_bw
from builtin_effects_pop_art import pop_art
from builtin_effects_sketch import sketch
from graph import Graph

# name → graph, and how many pixels around an output pixel count for it
GRAPHS = {
    "enhanced-bw": (enhanced_bw, TEXTURE_FIELD),
    "color": (color, SHARPENING_FIELD),
    "sketch": (sketch, builtin_effects_sketch.FIELD),
    "pop-art": (pop_art, builtin_effects_pop_art.FIELD),
    "halftone": (halftone, builtin_effects_halftone.FIELD),
    "duotone": (duotone, TEXTURE_FIELD),
}


@dataclass(frozen=True)
class Look:
    """`parameters` as in looks.json: numbers are float32 inputs [1], colours [3] (red, green, blue 0–1)."""

    graph: Callable[[], Graph]
    title: str
    field: int
    parameters: dict[str, dict]


def _read() -> dict[str, Look]:
    table = json.loads((Path(__file__).parent.parent.parent / "functions/effects/looks.json").read_text())
    if table.keys() != GRAPHS.keys():
        raise SystemExit(f"Expected the looks {sorted(GRAPHS)} in looks.json but received {sorted(table)}")
    return {name: Look(graph, table[name]["title"], field, table[name]["parameters"]) for name, (graph, field) in GRAPHS.items()}


LOOKS = _read()
