"""The photos and masks of DATASET_DIR, held in memory as bytes, split into what is learnt from and what is checked on."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

LONG_SIDE = 384
CATS, PEOPLE, ANIMALS, OBJECTS = "feral-cats-public-domain", "ccp-people-apache2", "caltech101-animals", "caltech101-whitebg"
SOURCES = (CATS, PEOPLE, ANIMALS, OBJECTS)
UNKNOWN = 128  # the label that no loss and no measure looks at


@dataclass
class Pair:
    image: np.ndarray  # uint8 [h, w, 3], RGB
    mask: np.ndarray  # uint8 [h, w]: 0, 128 (unknown) or 255; a matte of any value where it is drawn
    cast: np.ndarray | None = None  # uint8 [h, w]: of what is drawn, the share of the ground that its shadow covers

    @property
    def drawn(self) -> bool:
        return self.cast is not None


@dataclass
class Dataset:
    train: dict[str, list[Pair]] = field(default_factory=dict)
    valid: dict[str, list[Pair]] = field(default_factory=dict)
    backgrounds: list[np.ndarray] = field(default_factory=list)


def folder() -> Path:
    path = os.environ.get("DATASET_DIR")
    if not path or not Path(path).is_dir():
        raise SystemExit("Set DATASET_DIR to the folder with pairs/ and backgrounds/ (its README says what is in it).")
    return Path(path)


def load(root: Path, most: int | None = None) -> Dataset:
    """All of it, or of every source and of the backgrounds only the first `most` files."""
    data = Dataset()
    for source in SOURCES:
        data.train[source], data.valid[source] = [], []
        for photo in some((root / "pairs" / source).glob("*.jpg"), most):
            pair = Pair(read(photo), fit(cv2.imread(str(photo.with_suffix(".png")), cv2.IMREAD_GRAYSCALE), cv2.INTER_NEAREST))
            (data.valid if held_out(source, photo.stem) else data.train)[source].append(pair)
    data.backgrounds = [read(path) for path in some((root / "backgrounds").glob("*.jpg"), most)]
    return data


def some(paths, most: int | None) -> list[Path]:
    """Evenly out of the sorted ones, so that both what is learnt from and what is held out are among them."""
    paths = sorted(paths)
    return paths if most is None else paths[:: max(1, len(paths) // most)]


def held_out(source: str, name: str) -> bool:
    """The cats come with their own split; of the others, every tenth by a checksum of the name."""
    if source == CATS:
        return name.startswith("valid_")
    return hashlib.sha256(f"{source}/{name}".encode()).digest()[0] % 10 == 0


def read(path: Path) -> np.ndarray:
    return fit(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), cv2.INTER_AREA)


def fit(picture: np.ndarray, interpolation: int) -> np.ndarray:
    scale = LONG_SIDE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=interpolation)


def largest(mask: np.ndarray) -> np.ndarray:
    """Of several subjects apart from one another, the largest."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count <= 2:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    biggest = int(areas.argmax())
    return mask if areas[biggest] > 0.85 * areas.sum() else np.where(labels == biggest + 1, 255, 0).astype(np.uint8)
