"""Helper graphs around the matte: bleeding colour outward, composing the cut-out, finding the subject's box."""

import numpy as np
from onnx import TensorProto

from graph import Graph, gaussian

PICTURE = ("uint8", ("N", "h", "w", 3))
PLANE = ("uint8", ("N", "h", "w", 1))

# Two Gaussians bleed colour outward: one for what is near, one, on every fourth pixel of the first, for the rest.
NEAR_SIGMA = 1.5
FAR_STEP = 4
FAR_RADIUS = 4  # in steps
BLEED_FIELD = 5 + FAR_STEP * FAR_RADIUS
SMOOTHING_SIGMA = 1.0
# What a box holds at least this much of (of 255) belongs to the subject: hair does, a trace of haze does not.
BOX_FROM = 13
SOLID_FROM = 128


def bleed() -> Graph:
    """Colour bled outward under transparent pixels: averages weighted with alpha, the near one before the far one.

    Filters and upscalers that look across the edge then see the subject's own colour instead of black.
    """
    g = Graph("bleed", {"image": PICTURE, "alpha": PLANE}, {"image_out": PICTURE})
    image, alpha = g.planes("image"), g.plane("alpha")
    colour, weight = _near_and_far(g, g.mul(image, alpha), 3), _near_and_far(g, alpha, 1)
    filled = g.div(colour, g.op("Max", weight, 1e-9))
    # Colour under a faint alpha is mostly noise: it gains weight up to a tenth of full cover.
    g.bytes_out("image_out", g.mix(filled, image, g.clip(g.mul(alpha, 10.0))))
    return g


def _near_and_far(g: Graph, x: str, channels: int) -> str:
    """The near average, and a trace of the far one: that counts only where the near one has next to nothing."""
    near = g.blur(x, NEAR_SIGMA, channels)
    far = g.filter(near, gaussian(1.7, FAR_RADIUS), channels, dilation=FAR_STEP)
    return g.add(near, g.mul(far, 1e-3))


def flatten() -> Graph:
    """A transparent picture on middle grey: what a segmentation net, which knows no alpha, is shown."""
    g = Graph("flatten", {"image": PICTURE, "alpha": PLANE}, {"image_out": PICTURE})
    g.bytes_out("image_out", g.mix(0.5, g.planes("image"), g.planes("alpha")))
    return g


def hide() -> Graph:
    """Black where alpha is 0: what cannot be seen shall not be found in the file either."""
    g = Graph("hide", {"image": PICTURE, "alpha": PLANE}, {"image_out": PICTURE})
    seen = g.clip(g.op("Cast", "alpha", to=TensorProto.FLOAT))
    kept = g.mul(g.op("Cast", "image", to=TensorProto.FLOAT), g.thrice(seen))
    g.output("image_out", g.op("Cast", kept, to=TensorProto.UINT8))
    return g


def matte() -> Graph:
    """The cut-out from the picture, the mask at its size and the photo's own alpha.

    `smoothing` is 0 or 1: how much of a Gaussian of the mask is taken. Ends are snapped (haze prints as dirt),
    the photo's own alpha ([1,1,1,1] of 255 where it has none) is multiplied in, and no colour is left where
    nothing is seen.
    """
    g = Graph(
        "matte",
        {"image": PICTURE, "mask": PLANE, "alpha": ("uint8", ("N", "ah", "aw", 1)), "smoothing": ("float32", (1,))},
        {"cutout": PICTURE, "matte": PLANE},
    )
    mask = g.planes("mask")
    soft = g.filter(mask, gaussian(SMOOTHING_SIGMA), 1)
    alpha = g.mul(snap(g, g.mix(mask, soft, "smoothing")), g.planes("alpha"))
    levels = g.op("Round", g.mul(alpha, 255.0))
    g.bytes_out("matte", levels, scale=1)
    g.bytes_out("cutout", g.mul(g.planes("image", scale=1), g.clip(levels)), scale=1)
    return g


def snap(g: Graph, alpha: str) -> str:
    """Below 1.5/255 nothing, above 253.5/255 everything. (Where is slow on a CPU; comparing and multiplying is not.)"""
    low = g.mul(alpha, g.truth(g.op("GreaterOrEqual", alpha, g.constant(1.5 / 255))))
    return g.op("Max", low, g.truth(g.op("Greater", alpha, g.constant(253.5 / 255))))


def box() -> Graph:
    """Where a matte is: `box` = [left, top, right, bottom) and `solid` = how many pixels are at least half there."""
    g = Graph("box", {"matte": PLANE}, {"box": ("int32", (4,)), "solid": ("int32", (1,))})
    columns = g.op("ReduceMax", "matte", g.ints(0, 1, 3), keepdims=0)
    rows = g.op("ReduceMax", "matte", g.ints(0, 2, 3), keepdims=0)
    (left, right), (top, bottom) = _extent(g, columns), _extent(g, rows)
    g.output("box", g.op("Concat", left, top, right, bottom, axis=0))
    solid = g.op("GreaterOrEqual", "matte", g.constant(SOLID_FROM, np.uint8))
    count = g.op("ReduceSum", g.op("Cast", solid, to=TensorProto.INT32), g.ints(0, 1, 2), keepdims=0)
    g.output("solid", count)
    return g


def _extent(g: Graph, profile: str) -> tuple[str, str]:
    """First index at or above the threshold, and one past the last; 0 and 0 when there is none."""
    inside = g.op("Cast", g.op("GreaterOrEqual", profile, g.constant(BOX_FROM, np.uint8)), to=TensorProto.INT32)
    found = g.op("Cast", g.op("ReduceMax", inside, g.ints(0), keepdims=1), to=TensorProto.INT64)
    first = g.op("ArgMax", inside, axis=0, keepdims=1)
    last = g.op("ArgMax", inside, axis=0, keepdims=1, select_last_index=1)
    past = g.op("Mul", g.op("Add", last, g.ints(1)), found)
    return (g.op("Cast", first, to=TensorProto.INT32), g.op("Cast", past, to=TensorProto.INT32))
