"""The print looks. Each has a finite field and looks at no statistics of the whole picture, so that it can be tiled."""

import numpy as np

from graph import Graph

PICTURE = ("uint8", ("N", "h", "w", 3))
INPUTS = {"image": PICTURE, "origin": ("int32", (2,))}
OUTPUTS = {"image_out": PICTURE}


def enhanced_bw() -> Graph:
    """Black and white with depth: a channel mix that lightens warm fur, an S-curve, an unsharp mask."""
    g = Graph("enhanced-bw", INPUTS, OUTPUTS)
    grey = g.luma(g.planes("image"), (0.40, 0.45, 0.15))
    curved = s_curve(g, grey, 0.45)
    sharp = g.add(curved, g.mul(g.sub(curved, g.blur(curved, 1.2, 1)), 0.7))
    g.bytes_out("image_out", g.op("Concat", sharp, sharp, sharp, axis=1))
    return g


def color() -> Graph:
    """The standard look: vibrance for dull colours, a little contrast, sharpening of lightness alone."""
    g = Graph("color", INPUTS, OUTPUTS)
    x = g.planes("image")
    grey = g.luma(x)
    spread = g.sub(g.op("ReduceMax", x, g.ints(1)), g.op("ReduceMin", x, g.ints(1)))
    # Vibrance: the duller a colour, the more it gains.
    gain = g.add(g.mul(g.sub(1.0, spread), 0.28), 1.0)
    vivid = g.add(grey, g.mul(g.sub(x, grey), gain))
    detail = g.sub(grey, g.blur(grey, 1.0, 1))
    lift = g.add(g.sub(s_curve(g, grey, 0.18), grey), g.clip(g.mul(detail, 0.6), -0.06, 0.06))
    g.bytes_out("image_out", g.add(vivid, lift))
    return g


def s_curve(g: Graph, x: str, strength: float) -> str:
    """Black, middle grey and white stay; between them contrast grows: x mixed with the smoothstep of x."""
    x = g.clip(x)
    steep = g.mul(g.mul(x, x), g.sub(3.0, g.mul(x, 2.0)))
    return g.mix(x, steep, np.float32(strength))
