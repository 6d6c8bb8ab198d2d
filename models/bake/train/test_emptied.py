"""Checks segment_emptied.py: the subject is gone, the rest of the photo is as it was, and what cannot be filled is not.

    python models/bake/train/test_emptied.py
"""

import cv2
import numpy as np
from dataset import UNKNOWN, Pair
from segment_emptied import emptied

HEIGHT, WIDTH = 256, 384
RED = (230, 20, 20)


def ground() -> np.ndarray:
    """Stones under a light that falls off."""
    random = np.random.default_rng(6)
    stones = cv2.resize(random.integers(40, 200, (HEIGHT // 6, WIDTH // 6), np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    light = np.linspace(1, 0.6, WIDTH)
    return (stones * light).astype(np.uint8)[..., None].repeat(3, 2)


def photo(*boxes: tuple[int, int, int, int]) -> Pair:
    """Red subjects, each within a seam whose label nobody knows."""
    image, mask = ground(), np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, w, h in boxes:
        cv2.rectangle(image, (x, y), (x + w, y + h), RED, -1)
        cv2.rectangle(mask, (x, y), (x + w, y + h), 255, -1)
        cv2.rectangle(mask, (x, y), (x + w, y + h), UNKNOWN, 3)
    return Pair(image, mask)


def main() -> None:
    for pair in (photo((150, 80, 90, 110)), photo((20, 30, 60, 60), (200, 100, 110, 120)), photo((0, 150, 120, 105))):
        image = emptied(pair)
        assert image is not None and image.shape == pair.image.shape and image.dtype == np.uint8
        assert np.ptp(image.astype(int), axis=-1).max() < 40, "nothing red is left"
        far = cv2.dilate((pair.mask != 0).astype(np.uint8), np.ones((31, 31), np.uint8)) == 0
        assert np.array_equal(image[far], pair.image[far]), "elsewhere the photo is as it was"
        inside = image[pair.mask == 255].std()
        assert 0.6 < inside / ground().std() < 1.5, "stones again, not a blur"
    assert emptied(photo()) is None, "without a subject there is nothing to empty"
    assert emptied(photo((0, 0, 383, 255))) is None, "all of it is subject"
    assert emptied(photo((60, 20, 250, 200))) is None, "most of it is subject"


if __name__ == "__main__":
    main()
