"""How near two pictures are: PSNR, and SSIM after Wang et al. 2004 (IEEE TIP 13(4), p. 600)."""

from __future__ import annotations

import cv2
import numpy as np

LIGHT = (0.299, 0.587, 0.114)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """In decibel, of levels 0–255, over all channels; no more than 100."""
    error = np.mean((a.astype(np.float64) - b) ** 2)
    return 100.0 if error == 0 else min(100.0, 10 * np.log10(255**2 / error))


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Of the light of two RGB pictures, 0–255: Gaussian window of 11 pixels, deviation 1.5, K 0.01 and 0.03."""
    a, b = (picture.astype(np.float64) @ LIGHT for picture in (a, b))
    near = lambda x: cv2.GaussianBlur(x, (11, 11), 1.5)[5:-5, 5:-5]  # noqa: E731
    ma, mb = near(a), near(b)
    va, vb, both = near(a * a) - ma**2, near(b * b) - mb**2, near(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(np.mean((2 * ma * mb + c1) * (2 * both + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))))
