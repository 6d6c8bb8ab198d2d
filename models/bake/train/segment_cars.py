"""Cars of no maker: a hull lofted over stations from nose to tail, with glass, lamps and wheels (see segment_scene.py)."""

from __future__ import annotations

import cv2
import numpy as np
from segment_scene import Scene, circle

STATIONS = 72
# Ranges: the roof's height (m); where the bonnet ends, how far the windscreen reaches behind it, where the roof ends and
# the rear window (shares of the length); the bonnet's and the belt's height (m).
BODIES = {
    "saloon": ((1.38, 1.5), (0.24, 0.31), (0.13, 0.19), (0.64, 0.72), (0.84, 0.92), (0.82, 0.95), (0.88, 1.0)),
    "hatch": ((1.42, 1.58), (0.2, 0.27), (0.14, 0.2), (0.78, 0.88), (0.94, 0.985), (0.85, 0.98), (0.92, 1.02)),
    "estate": ((1.55, 1.85), (0.2, 0.28), (0.1, 0.16), (0.88, 0.94), (0.96, 0.99), (0.95, 1.12), (1.02, 1.15)),
    "sports": ((1.1, 1.3), (0.26, 0.4), (0.16, 0.24), (0.58, 0.7), (0.8, 0.95), (0.68, 0.84), (0.74, 0.9)),
    "van": ((1.8, 2.3), (0.08, 0.16), (0.1, 0.16), (0.95, 0.97), (0.98, 0.99), (0.95, 1.15), (1.1, 1.25)),
    "pickup": ((1.65, 1.85), (0.22, 0.28), (0.08, 0.12), (0.5, 0.58), (0.58, 0.63), (1.0, 1.12), (1.0, 1.12)),
}
PAINTS = (
    (225, 225, 228), (190, 193, 198), (120, 124, 130), (25, 26, 30), (150, 20, 25),
    (25, 55, 120), (30, 80, 50), (200, 160, 40), (210, 90, 30),
)  # fmt: skip


def car(rng, mirrored: np.ndarray):
    """RGB uint8 [h, w, 3]; its matte and its shadow on the ground, uint8 [h, w]."""
    u = rng.uniform
    roof, bonnet_end, rise, roof_end, tail, bonnet, belt = (u(*span) for span in BODIES[str(rng.choice(list(BODIES)))])
    length, width, sill = u(3.6, 5.0), u(1.68, 1.98), u(0.14, 0.26)
    low = roof < 1.3
    scene = Scene(rng, length / 2, mirrored, elevation=np.deg2rad(u(1, 16) if rng.random() < 0.8 else u(12, 32)), azimuth=u(0, 2 * np.pi))
    x = (1 - np.cos(np.linspace(0, np.pi, STATIONS))) / 2 * 0.6 + np.linspace(0, 1, STATIONS) * 0.4
    nose, back = u(0.5, 0.75) * bonnet, u(0.6, 0.95) * belt
    shoulder = smooth(np.interp(x, (0, 0.02, bonnet_end, roof_end, 0.975, 1), (nose * 0.8, nose, bonnet, belt, back, back * 0.75)), 1.5)
    cabin = np.interp(x, (0, bonnet_end, bonnet_end + rise, roof_end, tail, 1), (0, 0, roof - bonnet, roof - belt, 0.02, 0))
    cabin = smooth(cabin, u(0.8, 2.2))
    plan = (1 - np.abs(2 * x - 1) ** u(4, 9)) ** (1 / u(3, 5)) * u(0.99, 1) + 0.02
    half = width / 2 * np.clip(plan, 0.25, 1)
    narrow = u(0.66, 0.82)
    bottom = sill + np.interp(x, (0, 0.08, 0.92, 1), (u(0, 0.12), 0, 0, u(0.05, 0.2)))
    sections = np.stack([section(*at, narrow) for at in zip(half, bottom, shoulder, np.maximum(cabin, 0.05))])
    points = np.concatenate([((x - 0.5) * length)[:, None, None].repeat(sections.shape[1], 1), sections], -1)
    points[..., 2] -= roof / 2
    axles, wheel = (u(0.15, 0.21), u(0.78, 0.85)), u(0.3, 0.37) if low else u(0.3, 0.4)
    colours, gloss = painted(rng, x, points, sections, cabin, (bonnet_end, rise, roof_end, tail), axles, length, wheel, roof)
    wheels(scene, rng, points, x, axles, length, wheel, roof)
    scene.mesh(points, colours, gloss)
    return scene.picture()


def section(half: float, bottom: float, shoulder: float, cabin: float, narrow: float) -> np.ndarray:
    """Across one station, from one sill over the roof to the other: [points, 2] (y, z)."""
    side = np.array(
        [
            (0, bottom), (half * 0.8, bottom), (half * 0.95, bottom + 0.04), (half, bottom + 0.45 * (shoulder - bottom)),
            (half * 0.985, bottom + 0.8 * (shoulder - bottom)), (half * 0.93, shoulder),
            (half * (narrow + (0.93 - narrow) * 0.4), shoulder + cabin * 0.6), (half * narrow, shoulder + cabin * 0.92),
            (half * narrow * 0.7, shoulder + cabin * 0.99), (0, shoulder + cabin + 0.02),
        ]
    )  # fmt: skip
    at = np.r_[0, 0.6, np.linspace(1, 5, 14)[:-1], np.linspace(5, 7, 9), 7.5, 8, 8.5, 9]
    right = np.stack([np.interp(at, np.arange(len(side)), side[:, k]) for k in range(2)], -1)
    return np.concatenate([right[:-1] * (-1, 1), right[::-1]])


