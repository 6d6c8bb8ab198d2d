"""`refine`: from a mask at the model's size to a cut-out at the photo's, in two graphs.

`refine-wide` looks at the whole photo once, at about the mask's own size: a guided filter (He, Sun & Tang, "Guided
Image Filtering", ECCV 2010, eq. 14–16, colour guide) says how alpha follows the photo's colours around every
place, and the first pass of blur fusion (Forte & Pitié, "Approximate Fast Foreground Colour Estimation", ICIP
2021, eq. 4–6) how subject and background are coloured there. Both are smooth, so a quarter of the size holds them.
`refine-fine` applies them to the photo's own pixels, tile by tile, and runs the second pass of blur fusion.

The guided filter's line through the colours is believed only where it explains the mask (its R²): in clutter the
mask itself is the better answer.
"""

import numpy as np
from onnx import TensorProto

from builtin_matte import PICTURE, PLANE, SMOOTHING_SIGMA, snap
from graph import Graph, gaussian

QUARTER = 4
# In pixels of the wide pass, which are about those of the mask.
GUIDE_RADIUS = 6
GUIDE_EPSILON = 1e-4  # variance of colour (0–1) below which an edge is taken for noise
TRUST_FROM, TRUST_FULLY = 0.68, 0.94  # R² of the guided filter
FLAT = 1e-4  # variance of the mask below which there is nothing to explain
# The paper's 90 pixels at about 1024, on the quarter; and its 6 at full size.
WIDE_RADIUS = 22
FINE_RADIUS = 6
# A trace of alpha beside an edge is doubt, not hair, and prints as dirt: faint cover is made fainter still.
STRETCH = 0.04
FAINT = 0.12
MAP_CHANNELS = 13  # 3 slopes, offset, trust, least, most, subject's colour, background's colour
# Alpha stays between the least and the most that the mask says within so many pixels: further away from its edge an
# alike colour is no hair outside and, sooner, no hole inside: a dark stripe before a dark wood belongs to the tiger.
LEASH_OUTSIDE = 6
LEASH_INSIDE = 3
FINE_FIELD = FINE_RADIUS + 3


def refine_wide() -> Graph:
    """Picture and mask at one size, a multiple of 16, to `maps` [1, 13, h/4, w/4]."""
    g = Graph("refine-wide", {"image": PICTURE, "mask": PLANE}, {"maps": ("float32", ("N", MAP_CHANNELS, "mh", "mw"))})
    image, mask = g.planes("image"), g.planes("mask")
    slopes, offset, trust = _guided(g, image, mask)
    alpha = _apply(g, image, mask, slopes, offset, trust, *_leash(g, mask))
    small = {"kernel_shape": [QUARTER, QUARTER], "strides": [QUARTER, QUARTER]}
    subject, background = _wide_colours(g, g.op("AveragePool", image, **small), g.op("AveragePool", alpha, **small))
    guide = g.op("AveragePool", g.op("Concat", slopes, offset, trust, *_leash(g, mask), axis=1), **small)
    g.output("maps", g.op("Concat", guide, subject, background, axis=1))
    return g


def _box(g: Graph, chw: str, radius: int, channels: int) -> str:
    return g.filter(chw, np.full(2 * radius + 1, 1 / (2 * radius + 1)), channels)


