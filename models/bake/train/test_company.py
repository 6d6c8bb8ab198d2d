"""Checks segment_augment.py: who is the subject where several are, and that nothing is hidden whose label counts.

    python models/bake/train/test_company.py
"""

import cv2
import numpy as np
import segment_augment
from dataset import ANIMALS, CATS, OBJECTS, PEOPLE, SOURCES, UNKNOWN, Dataset, Pair
from segment_augment import KIND, Augment, yields
from segment_drawn import DRAWN

SIDE = 96
# Each source has a colour of its own, which nothing else has: of the ground every channel is under 100.
COLOURS = {CATS: (230, 20, 20), ANIMALS: (220, 220, 20), PEOPLE: (20, 230, 20), OBJECTS: (20, 20, 230), DRAWN: (20, 220, 220)}


def photo(source: str) -> Pair:
    """One square subject on stones."""
    image = np.random.default_rng(3).integers(40, 90, (SIDE, SIDE, 3), np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.rectangle(image, (24, 24), (72, 72), COLOURS[source], -1)
    cv2.rectangle(mask, (24, 24), (72, 72), 255, -1)
    if source == DRAWN:
        return Pair(image, mask, cast=np.zeros_like(mask))
    cv2.rectangle(mask, (24, 24), (72, 72), UNKNOWN, 1)
    return Pair(image, mask)


def data() -> Dataset:
    ground = np.random.default_rng(4).integers(40, 90, (SIDE, SIDE, 3), np.uint8)
    return Dataset({source: [photo(source)] for source in (*SOURCES, DRAWN)}, {}, [ground])


def plainly() -> None:
    """Leaves colours as they are, so that they tell who is where."""
    segment_augment.colour = lambda image, rng, strength: image
    segment_augment.degrade = lambda image, rng: image
    segment_augment.lights = segment_augment.garland = lambda image, rng: image
    segment_augment.unevenly = lambda image, rng: image
    segment_augment.shade = lambda image, alpha, rng: image
    segment_augment.retextured = lambda image, other, rng: image
    Augment._scene = scene


def scene(augment: Augment):
    """A photo as it is, or empty ground: out of focus, a cat is scenery in her own colour."""
    if augment.rng.random() < 0.5:
        source = augment._source(segment_augment.AS_PHOTO)
        return *augment._photo(source), source
    return augment.data.backgrounds[0], np.zeros((SIDE, SIDE), np.uint8), np.ones((SIDE, SIDE), np.uint8), None


def seen(image: np.ndarray, source: str) -> np.ndarray:
    """The pixels of that colour, away from any edge."""
    there = (np.abs(image.astype(int) - COLOURS[source]).max(-1) < 12).astype(np.uint8)
    return cv2.erode(there, np.ones((9, 9), np.uint8), borderValue=0) > 0


def main() -> None:
    assert yields(OBJECTS, [CATS]) and yields(PEOPLE, [None, CATS]) and yields(DRAWN, [ANIMALS])
    assert not any(yields(source, [source]) for source in COLOURS) and not yields(None, [CATS])
    assert not yields(PEOPLE, [ANIMALS, OBJECTS]) and not yields(CATS, [ANIMALS, PEOPLE, OBJECTS])
    plainly()
    augment = Augment(data(), SIDE, 5)
    with_company, colonies = 0, 0
    for _ in range(6000):
        image, target, told = augment._own_photo() if augment.rng.random() < 0.3 else augment._composite()
        where = {source: seen(image, source) for source in COLOURS}
        animals = where[CATS] | where[ANIMALS]
        known = told > 0
        for source in COLOURS:
            assert (told[where[source] & known] == 1 + KIND[source]).all(), "what it is is told, subject or not"
        assert (target[animals & known] > 200).all(), "an animal is always the subject"
        if not animals.any():
            continue
        things = (where[OBJECTS] | where[DRAWN]) & known
        if things.any():
            with_company += 1
            assert (target[things] < 55).all(), "and a thing beside it is not"
        if where[CATS].any() and (where[PEOPLE] & known).any():
            assert (target[where[PEOPLE] & known] < 55).all(), "nor a person beside a cat"
        colonies += cv2.connectedComponents(where[CATS].astype(np.uint8))[0] > 3
    assert with_company > 200 and colonies > 2, (with_company, colonies)


if __name__ == "__main__":
    main()
