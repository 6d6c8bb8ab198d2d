"""What happens to a picture before somebody uploads it, in the manner of Real-ESRGAN (Wang et al. 2021, arXiv 2107.10833).

Milder than there: most uploads were compressed once and are not very blurred, and what is taught here must not learn
to remove fur. Pictures are uint8 RGB.
"""

from __future__ import annotations

import cv2
import numpy as np

SHRINKS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


def degrade(picture: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """A square of `side` pixels out of the picture, made smaller, blurred, noisy, compressed, each by chance."""
    smallest = side / min(picture.shape[:2])
    if rng.random() < 0.62:  # else at its own size, as it came
        if rng.random() < 0.4:
            picture = blur(picture, rng, 1.6)
        picture = shrink(picture, max(smallest, rng.uniform(0.4, 0.8)), rng)
        if rng.random() < 0.2:
            picture = blur(picture, rng, 0.9)
    elif smallest > 1:
        picture = shrink(picture, smallest, rng)
    picture = cut(picture, side, rng)
    if rng.random() < 0.1:
        picture = letter(picture, rng)
    if rng.random() < 0.06:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.3:
        picture = noise(picture, rng)
    return compress(picture, rng) if rng.random() < 0.75 else picture


def cut(picture: np.ndarray, side: int, rng) -> np.ndarray:
    top, left = (int(rng.integers(0, size - side + 1)) for size in picture.shape[:2])
    return np.ascontiguousarray(picture[top : top + side, left : left + side])


def shrink(picture: np.ndarray, scale: float, rng) -> np.ndarray:
    how = SHRINKS[rng.integers(len(SHRINKS))]
    size = tuple(int(np.ceil(s * scale)) for s in picture.shape[1::-1])
    return cv2.resize(picture, size, interpolation=how)


def blur(picture: np.ndarray, rng, most: float) -> np.ndarray:
    """Of different strength in two directions."""
    across, down = rng.uniform(0.2, most, 2)
    return cv2.GaussianBlur(picture, (7, 7), sigmaX=across, sigmaY=across if rng.random() < 0.6 else down)


def noise(picture: np.ndarray, rng) -> np.ndarray:
    """Of the sensor (as strong everywhere) or of the light (stronger where there is more); in colour or not."""
    h, w = picture.shape[:2]
    grain = rng.standard_normal((h, w, 1 if rng.random() < 0.4 else 3), np.float32) * rng.uniform(1, 9)
    if rng.random() < 0.4:
        grain = grain * np.sqrt(np.maximum(picture, 1) / np.float32(128))
    if np.ptp(picture, axis=2).max() == 0:
        grain = grain[..., :1]
    return np.clip(picture + grain + 0.5, 0, 255).astype(np.uint8)


def compress(picture: np.ndarray, rng) -> np.ndarray:
    """JPEG; the blocks begin anywhere, as after a crop."""
    top, left = rng.integers(0, 8, 2)
    padded = cv2.copyMakeBorder(picture, top, 0, left, 0, cv2.BORDER_REFLECT_101)
    options = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(35, 95))]
    coded = cv2.imencode(".jpg", cv2.cvtColor(padded, cv2.COLOR_RGB2BGR), options)[1]
    return np.ascontiguousarray(cv2.cvtColor(cv2.imdecode(coded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)[top:, left:])


def letter(picture: np.ndarray, rng) -> np.ndarray:
    """Lines and letters, as on labels: photos hardly have any."""
    picture, h, w = picture.copy(), *picture.shape[:2]
    for _ in range(rng.integers(1, 5)):
        at, to = (tuple(int(v) for v in rng.integers(0, (w, h))) for _ in range(2))
        shade = tuple(int(v) for v in rng.integers(0, 256, 3))
        if rng.random() < 0.5:
            cv2.line(picture, at, to, shade, int(rng.integers(1, 5)), cv2.LINE_AA)
        else:
            word = "".join(chr(rng.integers(48, 91)) for _ in range(rng.integers(2, 9)))
            cv2.putText(picture, word, at, int(rng.integers(0, 8)), rng.uniform(0.3, 1.6), shade, int(rng.integers(1, 4)), cv2.LINE_AA)
    return picture
