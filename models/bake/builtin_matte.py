"""Helper graphs around the matte: bleeding colour outward, composing the cut-out, finding the subject's box."""

import numpy as np
from onnx import TensorProto

from graph import Graph, gaussian

PICTURE = ("uint8", ("N", "h", "w", 3))
PLANE = ("uint8", ("N", "h", "w", 1))

BLEED_STEPS = (1, 2, 4, 8, 16)
SMOOTHING_SIGMA = 1.0
# What a box holds at least this much of (of 255) belongs to the subject: hair does, a trace of haze does not.
BOX_FROM = 13
SOLID_FROM = 128


def bleed() -> Graph:
    """Colour bled outward under transparent pixels, by ever wider averages weighted with alpha.

    Filters and upscalers that look across the edge then see the subject's own colour instead of black.
    """
    g = Graph("bleed", {"image": PICTURE, "alpha": PLANE}, {"image_out": PICTURE})
    image, alpha = g.planes("image"), g.planes("alpha")
    weighted = g.op("Concat", g.mul(image, alpha), alpha, axis=1)
    levels = []
    for step in BLEED_STEPS:
        weighted = _spread(g, weighted, step)
        colour, weight = g.op("Split", weighted, g.ints(3, 1), axis=1, outputs=2)
        # The smallest positive alpha in reach is 1/255, thinned by a factor of nine at every step.
        levels.append((g.div(colour, g.op("Max", weight, 1e-12)), g.op("Greater", weight, g.constant(1e-9))))
    filled = levels[-1][0]
    for colour, reached in reversed(levels[:-1]):
        filled = g.op("Where", reached, colour, filled)
    # Colour under a faint alpha is mostly noise: it gains weight up to a tenth of full cover.
    trusted = g.clip(g.mul(alpha, 10.0))
    g.bytes_out("image_out", g.mix(filled, image, trusted))
    return g


def _spread(g: Graph, chw: str, step: int) -> str:
    """The mean of nine samples `step` apart (à-trous, Holschneider et al. 1989); cheap at any reach."""
    for axis, (top, left) in ((2, (step, 0)), (3, (0, step))):
        padded = g.pad(chw, top, top, left, left)
        length = 2**31 - 1
        before = g.op("Slice", padded, g.ints(0), g.ints(-2 * step), g.ints(axis))
        middle = g.op("Slice", padded, g.ints(step), g.ints(-step), g.ints(axis))
        after = g.op("Slice", padded, g.ints(2 * step), g.ints(length), g.ints(axis))
        chw = g.mul(g.op("Sum", before, middle, after), 1 / 3)
    return chw


def flatten() -> Graph:
    """A transparent picture on middle grey: what a segmentation net, which knows no alpha, is shown."""
    g = Graph("flatten", {"image": PICTURE, "alpha": PLANE}, {"image_out": PICTURE})
    g.bytes_out("image_out", g.mix(0.5, g.planes("image"), g.planes("alpha")))
    return g


def hide() -> Graph:
    """Black where alpha is 0: what cannot be seen shall not be found in the file either."""
    g = Graph("hide", {"image": PICTURE, "alpha": PLANE}, {"image_out": PICTURE})
    seen = g.op("Greater", "alpha", g.constant(0, np.uint8))
    g.output("image_out", g.op("Where", seen, "image", g.constant(0, np.uint8)))
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
    seen = g.op("Greater", levels, g.constant(0.5))
    g.bytes_out("matte", levels, scale=1)
    g.bytes_out("cutout", g.op("Where", seen, g.planes("image", scale=1), g.constant(0.0)), scale=1)
    return g


def snap(g: Graph, alpha: str) -> str:
    """Below 1.5/255 nothing, above 253.5/255 everything."""
    low = g.op("Where", g.op("Less", alpha, g.constant(1.5 / 255)), g.constant(0.0), alpha)
    return g.op("Where", g.op("Greater", low, g.constant(253.5 / 255)), g.constant(1.0), low)


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
