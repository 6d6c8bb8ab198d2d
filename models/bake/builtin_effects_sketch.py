"""The pencil drawing."""

import numpy as np

from builtin_effects_blocks import NUMBER, grain, grey_out, guided, look, noise, smoothstep
from graph import Graph, gaussian

FIELD = 20
# Steps along a stroke that are averaged pair by pair: together a stroke of about 30 pixels. An even sum.
STROKE = (1, 1, 2, 4, 8, 16)


def sketch() -> Graph:
    """A pencil drawing: lines where the picture has them, hatching in the shadows, the tooth of the paper in both."""
    g = look("sketch", darkness=NUMBER, hatching=NUMBER)
    grey = g.luma(g.planes("image"))
    even = g.blur(guided(g, grey, 6, 0.1), 1.0, 1)
    tooth = grain(g, 0.8, seed=3)

    fur = _lines(g, grey, 0.5, 4.0, 2.4)
    edges = _lines(g, even, 0.8, 1.4, 7.0)
    lines = g.clip(g.mul(g.op("Max", fur, edges), g.add(0.5, "darkness")))

    shade = g.sub(1.0, even)
    light = _hatch(g, g.mul(g.sub(shade, 0.10), 1.1), seed=5, rising=True)
    deep = _hatch(g, g.mul(g.sub(shade, 0.45), 1.6), seed=9, rising=False)
    hatching = g.clip(g.mul(g.add(light, g.mul(deep, 0.6)), g.mul("hatching", 1.3)))

    bare = g.sub(1.0, g.mul(_laid(g, lines, tooth, 0.10), 0.9))
    grey_out(g, g.mul(bare, g.sub(1.0, g.mul(_laid(g, hatching, tooth, 0.08), 0.8))))
    return g


def _lines(g: Graph, grey: str, sigma: float, surroundings: float, strength: float) -> str:
    """How dark a line lies here, 0–1: by how much it is darker than its surroundings (both Gaussians, in pixels).

    The soft threshold is that of XDoG (Winnemöller, Kyprianidis, Olsen: Computers & Graphics 36, 2012); dividing by the
    surroundings instead of subtracting, the dodge of the darkroom, finds lines in dark fur as well.
    """
    near, far = g.add(g.blur(grey, sigma, 1), 0.06), g.add(g.blur(grey, surroundings, 1), 0.06)
    darker = g.op("Max", g.sub(1 - 0.015, g.div(near, far)), 0.0)
    return g.op("Tanh", g.mul(darker, strength))


def _hatch(g: Graph, ink: str, seed: int, rising: bool) -> str:
    """Strokes at 45°, rising or falling to the right, for a shadow that wants this much ink (clamped to 0–1).

    Noise blurred along the stroke (line integral convolution: Cabral, Leedom, SIGGRAPH 1993), by doubling.
    """
    strokes = g.sub(noise(g, sum(STROKE) // 2 + 1, seed), 0.5)
    pair = np.eye(2)[::-1] if rising else np.eye(2)
    for step in STROKE:
        kernel = g.constant(pair.reshape(1, 1, 2, 2) / np.sqrt(2))
        strokes = g.op("Conv", strokes, kernel, dilations=[step, step])
    soft = gaussian(0.6, 1)
    strokes = g.op("Conv", strokes, g.constant(np.outer(soft, soft).reshape(1, 1, 3, 3)))
    ink = g.clip(ink)
    # In deep shadow the strokes close up.
    uneven = g.mul(strokes, g.sub(1.0, g.mul(ink, 0.5)))
    return g.mul(g.op("Sqrt", ink), smoothstep(g, g.add(ink, uneven), -0.1, 0.9))


def _laid(g: Graph, ink: str, tooth: str, depth: float) -> str:
    """Pencil on the tooth of the paper: hills take more of it, valleys less; bare and black stay."""
    grip = g.mul(g.mul(ink, g.sub(1.0, ink)), 4 * depth)
    return g.clip(g.add(ink, g.mul(tooth, grip)))
