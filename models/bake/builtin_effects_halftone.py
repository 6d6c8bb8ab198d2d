"""The printing screen."""

import numpy as np
from onnx import TensorProto

from builtin_effects_blocks import COLOUR, NUMBER, inks_out, look, positions
from graph import Graph

FIELD = 20
WHITE = (1.0, 1.0, 1.0)
# The part of a cell below which a dot, or a hole in the ink, is too small to print.
SMALLEST_DOT = 0.02
TONES = 256


def halftone() -> Graph:
    """Dots of one ink on white: they grow with the darkness, meet as squares at middle grey, and close to round holes.

    Flat areas keep their mean tone; details as fine as the screen are raised, or they would drown in it.
    """
    g = look("halftone", angle=NUMBER, pitch=NUMBER, ink=COLOUR)
    grey = g.luma(g.planes("image"))
    near, far = _blur_by_pitch(g, grey, 0.16), _blur_by_pitch(g, grey, 0.6)
    tone = g.add(near, g.mul(g.sub(near, far), 0.7))
    tone = g.clip(g.mul(g.sub(tone, SMALLEST_DOT), 1 / (1 - 2 * SMALLEST_DOT)))
    wave, slope = _screen(g)
    ink = g.clip(g.add(g.div(g.sub(wave, _threshold(g, tone)), slope), 0.5))
    inks_out(g, g.constant(WHITE), "ink", ink)
    return g


def _blur_by_pitch(g: Graph, x: str, pitches: float) -> str:
    """A Gaussian whose sigma is so many pitches of the screen, at most 8 pixels. Field FIELD."""
    sigma = g.op("Min", g.mul("pitch", pitches), 8.0)
    away = np.arange(-FIELD, FIELD + 1, dtype=np.float32)
    exponents = g.div(-(away**2) / 2, g.mul(sigma, sigma))
    # Weights below e^-40 would count for nothing, but numbers near float's smallest are several times as slow.
    weights = g.op("Exp", g.op("Max", exponents, -40.0))
    weights = g.div(weights, g.op("ReduceSum", weights, keepdims=1))
    x = g.pad(x, FIELD, FIELD, FIELD, FIELD)
    x = g.op("Conv", x, g.op("Reshape", weights, g.ints(1, 1, -1, 1)))
    return g.op("Conv", x, g.op("Reshape", weights, g.ints(1, 1, 1, -1)))


def _screen(g: Graph) -> tuple[str, str]:
    """The spot function (cos a + cos b) / 2 of the turned screen [1, 1, h, w], and its change from pixel to pixel.

    a and b turn once a pitch, along the screen and across it, by absolute position. The change is the gradient's length
    √(sin² a + sin² b) π / pitch, where sin² a = (1 − cos 2a) / 2.
    """
    x, y = (g.op("Cast", p, to=TensorProto.FLOAT) for p in positions(g))
    turn, radians = g.div(2 * np.pi, "pitch"), g.mul("angle", np.pi / 180)
    dx, dy = g.mul(g.op("Cos", radians), turn), g.mul(g.op("Sin", radians), turn)

    def cosines(times: int) -> str:
        """cos (times × a) + cos (times × b)."""
        fx, fy = g.mul(dx, float(times)), g.mul(dy, float(times))
        return _cosine_sum(g, [(g.mul(x, fx), g.mul(y, g.op("Neg", fy))), (g.mul(x, fy), g.mul(y, fx))])

    # The floor keeps the middles of dots and holes from dividing by nothing.
    steep = g.op("Sqrt", g.op("Max", g.sub(1.0, g.mul(cosines(2), 0.5)), 0.02))
    return g.mul(cosines(1), 0.5), g.mul(steep, g.div(np.pi, "pitch"))


def _cosine_sum(g: Graph, phases: list[tuple[str, str]]) -> str:
    """Σ cos (p + q) over pairs of a column's phase p [w] and a row's phase q [h], as [1, 1, h, w].

    cos (p + q) = cos p cos q − sin p sin q: products of a row's and a column's numbers, so one product of matrices.
    """
    columns, rows = [], []
    for p, q in phases:
        columns += [g.op("Cos", p), g.op("Sin", p)]
        rows += [g.op("Cos", q), g.op("Neg", g.op("Sin", q))]
    left = g.op("Concat", *(g.op("Unsqueeze", r, g.ints(1)) for r in rows), axis=1)
    right = g.op("Concat", *(g.op("Unsqueeze", c, g.ints(0)) for c in columns), axis=0)
    return g.op("Unsqueeze", g.op("MatMul", left, right), g.ints(0, 1))


def _threshold(g: Graph, tone: str) -> str:
    """The value that the spot function exceeds in the part 1 − tone of a cell: its quantile, from a table."""
    phase = (np.arange(512) + 0.5) / 512 * 2 * np.pi
    spot = (np.cos(phase)[:, None] + np.cos(phase)) / 2
    table = np.quantile(spot, np.linspace(0, 1, TONES)).astype(np.float32)
    table[[0, -1]] = -2, 2  # black and white without a trace of a dot
    return g.op("Gather", table, g.op("Cast", g.op("Round", g.mul(tone, TONES - 1)), to=TensorProto.INT32))
