"""Checks segment_drawn.py: mattes of cars are whole, those of bicycles and furniture let the background through;
shadows begin at the feet.

    python models/bake/train/test_drawn.py
"""

import cv2
import numpy as np
from dataset import Pair
from segment_drawn import pairs
from segment_scene import MARGIN, SIDE

NUMBER = 60


def holes(matte: np.ndarray) -> float:
    """The share of what the outline encloses that is not subject."""
    outlines, _ = cv2.findContours((matte > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(matte), outlines, -1, 1, cv2.FILLED)
    return 1 - np.count_nonzero(matte > 127) / np.count_nonzero(filled)


def shadowed(pair: Pair) -> float:
    """The share of the thing's lowest points that have shadow near them: a tube's is cast from its middle."""
    foot = np.flatnonzero(pair.mask.max(1) > 127)[-1]
    columns = np.flatnonzero(pair.mask[foot - 3 : foot + 1].max(0) > 127)
    return (pair.cast[foot - SIDE // 20 : foot + 3, columns].max(0) > 127).mean()


def main() -> None:
    place = np.random.default_rng(2).integers(0, 256, (90, 160, 3), np.uint8)
    drawn = pairs([place], NUMBER)
    for pair in drawn:
        assert pair.drawn and pair.image.dtype == pair.mask.dtype == pair.cast.dtype == np.uint8
        assert pair.image.shape == (*pair.mask.shape, 3) and pair.cast.shape == pair.mask.shape
        assert SIDE - 4 * MARGIN < max(cv2.boundingRect(pair.mask)[2:]) <= SIDE, "as large as the photos"
        for part in (pair.mask, pair.cast):
            edges = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
            assert not edges.any(), "nothing is cut off"
        assert shadowed(pair) > 0.3, "the shadow begins at what stands on the ground"
        assert pair.mask.max() == 255 and pair.image[pair.mask == 255].std() > 4, "opaque, and more than one flat colour"
        sizes = np.sort(cv2.connectedComponentsWithStats((pair.mask > 127).astype(np.uint8), connectivity=8)[2][1:, cv2.CC_STAT_AREA])
        assert sizes[-1] > 0.95 * sizes.sum(), "one thing"
    assert max(holes(pair.mask) for pair in drawn[::2]) < 0.02, "no window in a car"
    assert np.median([holes(pair.mask) for pair in drawn[1::2]]) > 0.3, "wheels and frames are open"
    again = pairs([place], NUMBER)
    for part in ("image", "mask", "cast"):
        assert all(np.array_equal(getattr(a, part), getattr(b, part)) for a, b in zip(drawn, again)), "the same every time"


if __name__ == "__main__":
    main()
