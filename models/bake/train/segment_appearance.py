"""How an example looks: plain backdrops, lights, colours, and what cameras and uploads do to a picture."""

from __future__ import annotations

import cv2
import numpy as np


def backdrop(side: int, rng) -> np.ndarray:
    """One light or dark colour, or a slope between two."""
    base = rng.uniform(170, 255, 3) if rng.random() < 0.6 else rng.uniform(0, 255, 3)
    if rng.random() < 0.5:
        base[:] = base.mean()
    other = base if rng.random() < 0.3 else np.clip(base + rng.normal(0, 40), 0, 255)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.clip(0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle), 0, 1)[..., None]
    return np.clip(base + (other - base) * slope, 0, 255).astype(np.uint8)


def lights(image: np.ndarray, rng) -> np.ndarray:
    """Points of light out of focus: bright discs that are not subjects."""
    s = image.shape[0]
    drawn = image.copy()
    size = s * rng.uniform(0.008, 0.05)
    for _ in range(rng.integers(4, 28)):
        x, y = (int(v) for v in rng.integers(0, s, 2))
        glow = np.clip(image[y, x] * rng.uniform(1.1, 2) + rng.uniform(10, 90), 0, 255)
        cv2.circle(drawn, (x, y), max(2, int(size * rng.uniform(0.7, 1.3))), tuple(float(v) for v in glow), -1, cv2.LINE_AA)
    drawn = cv2.GaussianBlur(drawn, (0, 0), max(0.5, size * rng.uniform(0.02, 0.2)))
    return cv2.addWeighted(drawn, share := rng.uniform(0.3, 0.9), image, 1 - share, 0)


def garland(image: np.ndarray, rng) -> np.ndarray:
    """Strings of lights, sharp or out of focus: they hang behind subjects, and are none."""
    s = image.shape[0]
    drawn = image.astype(np.float32)
    warm = np.array([255, 205, 130]) * rng.uniform(0.75, 1) if rng.random() < 0.7 else None
    size, softness = s * np.exp(rng.uniform(np.log(0.006), np.log(0.03))), rng.uniform(0.05, 0.35)
    for _ in range(rng.integers(1, 4)):
        along = np.linspace(0, 1, rng.integers(12, 60))
        ends, sag = rng.uniform(-0.2, 1.2, 2), rng.uniform(0, 0.35)
        height = rng.uniform(-0.1, 0.7, 2)
        xs = (ends[0] + (ends[1] - ends[0]) * along) * s + rng.normal(0, 0.4, along.size) * size
        ys = (height[0] + (height[1] - height[0]) * along + sag * 4 * along * (1 - along)) * s + rng.normal(0, 0.4, along.size) * size
        if rng.random() < 0.4:
            wire = np.rint(np.stack([xs, ys], -1)).astype(np.int32)
            cv2.polylines(drawn, [wire], False, (rng.uniform(10, 90),) * 3, max(1, int(size * 0.3)), cv2.LINE_AA)
        glow = np.zeros_like(drawn)
        for x, y in zip(xs, ys):
            bulb = warm if warm is not None else rng.uniform(40, 255, 3)
            cv2.circle(glow, (int(x), int(y)), max(1, int(size * rng.uniform(0.7, 1.3))), (bulb * rng.uniform(0.7, 1)).tolist(), -1, cv2.LINE_AA)
        drawn = np.maximum(drawn, cv2.GaussianBlur(glow, (0, 0), max(0.4, size * softness)))
    return drawn.astype(np.uint8)


def unevenly(image: np.ndarray, rng) -> np.ndarray:
    """Light that falls off across the picture, or patches of shade: parts of one thing may differ."""
    s = image.shape[0]
    if rng.random() < 0.5:
        y, x = np.mgrid[0:s, 0:s].astype(np.float32) / s - 0.5
        angle = rng.uniform(0, 2 * np.pi)
        field = 0.5 + (x * np.cos(angle) + y * np.sin(angle)) * rng.uniform(0.7, 4)
    else:
        cells = rng.random((rng.integers(2, 7), rng.integers(2, 7)), np.float32)
        field = 0.5 + (cv2.resize(cells, (s, s), interpolation=cv2.INTER_CUBIC) - 0.5) * rng.uniform(1, 4)
    darkest = rng.uniform(0.3, 0.9)
    light = darkest + (1.1 - darkest) * np.clip(field, 0, 1)
    return np.clip(image * light[..., None], 0, 255).astype(np.uint8)


def retextured(image: np.ndarray, other: np.ndarray, rng) -> np.ndarray:
    """With the texture of `other` under its own light, all over or in patches, as pied coats and clothes have them."""
    share = rng.uniform(0.4, 1)
    if rng.random() < 0.5:
        cells = rng.random((rng.integers(2, 6), rng.integers(2, 6)), np.float32)
        field = cv2.resize(cells, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)[..., None]
        share = share * np.clip((field - 0.5) * rng.uniform(3, 30) + 0.5, 0, 1)
    light = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    lit = other * (0.35 + 0.65 * light / max(light.mean(), 30))
    return np.clip(image * (1 - share) + lit * share, 0, 255).astype(np.uint8)


def colour(image: np.ndarray, rng, strength: float) -> np.ndarray:
    """Exposure, contrast, gamma, white balance, saturation, hue; sometimes grey."""
    if rng.random() < 0.15:
        return image
    levels = np.arange(256, dtype=np.float32) / 255
    gamma = np.exp(rng.normal(0, 0.22 * strength))
    contrast, brightness = 1 + rng.normal(0, 0.15) * strength, rng.normal(0, 0.07) * strength
    curves = []
    for cast in 1 + rng.normal(0, 0.07 * strength, 3):
        curve = ((levels**gamma - 0.5) * contrast + 0.5 + brightness) * cast
        curves.append(np.clip(curve * 255, 0, 255))
    image = cv2.LUT(image, np.stack(curves, -1).astype(np.uint8)[None])
    draw = rng.random()
    if draw < 0.05:
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if draw < 0.5:
        turn = rng.normal(0, 12 * strength) if rng.random() < 0.9 else rng.uniform(0, 180)
        saturation = np.clip(np.exp(rng.normal(0, 0.35 * strength)), 0.2, 1.8)
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
        steps = np.arange(256)
        table = np.stack([(steps + turn) % 180, np.clip(steps * saturation, 0, 255), steps], -1).astype(np.uint8)
        image = cv2.cvtColor(cv2.LUT(hsv, table[None]), cv2.COLOR_HSV2RGB)
    return image


def degrade(image: np.ndarray, rng) -> np.ndarray:
    """What cameras and uploads do: blur, lower resolution, noise, JPEG."""
    if rng.random() < 0.1:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.1:
        s, small = image.shape[0], int(image.shape[0] * rng.uniform(0.4, 0.8))
        image = cv2.resize(cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA), (s, s), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.1:
        noise = rng.standard_normal(image.shape, np.float32) * rng.uniform(2, 12)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = int(rng.uniform(25, 90))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return image
