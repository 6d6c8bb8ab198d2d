"""Photos without their subjects: the clutter in which a subject may lie, with nothing in it to cut out.

Where the subject was, another piece of the same photo lies, as in exemplar-based inpainting (Criminisi et al. 2004, IEEE
TIP 13(9)), of one piece per pass instead of many patches: what is learnt is that such ground is background, so it has to
be ground, sharp and whole, and its seams need not be perfect.
"""

from __future__ import annotations

import cv2
import numpy as np
from dataset import Pair

SMALL = 64  # long side at which pieces are looked for
MOST, PASSES, LEFT = 0.3, 3, 0.004  # of the photo: the largest hole that is filled, and what may be left of it for a blur
STEPS = 9  # places tried along each side


def emptied(pair: Pair) -> np.ndarray | None:
    """uint8 [h, w, 3], or nothing where the subject is too large or the photo has nothing to lay over it."""
    h, w = pair.mask.shape
    reach = 2 * max(2, round(max(h, w) * 0.012)) + 1
    hole = cv2.dilate((pair.mask != 0).astype(np.uint8), np.ones((reach, reach), np.uint8))
    if not 0 < hole.mean() < MOST:
        return None
    image = pair.image
    for _ in range(PASSES):
        image, hole = covered(image, hole)
        if hole.mean() < LEFT:
            return cv2.inpaint(image, hole, 3, cv2.INPAINT_TELEA) if hole.any() else image
    return None


def covered(image: np.ndarray, hole: np.ndarray):
    """The photo with the best piece of itself laid over the hole, and what is left of the hole."""
    h, w = hole.shape
    scale = SMALL / max(h, w)
    size = max(8, round(w * scale)), max(8, round(h * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    gap = (cv2.resize(hole, size, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    rim = cv2.dilate(gap, np.ones((7, 7), np.uint8)) - gap
    best, found = np.inf, None
    for mirrored in (False, True):
        for dx in np.linspace(-0.8, 0.8, STEPS):
            for dy in np.linspace(-0.6, 0.6, STEPS):
                if not mirrored and abs(dx) + abs(dy) < 0.1:
                    continue
                matrix = moved(size, dx, dy, mirrored)
                there = cv2.warpAffine(1 - gap, matrix, size, flags=cv2.INTER_NEAREST)
                compared = rim & there
                if not compared.any() or compared.sum() < 0.3 * rim.sum():
                    continue
                piece = cv2.warpAffine(small, matrix, size)
                unlike = np.abs(piece - small).mean(-1)[compared > 0].mean()
                cost = unlike + 80 * (1 - there[gap > 0].mean())
                if cost < best:
                    best, found = cost, (dx, dy, mirrored)
    if found is None:
        return image, hole
    matrix = moved((w, h), *found)
    # Nearest: at a border half outside, a pixel would be half black.
    there = cv2.erode(cv2.warpAffine(1 - hole, matrix, (w, h), flags=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8))
    piece = cv2.warpAffine(image, matrix, (w, h), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    laid = hole & there
    rim = (cv2.dilate(hole, np.ones((9, 9), np.uint8)) - hole) & there
    width = max(h, w) / 12
    known = cv2.GaussianBlur(rim.astype(np.float32), (0, 0), width)
    tint = cv2.GaussianBlur((image - piece) * rim[..., None], (0, 0), width) / (known[..., None] + 1e-4)
    soft = cv2.GaussianBlur(laid.astype(np.float32), (0, 0), 1.5)[..., None]
    soft = np.where(hole[..., None] > 0, laid[..., None].astype(np.float32), soft)
    mixed = image * (1 - soft) + np.clip(piece + tint, 0, 255) * soft
    return np.rint(mixed).astype(np.uint8), hole & ~there & 1


def moved(size: tuple[int, int], dx: float, dy: float, mirrored: bool) -> np.ndarray:
    """The matrix that moves a picture by these shares of its sides, or first mirrors it."""
    w, h = size
    return np.array([[-1, 0, w - 1 + dx * w], [0, 1, dy * h]]) if mirrored else np.array([[1, 0, dx * w], [0, 1, dy * h]])
