"""The upscaler that ships until a trained one does, and the helper graphs of the upscale stage."""

import numpy as np

from graph import Graph, cubic, gaussian

PICTURE = ("uint8", ("N", "h", "w", 3))
TWICE = ("uint8", ("N", "2h", "2w", 3))

_RADIUS = 3
_SHARPENING = 0.5


def upscale() -> Graph:
    """Twice the sides by bicubic interpolation and an unsharp mask, folded into one convolution."""
    g = Graph("upscale", {"image": PICTURE}, {"image_out": TWICE})
    x = g.pad(g.planes("image", scale=1), _RADIUS, _RADIUS, _RADIUS, _RADIUS)
    weights = np.tile(_phases().reshape(4, 1, 2 * _RADIUS + 1, 2 * _RADIUS + 1), (3, 1, 1, 1))
    phases = g.op("Conv", x, g.constant(weights), group=3)
    g.bytes_out("image_out", g.op("DepthToSpace", phases, blocksize=2, mode="CRD"), scale=1)
    return g


def _phases() -> np.ndarray:
    """Weights [4, 7, 7] of the input pixels around for the four output pixels of one input pixel."""
    size = 2 * _RADIUS + 1
    # The answer to an impulse in one dimension, on the output's finer grid (half-pixel centres).
    fine = np.arange(-4 * size, 4 * size + 2)
    position = (fine + 0.5) / 2 - 0.5
    response = cubic(position)
    soft = np.convolve(response, gaussian(1.0), mode="same")
    centre = np.flatnonzero(fine == 0)[0]
    phases = []
    for dy in range(2):
        for dx in range(2):
            plain = np.zeros((size, size))
            blurred = np.zeros((size, size))
            for i in range(-_RADIUS, _RADIUS + 1):
                for j in range(-_RADIUS, _RADIUS + 1):
                    down, across = centre + dy - 2 * i, centre + dx - 2 * j
                    plain[i + _RADIUS, j + _RADIUS] = response[down] * response[across]
                    blurred[i + _RADIUS, j + _RADIUS] = soft[down] * soft[across]
            kernel = plain + _SHARPENING * (plain - blurred)
            phases.append(kernel / kernel.sum())
    return np.asarray(phases, np.float32)


def halve() -> Graph:
    """Half the sides by the cubic kernel, widened to the new pixels so that nothing aliases."""
    g = Graph("halve", {"image": ("uint8", ("N", "2h", "2w", 3))}, {"image_out": ("uint8", ("N", "h", "w", 3))})
    kernel = cubic((np.arange(8) - 3.5) / 2)
    g.bytes_out("image_out", g.filter(g.planes("image", scale=1), kernel / kernel.sum(), 3, stride=2), scale=1)
    return g


def neutral() -> Graph:
    """The mean of the three channels in all of them: networks tint greys a little."""
    g = Graph("neutral", {"image": PICTURE}, {"image_out": PICTURE})
    mean = g.op("ReduceMean", g.planes("image", scale=1), g.ints(1), keepdims=1)
    g.bytes_out("image_out", g.op("Concat", mean, mean, mean, axis=1), scale=1)
    return g
