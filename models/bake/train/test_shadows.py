"""Checks segment_ground.py, and the uneven light and exchanged textures of segment_appearance.py.

    python models/bake/train/test_shadows.py
"""

import cv2
import numpy as np
from segment_appearance import retextured, unevenly
from segment_ground import beside, floor, shade, sunlit, under

SIDE = 128
FOOT = 100


def main() -> None:
    rng = np.random.default_rng(6)
    ground = rng.integers(90, 250, (SIDE, SIDE, 3), np.uint8)
    nothing = np.zeros((SIDE, SIDE), np.float32)
    table = nothing.copy()
    cv2.rectangle(table, (30, 40), (98, 60), 1, -1)
    for leg in (30, 90):
        cv2.rectangle(table, (leg, 60), (leg + 8, FOOT), 1, -1)
    for shadow, least in ((under, 0.3), (beside, 0.02), (shade, 0.2)):
        darker = np.zeros((SIDE, SIDE))
        for _ in range(200):
            assert np.array_equal(shadow(ground, nothing, rng), ground), "nothing casts none"
            shaded = shadow(ground, table, rng)
            assert shaded.dtype == np.uint8 and (shaded <= ground).all(), "no light"
            darker += 1 - shaded.sum(-1) / ground.sum(-1)
        darker /= 200
        assert darker[FOOT - 2, 44:86].min() > least, "between the legs"
        assert darker[:30].max() < 0.02 and darker[-6:].max() < 0.1, "not above it, nor far below"
        assert darker[FOOT + 3, 30:98].mean() > least / 2, "and before its feet"
    cast = np.rint(255 * table).astype(np.uint8)
    for _ in range(100):
        assert np.array_equal(sunlit(ground, np.zeros_like(cast), rng), ground), "nothing casts none"
        shaded = sunlit(ground, cast, rng)
        assert (shaded <= ground).all(), "no light"
        share = shaded.sum(-1) / ground.sum(-1)
        assert 0.05 < share[50, 64] < 0.75 and share[:30].min() > 0.97, "dark where it falls, and there alone"
    grey = np.full((SIDE, SIDE, 3), 200, np.uint8)
    lit = [unevenly(grey, rng) for _ in range(100)]
    assert all(picture.dtype == np.uint8 and picture.min() >= 59 and picture.max() <= 220 for picture in lit), "0.3 to 1.1 of the light"
    assert all((picture == picture[..., :1]).all() for picture in lit), "of no colour"
    assert np.median([np.ptp(picture) for picture in lit]) > 40, "and not the same everywhere"
    place, stones = np.zeros_like(ground), rng.integers(90, 250, (50, 40, 3), np.uint8)
    paved = [floor(place, stones, rng) for _ in range(50)]
    covers = [laid.any(2) for laid in paved]
    assert all(laid.shape == place.shape and laid.dtype == np.uint8 for laid in paved) and not place.any(), "another picture"
    assert all((cover == cover[:, :1]).all() and (np.diff(cover[:, 0].astype(int)) >= 0).all() for cover in covers), "up to a level horizon"
    assert all(0.34 < cover.mean() < 0.76 for cover in covers), "which is in the picture"
    assert np.median([laid[-20:].std() for laid in paved]) > 4, "with what it is made of to be seen"
    plain = [retextured(grey, ground, rng) for _ in range(100)]
    assert all(picture.dtype == np.uint8 and not np.array_equal(picture, grey) for picture in plain)
    untouched = [(picture == grey).all(2).mean() for picture in plain]
    assert sum(share > 0.1 for share in untouched) > 15, "some in places"
    assert sum(share < 0.02 for share in untouched) > 40, "the others all over"


if __name__ == "__main__":
    main()
