"""Things of tubes, through which the background shows: bicycles, chairs, tables, racks (see segment_scene.py)."""

from __future__ import annotations

import numpy as np
from segment_scene import Scene, circle

DARK = ((18, 18, 20), (28, 28, 32), (45, 45, 50))


def frame(rng, mirrored: np.ndarray):
    """RGB uint8 [h, w, 3]; its matte and its shadow on the ground, uint8 [h, w]."""
    return (bicycle if rng.random() < 0.6 else furniture)(rng, mirrored)


def paint(rng) -> np.ndarray:
    draw = rng.random()
    if draw < 0.4:
        return np.array(DARK[rng.integers(len(DARK))], float)
    return np.full(3, rng.uniform(120, 235)) if draw < 0.55 else rng.uniform(10, 235, 3)


def bicycle(rng, mirrored: np.ndarray):
    u = rng.uniform
    elevation = np.deg2rad(u(0, 15))
    azimuth = np.deg2rad(np.clip(rng.normal(0, 30), -62, 62)) + np.pi * (rng.random() < 0.5)  # from the side mostly
    scene = Scene(rng, 0.95, mirrored, elevation=elevation, azimuth=azimuth)
    wheel, tyre, stout = u(0.3, 0.36), u(0.012, 0.034), u(0.013, 0.034)
    rear, front = np.array((-0.5, 0, wheel - 0.5)), np.array((u(0.5, 0.66), 0, wheel - 0.5))
    crank = np.array((u(-0.12, -0.04), 0, u(0.24, 0.33) - 0.5))
    seat = crank + (u(-0.26, -0.16), 0, u(0.4, 0.55))
    head = np.array((front[0] - u(0.14, 0.26), 0, u(0.86, 1.0) - 0.5))
    neck = head + (0.05, 0, -u(0.1, 0.2))
    colour = paint(rng)
    second = paint(rng) if rng.random() < 0.4 else colour
    lug = paint(rng)
    turn = np.deg2rad(rng.normal(0, 8))
    axle = np.array((np.sin(turn), np.cos(turn), 0))
    for hub, axis in ((rear, (0, 1, 0)), (front, axle)):
        roll(scene, rng, hub, axis, wheel, tyre, lug)
    joint = seat * u(0.75, 0.95) + crank * 0.05
    low_step = rng.random() < 0.15
    top = [(head + neck) / 2, crank * 0.6 + joint * 0.4] if low_step else [head, joint]
    scene.tube(top, stout * u(0.8, 1.2), colour)
    scene.tube([neck, crank], stout * u(1, 1.6), second)
    scene.tube([crank, joint], stout, colour)
    scene.tube([joint, seat], 0.014, lug)
    for hand in (-0.05, 0.05):
        out = (0, hand, 0)
        scene.tube([rear + out, crank], stout * 0.55, second)
        scene.tube([rear + out, joint], stout * 0.45, colour)
        scene.tube([front + out, neck + (0.03, hand * 0.8, 0)], u(0.012, 0.02), second if rng.random() < 0.5 else lug)
    scene.tube([neck, head, head + (-0.01, 0, u(0.02, 0.08))], stout * 1.2, colour)
    grips(scene, rng, head + (0.02, 0, u(0.03, 0.1)), lug)
    saddle = np.array(DARK[0], float) if rng.random() < 0.7 else np.array((110, 70, 40.0))
    for hand in (-0.03, 0, 0.03):
        scene.tube([seat + (0.14, hand * 0.3, 0), seat + (-0.05, hand, 0.01), seat + (-0.12, hand * 1.8, 0.015)], 0.024, saddle)
    scene.ring(crank + (0, 0.05, 0), u(0.06, 0.1), 0.008, lug)
    swing = u(0, 2 * np.pi)
    for hand in (-1, 1):
        arm = crank + (hand * 0.17 * np.cos(swing), hand * 0.08, hand * 0.17 * np.sin(swing))
        scene.tube([crank + (0, hand * 0.06, 0), arm], 0.012, lug)
        scene.tube([arm, arm + (0, hand * 0.09, 0)], 0.02, DARK[0])
    for height in (-0.09, 0.06):
        scene.tube([crank + (0, 0.05, height * 0.9), rear + (0, 0.05, height * 0.4)], 0.006, DARK[1])
    extras(scene, rng, rear, front, crank, head, seat, wheel, lug)
    return scene.picture()


def roll(scene: Scene, rng, hub, axis, wheel: float, tyre: float, lug) -> None:
    """A wheel; its spokes are thinner than a pixel, and count for as much as they cover."""
    rubber = np.full(3, rng.uniform(12, 50)) if rng.random() < 0.9 else np.array((170, 150, 120.0))
    for spoke in circle(hub, wheel * 0.93, axis, int(rng.choice([16, 20, 28, 32])))[:-1]:
        scene.tube([hub, spoke], 0.0015, np.full(3, rng.uniform(60, 200)), alpha=0.3, pieces=1)
    scene.ring(hub, wheel - tyre, tyre, rubber, axis)
    scene.ring(hub, wheel - 2.2 * tyre, rng.uniform(0.006, 0.014), np.full(3, rng.uniform(20, 220)), axis)
    if rng.random() < 0.5:
        scene.ring(hub, rng.uniform(0.05, 0.08), 0.006, np.full(3, rng.uniform(90, 200)), axis, pieces=24)
    scene.tube([hub + (0, -0.05, 0), hub + (0, 0.05, 0)], 0.025, lug)


