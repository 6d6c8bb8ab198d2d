"""The ground that subjects stand on: floors, and the shadows on them."""

from __future__ import annotations

import cv2
import numpy as np


def floor(view: np.ndarray, texture: np.ndarray, rng) -> np.ndarray:
    """A place uint8 [s, s, 3] whose lower part is a level floor in perspective, of a texture of any size, often greyish."""
    s = view.shape[0]
    horizon = int(s * rng.uniform(0.25, 0.65))
    away = ((s - horizon) / np.arange(1, s - horizon + 1, dtype=np.float32))[:, None]  # 1 in the lowest row
    x, y = (np.arange(s, dtype=np.float32)[None] / s - 0.5) * away, rng.uniform(0.8, 2) * away
    turn, cells = rng.uniform(0, 2 * np.pi), min(texture.shape[:2]) * np.exp(rng.uniform(np.log(0.3), np.log(1.5)))
    cosine, sine = np.cos(turn) * cells, np.sin(turn) * cells
    x, y = (x * cosine - y * sine).astype(np.float32), (x * sine + y * cosine).astype(np.float32)
    paved = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    grey = cv2.cvtColor(cv2.cvtColor(paved, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    paved = cv2.addWeighted(paved, share := rng.uniform(0, 1), grey, 1 - share, 0)
    even = np.full(3, rng.uniform(60, 240)) if rng.random() < 0.5 else paved.mean((0, 1))
    near = rng.uniform(0.05, 0.8) * np.clip(1.2 - away / 8, 0, 1)[..., None]  # far away its pieces blur into one another
    laid = view.copy()
    laid[horizon:] = paved * near + even * (1 - near)
    return laid


def sunlit(image: np.ndarray, cast: np.ndarray, rng) -> np.ndarray:
    """The shadow that a thing casts on level ground, `cast` uint8 [s, s]: hard or soft, weak or nearly black."""
    s = image.shape[0]
    cast = cv2.GaussianBlur(cast, (0, 0), s * np.exp(rng.uniform(np.log(0.001), np.log(0.015))))
    dark = rng.uniform(0.35, 0.92) / 255 * np.array([1, 1, rng.uniform(0.85, 1)])  # the sky's light is left in it
    return (image * (1 - cast[..., None] * dark)).astype(np.uint8)


def shade(image: np.ndarray, alpha: np.ndarray, rng) -> np.ndarray:
    """Shadows of a subject, which are no part of it: beside it, under it, or both."""
    draw = rng.random()
    if draw < 0.6:
        image = beside(image, alpha, rng)
    return under(image, alpha, rng) if draw > 0.4 else image


def under(image: np.ndarray, alpha: np.ndarray, rng) -> np.ndarray:
    """Dark ground between the feet, or wheels, and around them, as in diffuse light."""
    rows = np.flatnonzero(alpha.max(1) > 0.5)
    if not rows.size:
        return image
    foot = rows[-1]
    low = np.flatnonzero(alpha[foot - (foot - rows[0]) // 4 :].max(0) > 0.5)
    half = (low[-1] - low[0] + 1) / 2
    deep = half * np.exp(rng.uniform(np.log(0.06), np.log(0.4)))
    middle = (low[0] + low[-1]) / 2 + rng.normal(0, 0.08) * half, foot - rng.uniform(-0.2, 0.9) * deep
    size = 2 * half * rng.uniform(0.85, 1.2), 2 * deep
    cast = cv2.ellipse(np.zeros_like(alpha), (middle, size, rng.normal(0, 3)), 1, -1)
    cast = cv2.GaussianBlur(cast, (0, 0), max(0.8, deep * rng.uniform(0.08, 0.5)))[..., None]
    return (image * (1 - cast * rng.uniform(0.35, 0.95))).astype(np.uint8)


def beside(image: np.ndarray, alpha: np.ndarray, rng) -> np.ndarray:
    """The subject's outline, laid over the ground."""
    s = image.shape[0]
    slant, squeeze = rng.normal(0, 0.25), np.exp(rng.uniform(np.log(0.06), 0))
    rows = np.flatnonzero(alpha.max(1) > 0.5)
    foot = rows[-1] if rows.size else s
    matrix = np.array([[1, -slant, slant * foot + rng.normal(0, 0.03) * s], [0, squeeze, foot * (1 - squeeze) + rng.uniform(0, 0.03) * s]])
    cast = cv2.warpAffine(alpha, matrix, (s, s))
    cast = cv2.GaussianBlur(cast, (0, 0), s * rng.uniform(0.005, 0.03))[..., None]
    return (image * (1 - cast * rng.uniform(0.2, 0.8))).astype(np.uint8)
