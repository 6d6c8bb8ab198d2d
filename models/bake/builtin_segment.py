"""The segmentation graph that ships until a trained one does: colour against the border's colours, and position."""

import numpy as np

from graph import Graph

SIDE = 256
_ROUNDS = 3


def segment() -> Graph:
    """Two Gaussian colour models, of what is likely subject and of what is likely background, refined in turns.

    The first guess is position alone (a subject is rarely at the border). No min-max: an even picture stays empty.
    """
    g = Graph("segment", {"image": ("uint8", (1, SIDE, SIDE, 3))}, {"mask": ("uint8", (1, SIDE, SIDE, 1))})
    colour = g.blur(_opponent(g, g.planes("image")), 1.5, 3)
    prior = g.constant(_position_prior())
    mask = g.op("Sigmoid", prior)
    contrast, logit = None, prior
    for _ in range(_ROUNDS):
        inside = _log_likelihood(g, colour, mask)
        outside = _log_likelihood(g, colour, g.sub(1.0, mask))
        evidence = g.clip(g.sub(inside, outside), -6.0, 6.0)
        contrast = g.op("ReduceMean", g.op("Abs", evidence), g.ints(1, 2, 3), keepdims=1)
        logit = g.blur(g.add(g.mul(evidence, 1.2), prior), 2.0, 1)
        mask = g.op("Sigmoid", logit)
    # Where the two models hardly differ there is nothing to tell apart: an even picture has no subject.
    present = g.clip(g.mul(g.sub(contrast, 0.02), 20.0))
    # Steeper at the end: doubt that helps the rounds along would print as haze.
    g.bytes_out("mask", g.mul(g.op("Sigmoid", g.mul(logit, 4.0)), present))
    return g


def _opponent(g: Graph, rgb: str) -> str:
    """Lightness, red–green, yellow–blue: noise and shading fall mostly on the first, so it counts for less."""
    matrix = np.array([[0.2, 0.2, 0.2], [1.0, -1.0, 0.0], [0.5, 0.5, -1.0]], np.float32)
    return g.op("Conv", rgb, g.constant(matrix.reshape(3, 3, 1, 1)))


def _log_likelihood(g: Graph, colour: str, weight: str) -> str:
    total = g.add(g.op("ReduceSum", weight, g.ints(2, 3), keepdims=1), 1e-3)
    mean = g.div(g.op("ReduceSum", g.mul(colour, weight), g.ints(2, 3), keepdims=1), total)
    difference = g.sub(colour, mean)
    square = g.mul(difference, difference)
    variance = g.add(g.div(g.op("ReduceSum", g.mul(square, weight), g.ints(2, 3), keepdims=1), total), 4e-4)
    terms = g.add(g.div(square, variance), g.op("Log", variance))
    return g.mul(g.op("ReduceSum", terms, g.ints(1), keepdims=1), -0.5)


def _position_prior() -> np.ndarray:
    """Log-odds of being subject: positive in a wide ellipse about the middle, falling steeply to the border."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    across, down = (x + 0.5) / SIDE * 2 - 1, (y + 0.5) / SIDE * 2 - 1
    radius = np.sqrt((across / 0.72) ** 2 + ((down - 0.05) / 0.8) ** 2)
    return np.clip(4.0 * (1.0 - radius), -5, 2.0).astype(np.float32).reshape(1, 1, SIDE, SIDE)