def _guided(g: Graph, image: str, mask: str) -> tuple[str, str, str]:
    r, green, b = g.op("Split", image, g.ints(1, 1, 1), axis=1, outputs=3)
    products = [g.mul(x, y) for x, y in ((r, r), (r, green), (r, b), (green, green), (green, b), (b, b))]
    stack = g.op("Concat", image, mask, g.mul(image, mask), g.mul(mask, mask), *products, axis=1)
    means = g.op("Split", _box(g, stack, GUIDE_RADIUS, 14), g.ints(*[1] * 14), axis=1, outputs=14)
    mean, mean_mask, image_mask, mask_mask, squares = means[:3], means[3], means[4:7], means[7], means[8:]
    cov = [g.sub(im, g.mul(m, mean_mask)) for im, m in zip(image_mask, mean)]
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    rr, rg, rb, gg, gb, bb = (g.sub(s, g.mul(mean[i], mean[j])) for s, (i, j) in zip(squares, pairs))
    rr, gg, bb = (g.add(v, GUIDE_EPSILON) for v in (rr, gg, bb))
    slopes = _solve(g, (rr, rg, rb, gg, gb, bb), cov)
    offset = g.sub(mean_mask, _dot(g, slopes, mean))
    # R²: the share of the mask's variance that the line explains. Where the mask is even it needs no line.
    variance = g.sub(mask_mask, g.mul(mean_mask, mean_mask))
    explained = g.div(_dot(g, slopes, cov), g.add(variance, FLAT))
    trust = g.clip(g.mul(g.sub(explained, TRUST_FROM), 1 / (TRUST_FULLY - TRUST_FROM)))
    weighted = g.mul(g.op("Concat", *slopes, offset, axis=1), trust)
    averaged = _box(g, g.op("Concat", weighted, trust, axis=1), GUIDE_RADIUS, 5)
    return g.op("Split", averaged, g.ints(3, 1, 1), axis=1, outputs=3)


def _solve(g: Graph, m: tuple, v: list[str]) -> list[str]:
    """x of M·x = v for a symmetric 3×3 matrix (upper triangle, row by row) in every pixel, by cofactors."""
    rr, rg, rb, gg, gb, bb = m
    det2 = lambda a, b, c, d: g.sub(g.mul(a, b), g.mul(c, d))  # noqa: E731
    c00, c01, c02 = det2(gg, bb, gb, gb), det2(rb, gb, rg, bb), det2(rg, gb, rb, gg)
    c11, c12, c22 = det2(rr, bb, rb, rb), det2(rb, rg, rr, gb), det2(rr, gg, rg, rg)
    determinant = _dot(g, [rr, rg, rb], [c00, c01, c02])
    inverse = g.op("Reciprocal", g.op("Max", determinant, 1e-20))
    rows = ([c00, c01, c02], [c01, c11, c12], [c02, c12, c22])
    return [g.mul(_dot(g, row, v), inverse) for row in rows]


def _dot(g: Graph, a, b) -> str:
    return g.op("Sum", *[g.mul(x, y) for x, y in zip(a, b)])


def _leash(g: Graph, mask: str) -> tuple[str, str]:
    """The least and the most that alpha may be."""

    def most_within(x: str, reach: int) -> str:
        return g.op("MaxPool", x, kernel_shape=[2 * reach + 1] * 2, pads=[reach] * 4)

    return g.sub(1.0, most_within(g.sub(1.0, mask), LEASH_INSIDE)), most_within(mask, LEASH_OUTSIDE)


def _apply(g: Graph, image: str, mask: str, slopes: str, offset: str, trust: str, least: str, most: str) -> str:
    """The guided alpha where it is trusted, the mask where it is not."""
    guided = g.add(g.op("ReduceSum", g.mul(image, slopes), g.ints(1), keepdims=1), offset)
    alpha = g.add(guided, g.mul(g.sub(1.0, trust), mask))
    # The bounds come from a quarter of the size and are blurred by that; they must not overrule the mask itself.
    return g.op("Max", g.op("Min", least, mask), g.op("Min", g.op("Max", most, mask), alpha))


def _wide_colours(g: Graph, image: str, alpha: str) -> tuple[str, str]:
    """Mean colour of the subject and of the background within the wide window."""
    rest = g.sub(1.0, alpha)
    stack = g.op("Concat", g.mul(image, alpha), g.mul(image, rest), alpha, axis=1)
    f, b, a = g.op("Split", _box(g, stack, WIDE_RADIUS, 7), g.ints(3, 3, 1), axis=1, outputs=3)
    return g.div(f, g.add(a, 1e-5)), g.div(b, g.add(g.sub(1.0, a), 1e-5))


