"""Helper graphs that bring a subject's colours nearer to those of a background.

Reinhard et al., "Color Transfer between Images", IEEE CG&A 21(5), 2001: mean and spread of each channel are
carried over; here in CIE L*a*b* (D65), in part only, and measured at the subject's rim, where the two meet.
"""

import numpy as np

from builtin_matte import PICTURE, PLANE
from graph import Graph

_WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)  # D65, IEC 61966-2-1
_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
RIM_RADIUS = 10


def rim() -> Graph:
    """`weight`: the part of a matte that is within RIM_RADIUS pixels of its edge; meant for a small copy."""
    g = Graph("rim", {"matte": PLANE}, {"weight": PLANE})
    alpha = g.planes("matte")
    size = 2 * RIM_RADIUS + 1
    near = g.op("MaxPool", g.sub(1.0, alpha), kernel_shape=[size, size], pads=[RIM_RADIUS] * 4)
    g.bytes_out("weight", g.mul(alpha, near))
    return g


def lab_statistics() -> Graph:
    """`statistics` [6]: weighted means of L*, a*, b*, then their standard deviations."""
    g = Graph("lab-statistics", {"image": PICTURE, "weight": PLANE}, {"statistics": ("float32", (6,))})
    lab, weight = to_lab(g, g.planes("image")), g.planes("weight")
    total = g.add(g.op("ReduceSum", weight, g.ints(2, 3), keepdims=1), 1e-6)
    mean = g.div(g.op("ReduceSum", g.mul(lab, weight), g.ints(2, 3), keepdims=1), total)
    difference = g.sub(lab, mean)
    square = g.mul(g.mul(difference, difference), weight)
    spread = g.op("Sqrt", g.div(g.op("ReduceSum", square, g.ints(2, 3), keepdims=1), total))
    g.output("statistics", g.op("Reshape", g.op("Concat", mean, spread, axis=1), g.ints(6)))
    return g


def lab_shift() -> Graph:
    """Colours moved by `slope`·x + `offset` in L*, a*, b* ([3] each)."""
    parameters = {"slope": ("float32", (3,)), "offset": ("float32", (3,))}
    g = Graph("lab-shift", {"image": PICTURE, **parameters}, {"image_out": PICTURE})
    lab = to_lab(g, g.planes("image"))
    shape = g.ints(1, 3, 1, 1)
    slope, offset = (g.op("Reshape", name, shape) for name in parameters)
    g.bytes_out("image_out", from_lab(g, g.add(g.mul(lab, slope), offset)))
    return g


def to_lab(g: Graph, rgb: str) -> str:
    """sRGB 0–1 to L* 0–100, a*, b* (CIE 15:2004, 8.2.1)."""
    steep = g.op("Pow", g.mul(g.add(rgb, 0.055), 1 / 1.055), 2.4)
    linear = _either(g, rgb, 0.04045, g.mul(rgb, 1 / 12.92), steep)
    xyz = g.op("Conv", linear, g.constant((_TO_XYZ / _WHITE[:, None]).astype(np.float32).reshape(3, 3, 1, 1)))
    root = g.op("Pow", g.op("Max", xyz, 1e-9), 1 / 3)
    f = _either(g, xyz, 216 / 24389, g.add(g.mul(xyz, 24389 / 27 / 116), 16 / 116), root)
    matrix = np.array([[0, 116, 0], [500, -500, 0], [0, 200, -200]], np.float32).reshape(3, 3, 1, 1)
    return g.add(g.op("Conv", f, g.constant(matrix)), g.constant(np.array([-16, 0, 0], np.float32).reshape(1, 3, 1, 1)))


def from_lab(g: Graph, lab: str) -> str:
    """The inverse of to_lab, clamped to sRGB."""
    matrix = np.array([[1 / 116, 1 / 500, 0], [1 / 116, 0, 0], [1 / 116, 0, -1 / 200]], np.float32).reshape(3, 3, 1, 1)
    f = g.add(g.op("Conv", lab, g.constant(matrix)), 16 / 116)
    xyz = _either(g, f, 6 / 29, g.mul(g.sub(f, 16 / 116), 116 * 27 / 24389), g.mul(g.mul(f, f), f))
    to_rgb = np.linalg.inv(_TO_XYZ / _WHITE[:, None].astype(np.float64))
    linear = g.clip(g.op("Conv", xyz, g.constant(to_rgb.astype(np.float32).reshape(3, 3, 1, 1))))
    steep = g.sub(g.mul(g.op("Pow", linear, 1 / 2.4), 1.055), 0.055)
    return _either(g, linear, 0.0031308, g.mul(linear, 12.92), steep)


def _either(g: Graph, x: str, limit: float, below: str, above: str) -> str:
    return g.mix(below, above, g.truth(g.op("Greater", x, g.constant(np.float32(limit)))))