def painted(rng, x, points, sections, cabin, spans, axles, length, wheel, roof):
    """The colour and gloss of every quad: paint, glass between pillars, lamps, grille, arches, gaps of doors."""
    bonnet_end, rise, roof_end, tail = spans
    n, m = points.shape[0] - 1, points.shape[1] - 1
    paint = np.array(PAINTS[rng.integers(len(PAINTS))], float) if rng.random() < 0.8 else rng.uniform(10, 240, 3)
    colours = np.broadcast_to(paint, (n, m, 3)).copy()
    gloss = np.full((n, m), rng.uniform(0.35, 0.95))
    mid = (points[1:, 1:] + points[:-1, :-1]) / 2
    share = ((x[1:] + x[:-1]) / 2)[:, None]
    height = mid[..., 2] + roof / 2
    at = np.abs(np.arange(m) + 0.5 - m / 2)  # quads from the roof's middle
    side_glass, top = (at >= 5) & (at < 11), at < 5
    tall = (np.minimum(cabin[1:], cabin[:-1]) > 0.16)[:, None]
    pillars = np.zeros_like(share, bool)
    for pillar in (bonnet_end + rise * 0.9, *rng.uniform(bonnet_end + rise, roof_end, 2), roof_end + (tail - roof_end) * 0.35):
        pillars |= np.abs(share - pillar) < 0.012
    glass = tall & side_glass & ~pillars & (share < roof_end + (tail - roof_end) * rng.uniform(0.2, 0.6))
    if rng.random() < 0.15:
        glass &= share < roof_end * 0.5  # a van without windows behind
    glass |= (top | side_glass) & (share > bonnet_end + 0.015) & (share < bonnet_end + rise * 0.95) & (at < 9)
    glass |= top & (share > roof_end + 0.02) & (share < tail - 0.02)
    tint = rng.uniform(8, 60) * np.array([0.9, 1, 1]) if rng.random() < 0.85 else rng.uniform(20, 140, 3)
    colours[glass], gloss[glass] = tint, rng.uniform(0.6, 1)
    around = np.stack([np.hypot(mid[..., 0] - (a - 0.5) * length, height - wheel) for a in axles]).min(0)
    arch = (around < wheel * rng.uniform(1.08, 1.2)) & (at >= 11)
    dark = arch | ((height < sections[..., 1].min() + rng.uniform(0.04, 0.14)) & (at >= 12))
    lamp = (at > 9) & (at < 17) & (share < rng.uniform(0.03, 0.07)) & (height > 0.5)
    colours[lamp], gloss[lamp] = (235, 238, 240), 0.9
    rear = (at > 9) & (at < 17) & (share > rng.uniform(0.955, 0.985)) & (height > 0.55)
    colours[rear], gloss[rear] = (170, 15, 20), 0.7
    front = (at > 12) & (share < 0.015) & (height < 0.5)
    colours[front | dark], gloss[front | dark] = rng.uniform(5, 40), 0.05
    for gap in rng.uniform(bonnet_end, roof_end, 3):
        line = (np.abs(share - gap) == np.abs(share - gap).min()) & (at >= 11) & ~dark
        colours[line] *= 0.5
    return colours, gloss


def wheels(scene: Scene, rng, points, x, axles, length: float, wheel: float, roof: float) -> None:
    """Two that show, two behind the hull; tyre, rim and spokes."""
    alloy, spokes, rubber = rng.uniform(60, 225), int(rng.choice([5, 6, 7, 10, 12])), rng.uniform(12, 45)
    rim, wide = wheel * rng.uniform(0.66, 0.82), rng.uniform(0.17, 0.25)
    for axle in axles:
        half = np.interp(axle, x, points[..., 1].max(1)) * rng.uniform(0.9, 0.98)
        for hand in (-1, 1):
            centre = np.array([(axle - 0.5) * length, hand * half, wheel - roof / 2])
            near = scene.seen(centre)[1] < scene.seen(centre * (1, -1, 1))[1]
            layer = 2 if near else 0
            for inward in np.linspace(wide, 0, 7):
                scene.disc(centre - (0, hand * inward, 0), wheel, (rubber,) * 3, layer=layer + (0 if inward else 0.1), gloss=0.02)
            if not near:
                continue
            scene.disc(centre, rim, (alloy * 0.28,) * 3, layer=2.2)
            for spoke in circle(centre, rim * 0.94, (0, 1, 0), spokes)[:-1]:
                scene.tube([centre, spoke], wheel * rng.uniform(0.05, 0.09), (alloy,) * 3, layer=2.3, pieces=1)
            scene.ring(centre, rim * 0.97, wheel * 0.025, (alloy,) * 3, layer=2.4)
            scene.disc(centre, wheel * 0.12, (alloy * 0.8,) * 3, layer=2.5)


def smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(values.astype(np.float64)[:, None], (1, 0), 0, sigmaY=sigma, borderType=cv2.BORDER_REPLICATE)[:, 0]
