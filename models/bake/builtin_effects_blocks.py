"""What the print looks share. Every block works on float planes [N, 1, h, w], 0 black to 1 white, if it says no other.

A block's field, where it has one, is how many pixels away from an output pixel its input still counts.
"""

import numpy as np
from onnx import TensorProto

from graph import Graph, gaussian

PICTURE = ("uint8", ("N", "h", "w", 3))
NUMBER = ("float32", (1,))
COLOUR = ("float32", (3,))
MERSENNE = 2**31 - 1


def look(name: str, **parameters) -> Graph:
    """A look's empty graph: the picture, where its tile lies in the whole picture (left, top), the parameters."""
    inputs = {"image": PICTURE, "origin": ("int32", (2,)), **parameters}
    return Graph(name, inputs, {"image_out": PICTURE})


def grey_out(g: Graph, grey: str) -> None:
    levels = g.op("Round", g.clip(g.mul(grey, 255.0), 0, 255))
    hwc = g.op("Unsqueeze", g.op("Squeeze", levels, g.ints(1)), g.ints(3))
    g.output("image_out", g.op("Cast", g.thrice(hwc), to=TensorProto.UINT8))


def inks_out(g: Graph, first: str, second: str, tone: str) -> None:
    """Tone 0 in the first colour, tone 1 in the second (inputs or constants of shape [3], sRGB 0–1)."""
    first, second = (g.op("Reshape", colour, g.ints(1, 3, 1, 1)) for colour in (first, second))
    g.bytes_out("image_out", g.mix(first, second, tone))


# Tone.


def smoothstep(g: Graph, x: str, low: float, high: float) -> str:
    """0 below low, 1 above high, 3t² − 2t³ between (the slopes meet at both ends)."""
    t = g.clip(g.mul(g.sub(x, low), 1 / (high - low)))
    return g.mul(g.mul(t, t), g.sub(3.0, g.mul(t, 2.0)))


def s_curve(g: Graph, x: str, strength) -> str:
    """Black, middle grey and white stay; between, contrast grows: by half at strength 1, where x is its smoothstep."""
    x = g.clip(x)
    return g.mix(x, smoothstep(g, x, 0.0, 1.0), strength)


def midtones(g: Graph, x: str) -> str:
    """A weight: 1 at middle grey, 0 at black and white."""
    return g.mul(g.mul(x, 4.0), g.sub(1.0, x))


def core(g: Graph, detail: str, threshold: float) -> str:
    """Detail without what is smaller than the threshold (noise): a soft threshold."""
    return g.sub(detail, g.clip(detail, -threshold, threshold))


# Filters that keep edges.


def moments(g: Graph, x: str, kernel: np.ndarray) -> tuple[str, str]:
    """Mean and variance around each pixel, weighted with the kernel."""
    mean = g.filter(x, kernel, 1)
    square = g.filter(g.mul(x, x), kernel, 1)
    return mean, g.op("Max", g.sub(square, g.mul(mean, mean)), 0.0)


def guided(g: Graph, x: str, radius: int, deviation: float) -> str:
    """x smoothed by itself as the guide: texture below `deviation` goes, edges above it stay. Field 2 × radius.

    He, Sun, Tang: Guided Image Filtering (ECCV 2010), equations 5–8 with I = p and ε = deviation²; the window is a
    Gaussian cut off at 2.2 sigma instead of a box, which leaves no square traces.
    """
    kernel = gaussian(radius / 2.2, radius)
    mean, variance = moments(g, x, kernel)
    slope = g.div(variance, g.add(variance, deviation**2))
    offset = g.sub(mean, g.mul(slope, mean))
    return g.add(g.mul(g.filter(slope, kernel, 1), x), g.filter(offset, kernel, 1))


def homogeneous(g: Graph, x: str, radius: int, deviation: float) -> str:
    """x as the mean of the most even neighbourhoods it lies in: flat areas, clean edges. Field 2 × radius.

    A Kuwahara filter with weights in place of a choice (Papari, Petkov, Campisi: Artistic Edge and Corner Enhancing
    Smoothing, IEEE TIP 16, 2007), over all windows that hold the pixel; weight = 1 / (deviation² + variance)².
    """
    kernel = gaussian(radius / 2, radius)
    mean, variance = moments(g, x, kernel)
    root = g.div(deviation**2, g.add(variance, deviation**2))
    weight = g.add(g.mul(root, root), 1e-6)
    return g.div(g.filter(g.mul(mean, weight), kernel, 1), g.filter(weight, kernel, 1))


# Textures that belong to the picture's pixels, not to the tile's: computed from their absolute positions.


def positions(g: Graph, margin: int = 0) -> tuple[str, str]:
    """Absolute x [w + 2 margin] and y [h + 2 margin] of the tile's columns and rows, int64."""
    shape = g.op("Shape", "image")
    origin = g.op("Cast", "origin", to=TensorProto.INT64)

    def axis(place: int, of_shape: int) -> str:
        first = g.sub(g.op("Gather", origin, g.constant(place, np.int64)), g.constant(margin, np.int64))
        length = g.add(g.op("Gather", shape, g.constant(of_shape, np.int64)), g.constant(2 * margin, np.int64))
        return g.op("Range", first, g.add(first, length), g.constant(1, np.int64))

    return axis(0, 2), axis(1, 1)


def noise(g: Graph, margin: int, seed: int) -> str:
    """White noise [1, 1, h + 2 margin, w + 2 margin], even over 0–1, the same for a pixel whichever tile it is in.

    Each column and row gets a number below 2048 (squares modulo 2³¹ − 1, in integers); their sum v modulo 2048 becomes
    v (v + 1) / 2 modulo 2048, a permutation. All steps are exact in float32, so all processors agree.
    """

    def scrambled(place: str, salt: int) -> str:
        h = g.add(g.op("Mul", place, g.constant(48271, np.int64)), g.constant(salt, np.int64))
        for _ in range(3):
            h = g.op("Mod", h, g.constant(MERSENNE, np.int64))
            h = g.add(g.op("Mul", h, h), g.constant(salt, np.int64))
        h = g.op("Mod", g.op("Div", h, g.constant(1 << 12, np.int64)), g.constant(2048, np.int64))
        return g.mul(g.op("Cast", h, to=TensorProto.FLOAT), 1 / 2048)

    x, y = positions(g, margin)
    column = scrambled(x, 7919 * seed + 104729)
    row = g.op("Unsqueeze", scrambled(y, 6271 * seed + 1299709), g.ints(1))
    v = _fraction(g, g.add(column, row))
    triangular = g.mul(v, g.add(g.mul(v, 1024.0), 0.5))
    return g.op("Unsqueeze", _fraction(g, triangular), g.ints(0, 1))


def _fraction(g: Graph, x: str) -> str:
    return g.sub(x, g.op("Floor", x))


def grain(g: Graph, size: float, seed: int) -> str:
    """Noise with grains about `size` pixels (sigma) wide, mean 0, deviation 1."""
    kernel = gaussian(size)
    margin = len(kernel) // 2
    flat = np.outer(kernel, kernel)
    flat *= np.sqrt(12 / (flat**2).sum())
    return g.op("Conv", g.sub(noise(g, margin, seed), 0.5), g.constant(flat.reshape(1, 1, *flat.shape)))
