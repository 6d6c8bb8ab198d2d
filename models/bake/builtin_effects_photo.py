"""Looks that stay photographs: black and white, colour, duotone."""

from builtin_effects_blocks import COLOUR, NUMBER, core, grain, grey_out, guided, inks_out, look, midtones, s_curve
from graph import Graph

# Red and green count alike: warm fur and skin come out light, noise (worst in blue) stays out.
CHANNEL_MIX = (0.42, 0.46, 0.12)
# What the guided filter takes for texture, to be raised, and not for an edge: pixels across, and how far it varies.
TEXTURE_RADIUS = 8
TEXTURE_DEVIATION = 0.12
TEXTURE_FIELD = 2 * TEXTURE_RADIUS
# Differences up to one level of 255 are noise.
NOISE = 0.004
SHARPENING_SIGMA = 1.0
SHARPENING_FIELD = 3


def enhanced_bw() -> Graph:
    """Black and white with depth: channel mix, local contrast, S-curve, sharpening, fine film grain."""
    g = look("enhanced-bw", contrast=NUMBER, grain=NUMBER)
    grey = g.luma(g.planes("image"), CHANNEL_MIX)
    depth = g.mul(g.add(0.3, g.mul("contrast", 1.2)), midtones(g, grey))
    toned = g.add(s_curve(g, grey, "contrast"), g.mul(_texture(g, grey), depth))
    # Limited, so that no line is drawn along a contour.
    sharp = g.clip(g.add(toned, g.clip(g.mul(_fine(g, grey), 0.5), -0.04, 0.04)))
    # Grain at full strength deviates by 0.075 (19 levels) in middle grey; black and white have none.
    amount = g.mul(g.mul(midtones(g, sharp), 0.075), "grain")
    grey_out(g, g.add(sharp, g.mul(grain(g, 0.6, seed=1), amount)))
    return g


def color() -> Graph:
    """The standard look: vibrance, contrast, sharpening of lightness alone."""
    g = look("color", vibrance=NUMBER, contrast=NUMBER, sharpness=NUMBER)
    picture = g.planes("image")
    grey = g.luma(picture)
    # Where the curve is steep colours gain with it, half as much as if it bent each channel by itself.
    steep = g.op("Max", g.mul(g.sub(g.mul(midtones(g, grey), 0.75), 0.5), "contrast"), 0.0)
    gain = g.mul(g.add(1.0, steep), g.add(1.0, g.mul(_dullness(g, picture), "vibrance")))
    lightness = g.add(s_curve(g, grey, "contrast"), _sharpening(g, grey))
    g.bytes_out("image_out", g.add(g.mul(g.sub(picture, grey), gain), lightness))
    return g


def duotone() -> Graph:
    """Two inks: tones run from the shadow's colour to the highlight's, with an S-curve and a little local contrast."""
    g = look("duotone", shadow=COLOUR, highlight=COLOUR, contrast=NUMBER)
    grey = g.luma(g.planes("image"), CHANNEL_MIX)
    toned = g.add(s_curve(g, grey, "contrast"), g.mul(_texture(g, grey), 0.6))
    inks_out(g, "shadow", "highlight", g.clip(toned))
    return g


def _texture(g: Graph, grey: str) -> str:
    """What is too small or too faint to be an edge: raising it raises local contrast without halos."""
    return core(g, g.sub(grey, guided(g, grey, TEXTURE_RADIUS, TEXTURE_DEVIATION)), NOISE)


def _fine(g: Graph, grey: str) -> str:
    return core(g, g.sub(grey, g.blur(grey, SHARPENING_SIGMA, 1)), NOISE)


def _sharpening(g: Graph, grey: str) -> str:
    """What sharpening adds to the lightness. No halo: it ends 0.015 beyond the darkest and lightest neighbour."""
    around = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    headroom = g.sub(g.op("MaxPool", grey, **around), g.sub(grey, 0.015))
    footroom = g.add(g.op("MaxPool", g.op("Neg", grey), **around), g.add(grey, 0.015))
    wanted = g.mul(g.mul(_fine(g, grey), 2.0), "sharpness")
    return g.op("Max", g.op("Min", wanted, headroom), g.op("Neg", footroom))


def _dullness(g: Graph, picture: str) -> str:
    """How much a colour shall gain, 0–1: most when dull, little when almost grey (a grey's noise), nothing when full.

    The nearer its hue is to orange (30°: skin, fur) the less, down to two fifths.
    """
    red, green, blue = g.op("Split", picture, g.ints(1, 1, 1), axis=1, outputs=3)
    high, low = g.op("Max", red, green, blue), g.op("Min", red, green, blue)
    spread = g.sub(high, low)
    saturation = g.div(spread, g.add(high, 0.15))
    dull = g.sub(1.0, saturation)
    # s (1 − s)² peaks at 4/27, where s is a third.
    gain = g.mul(g.mul(saturation, 27 / 4), g.mul(dull, dull))
    orange = g.div(g.op("Max", g.op("Min", g.sub(red, green), g.sub(green, blue)), 0.0), g.add(spread, 0.01))
    return g.mul(gain, g.sub(1.0, g.mul(orange, 1.2)))
