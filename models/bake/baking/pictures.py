"""The photos that a bake looks at: the repository's samples, and a folder of the caller's."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .trouble import BakeError

SAMPLES = Path(__file__).parents[2] / "samples"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def sample_photos() -> list[Path]:
    return sorted(SAMPLES.glob("*.jpg"))


def photos_in(folder: Path | None) -> list[Path]:
    """All photos below the folder, in the order of their names; reference mattes are none. Raises BakeError."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise BakeError(f"Expected a folder for --photos but received '{folder}'.")
    found = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]
    return [path for path in found if not path.stem.endswith(".alpha")]


def read(path: Path, height: int, width: int) -> np.ndarray:
    """uint8 [1,height,width,3], stretched to this size, antialiased bilinear as the stage does. Raises BakeError."""
    try:
        with Image.open(path) as image:
            photo = ImageOps.exif_transpose(image).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    except (UnidentifiedImageError, OSError) as error:
        raise BakeError(f"Expected a photo but received '{path}', which cannot be read.") from error
    return np.asarray(photo, np.uint8)[None]


def nearest(path: Path, shapes: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Of these (height, width) the one whose proportions are nearest to the photo's."""
    with Image.open(path) as image:
        width, height = ImageOps.exif_transpose(image).size
    return min(shapes, key=lambda shape: abs(np.log(shape[1] / shape[0] * height / width)))
