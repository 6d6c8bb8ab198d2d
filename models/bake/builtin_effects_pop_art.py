"""Flat inks."""

import numpy as np
from onnx import TensorProto

from builtin_effects_blocks import NUMBER, guided, homogeneous, look, s_curve, smoothstep
from graph import Graph, gaussian

FIELD = 20
# Evenly spread from the darkest tone to the lightest; fewer levels take colours between neighbours.
INKS = np.asarray([[23, 21, 59], [141, 27, 79], [232, 68, 47], [249, 160, 63], [255, 224, 138], [255, 248, 231]]) / 255
TONES = 256


def pop_art() -> Graph:
    """Flat areas of few inks with clean edges, and a thin dark contour."""
    g = look("pop-art", levels=NUMBER, saturation=NUMBER)
    grey = g.luma(g.planes("image"))
    flat = homogeneous(g, guided(g, grey, 5, 0.08), 3, 0.03)

    # Shadows opened a little, so that dark fur keeps its shape; the curve then parts light from dark.
    even = g.blur(flat, 0.9, 1)
    opened = g.mix(even, g.op("Sqrt", g.op("Max", even, 0.0)), 0.35)
    tone = _levels(g, s_curve(g, opened, 0.3))
    index = g.op("Cast", g.op("Round", g.mul(tone, TONES - 1)), to=TensorProto.INT32)
    index, palette, line = g.op("Squeeze", index, g.ints(1)), _palette(g), INKS[0].astype(np.float32)
    colour, to_line = g.op("Gather", palette, index), g.op("Gather", g.sub(line, palette), index)

    darker = g.sub(g.filter(flat, gaussian(1.6, 4), 1), g.blur(flat, 1.0, 1))
    contour = smoothstep(g, darker, 0.013, 0.027)
    contour = g.thrice(g.op("Unsqueeze", g.op("Squeeze", contour, g.ints(1)), g.ints(3)))
    inked = g.mul(g.add(colour, g.mul(to_line, contour)), 255.0)
    g.output("image_out", g.op("Cast", g.op("Round", g.clip(inked, 0, 255)), to=TensorProto.UINT8))
    return g


def _palette(g: Graph) -> str:
    """The colour of each tone [TONES, 3], with this much of the inks' saturation."""
    tones = np.linspace(0, 1, TONES)
    places = np.linspace(0, 1, len(INKS))
    table = np.stack([np.interp(tones, places, channel) for channel in INKS.T], axis=1).astype(np.float32)
    greys = (table @ np.asarray([0.2126, 0.7152, 0.0722])).reshape(TONES, 1).astype(np.float32)
    return g.mix(greys, table, "saturation")


def _levels(g: Graph, x: str) -> str:
    """x in `levels` even steps from 0 to 1; the edge between two is about one pixel wide however steep x is there.

    After the soft quantisation of Winnemöller, Olsen, Gooch: Real-Time Video Abstraction (SIGGRAPH 2006). Field 1.
    """
    scaled = g.mul(x, "levels")
    edge = g.op("Round", scaled)
    central = np.zeros((2, 1, 3, 3), np.float32)
    central[0, 0, 1] = central[1, 0, :, 1] = (-0.5, 0, 0.5)
    slope = g.op("ReduceL2", g.op("Conv", g.pad(scaled, 1, 1, 1, 1), g.constant(central)), g.ints(1))
    pixels = g.div(g.sub(scaled, edge), g.op("Max", g.mul(slope, 1.3), 0.008))
    last = g.sub("levels", 1.0)
    level = g.op("Min", g.op("Max", g.add(edge, g.clip(pixels, -0.5, 0.5)), 0.5), g.add(last, 0.5))
    return g.div(g.sub(level, 0.5), last)
