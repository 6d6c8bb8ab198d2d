"""The helper graphs of the upscale stage. The upscaler itself is trained (models/bake/train)."""

import numpy as np

from graph import Graph, cubic

PICTURE = ("uint8", ("N", "h", "w", 3))


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