def grips(scene: Scene, rng, stem, lug) -> None:
    wide, back, rise = rng.uniform(0.2, 0.38), rng.uniform(-0.12, 0.05), rng.uniform(-0.02, 0.12)
    drop = rng.random() < 0.3
    for hand in (-1, 1):
        end = stem + (back, hand * wide, rise)
        if drop:
            end = stem + (0.08, hand * wide * 0.7, 0)
            scene.tube([stem, stem + (0, hand * wide * 0.7, 0), end, end + (0.03, 0, -0.08), end + (-0.06, 0, -0.13)], 0.014, DARK[0])
            continue
        scene.tube([stem, stem + (back * 0.3, hand * wide * 0.4, rise), end], 0.013, lug)
        scene.tube([end * 0.65 + (stem + (back * 0.3, hand * wide * 0.4, rise)) * 0.35, end], 0.019, DARK[0])
        scene.tube([end + (0.05, -hand * 0.12, 0), end + (0.07, -hand * 0.02, -0.03)], 0.006, DARK[1])


def extras(scene: Scene, rng, rear, front, crank, head, seat, wheel: float, lug) -> None:
    """What some have: mudguards, a rack, a basket, cables, a battery, a damper."""
    u = rng.uniform
    if rng.random() < 0.3:
        for hub in (rear, front):
            scene.tube(circle(hub, wheel + 0.03, (0, 1, 0), 40)[20 + int(u(0, 4)) : 36], 0.014, lug, pieces=1)
    if rng.random() < 0.25:
        top = rear + (0, 0, wheel + 0.08)
        for hand in (-0.07, 0.07):
            scene.tube([top + (-0.2, hand, 0), top + (0.22, hand, 0)], 0.008, lug)
            scene.tube([rear + (0, hand, 0), top + (-0.08, hand, 0)], 0.007, lug)
        if rng.random() < 0.4:
            scene.box(top + (-0.2, -0.14, 0.01), top + (0.16, 0.14, u(0.1, 0.28)), u(10, 200, 3))
    if rng.random() < 0.2:
        low = head + (0.08, -0.16, u(-0.12, 0))
        scene.tube([head, low + (0, 0.16, 0.1)], 0.012, lug)
        for height in np.linspace(0, 0.2, 5):
            corners = [low + (x, y, height) for x, y in ((0, 0), (0.26, 0), (0.26, 0.32), (0, 0.32), (0, 0))]
            scene.tube(corners, 0.006, lug)
    if rng.random() < 0.4:
        middle = head + (0.16, 0.05, 0.02)
        scene.tube([head + (0.02, 0.1, 0.08), middle, (head + front) / 2 + (0.05, 0.03, 0)], 0.005, DARK[0])
    if rng.random() < 0.35:
        a, b = crank + (0.06, 0, 0.1), head + (-0.1, 0, -0.16)
        scene.tube([a, a + (b - a) * u(0.4, 0.9)], u(0.03, 0.05), DARK[int(rng.integers(3))])
    if rng.random() < 0.3:
        scene.tube([crank + (-0.05, 0, 0.14), (seat + head) / 2 + (0, 0, -0.16)], 0.024, paint(rng))


def furniture(rng, mirrored: np.ndarray):
    """A chair, stool, table or rack: a seat or shelves on four legs, with rails, perhaps with a back of slats."""
    u = rng.uniform
    scene = Scene(rng, 0.6, mirrored, elevation=np.deg2rad(u(3, 30)), azimuth=u(0, 2 * np.pi))
    deep, wide, tall = u(0.18, 0.3), u(0.18, 0.45), u(0.35, 0.8)
    splay, leg = u(0, 0.1), u(0.008, 0.028)
    colour, top = paint(rng), paint(rng) if rng.random() < 0.5 else np.array((150, 110, 70.0)) * u(0.5, 1.4)
    corners = [(x, y) for x in (-1, 1) for y in (-1, 1)]
    for x, y in corners:
        scene.tube([(x * (deep + splay), y * (wide + splay), -0.5), (x * deep, y * wide, tall - 0.5)], leg, colour, pieces=1)
    levels = [tall, *(u(0.08, tall - 0.08, int(rng.integers(1, 4))) if rng.random() < 0.4 else ())]
    for level in levels:
        thick = u(0.012, 0.07)
        low = np.array((-deep - 0.02, -wide - 0.02, level - 0.5))
        scene.box(low, low + (2 * deep + 0.04, 2 * wide + 0.04, thick), top, 0.3)
    if rng.random() < 0.7:
        level = u(0.1, tall * 0.6) - 0.5
        loop = [(x * (deep + splay / 2), y * (wide + splay / 2), level) for x, y in ((-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1))]
        scene.tube(loop, leg * 0.7, colour, pieces=1)
    if rng.random() < 0.55:
        back, lean = u(0.3, 0.6), u(0, 0.12)
        foot = np.array((-deep, 0, tall - 0.5))
        for y in (-wide, wide):
            scene.tube([foot + (0, y, 0), foot + (-lean, y, back)], leg * 1.1, colour, pieces=1)
        slats, upright = int(rng.integers(1, 6)), rng.random() < 0.5
        for share in np.linspace(0.25, 1, slats):
            if upright:
                y = wide * (2 * share - 1.25)
                scene.tube([foot + (0, y, 0), foot + (-lean, y, back)], leg * 0.7, colour, pieces=1)
            else:
                ends = [foot + (-lean * share, y, back * share) for y in (-wide, wide)]
                scene.tube(ends, u(0.01, 0.04), top, pieces=1)
        scene.tube([foot + (-lean, -wide, back), foot + (-lean, wide, back)], leg * 1.2, colour, pieces=1)
    return scene.picture()