def refine_fine() -> Graph:
    """A tile of the photo with the whole photo's maps to the tile of the cut-out.

    `mask` is the mask at full size, `alpha` the photo's own ([1,1,1,1] of 255 where it has none), `size` the whole
    photo's [width, height], `origin` the tile's [left, top], `smoothing` 0 or 1.
    """
    g = Graph(
        "refine-fine",
        {
            "image": PICTURE,
            "mask": PLANE,
            "alpha": ("uint8", ("N", "ah", "aw", 1)),
            "maps": ("float32", ("N", MAP_CHANNELS, "mh", "mw")),
            "origin": ("int32", (2,)),
            "size": ("int32", (2,)),
            "smoothing": ("float32", (1,)),
        },
        {"cutout": PICTURE, "matte": PLANE},
    )
    image, mask = g.planes("image"), g.planes("mask")
    maps = _crop(g, "maps", image)
    slopes, offset, trust, least, most, subject, background = g.op("Split", maps, g.ints(3, 1, 1, 1, 1, 3, 3), axis=1, outputs=7)
    alpha = _apply(g, image, mask, slopes, offset, trust, least, most)
    # Where the photo's edges were followed there is nothing to smooth.
    soft = g.filter(alpha, gaussian(SMOOTHING_SIGMA), 1)
    alpha = g.mix(alpha, soft, g.mul("smoothing", g.sub(1.0, g.clip(trust))))
    alpha = g.clip(g.mul(g.sub(alpha, STRETCH), 1 / (1 - 2 * STRETCH)))
    alpha = snap(g, g.mul(alpha, g.clip(g.mul(alpha, 1 / FAINT))))
    colour = _foreground(g, image, alpha, subject, background)
    levels = g.op("Round", g.mul(g.mul(alpha, g.planes("alpha")), 255.0))
    g.bytes_out("matte", levels, scale=1)
    g.bytes_out("cutout", g.mul(colour, g.clip(levels)))
    return g


def _foreground(g: Graph, image: str, alpha: str, subject: str, background: str) -> str:
    """Both steps of blur fusion from the wide pass's colours; the second at full size."""
    first = _fuse(g, image, alpha, subject, background)
    rest = g.sub(1.0, alpha)
    stack = g.op("Concat", g.mul(first, alpha), g.mul(background, rest), alpha, axis=1)
    f, b, a = g.op("Split", _box(g, stack, FINE_RADIUS, 7), g.ints(3, 3, 1), axis=1, outputs=3)
    near_subject = g.div(f, g.add(a, 1e-5))
    near_background = g.div(b, g.add(g.sub(1.0, a), 1e-5))
    return _fuse(g, image, alpha, near_subject, near_background)


def _fuse(g: Graph, image: str, alpha: str, subject: str, background: str) -> str:
    """The subject's colour with what of the photo its mixture with the background does not explain."""
    unexplained = g.sub(image, g.mix(background, subject, alpha))
    return g.clip(g.add(subject, g.mul(alpha, unexplained)))


def _crop(g: Graph, maps: str, like: str) -> str:
    """The part of the maps under this tile, at the tile's size: bilinear between pixel centres, borders repeated."""
    to_float = lambda x: g.op("Cast", x, to=TensorProto.FLOAT)  # noqa: E731
    padded = g.pad(maps, 1, 1, 1, 1)
    tile = to_float(g.op("Shape", like, start=2, end=4))
    cells = to_float(g.op("Shape", maps, start=2, end=4))
    flip = g.ints(1, 0)  # origin and size are x, y; shapes are y, x
    origin, size = (to_float(g.op("Gather", name, flip)) for name in ("origin", "size"))
    per_pixel = g.div(cells, size)
    # Centre of the first and last pixel in cells, plus the one of padding; as fractions of the padded map.
    first = g.add(g.mul(g.add(origin, 0.5), per_pixel), 0.5)
    last = g.add(first, g.mul(g.sub(tile, 1.0), per_pixel))
    whole = g.add(cells, 1.0)
    roi = g.op("Concat", [0.0, 0.0], g.div(first, whole), [1.0, 1.0], g.div(last, whole), axis=0)
    channels = g.op("Shape", maps, start=0, end=2)
    sizes = g.op("Concat", channels, g.op("Shape", like, start=2, end=4), axis=0)
    attributes = {"mode": "linear", "coordinate_transformation_mode": "tf_crop_and_resize"}
    return g.op("Resize", padded, roi, "", sizes, **attributes)
