"""The photos that a bake looks at: the repository's samples, and a folder of the caller's."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .trouble import BakeError

SAMPLES = Path(__file__).parents[2] / "samples"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def sample_photos() -> list[Path]:
    return sorted(SAMPLES.glob("*.jpg"))


def photos_in(folder: Path | None) -> list[Path]:
    """All photos below the folder, in the order of their names; reference mattes are none. Raises BakeError."""
    if folder is None:
        return []
    if not Path(folder).is_dir():
        raise BakeError(f"Expected a folder for --photos but received '{folder}'.")
    found = [path for path in sorted(Path(folder).rglob("*")) if path.suffix.lower() in SUFFIXES]
    return [path for path in found if not path.stem.endswith(".alpha")]


def calibration(folder: Path | None, shapes: tuple[tuple[int, int], ...], most: int) -> list[np.ndarray]:
    """The samples and photos from all over the folder, each uint8 [1,h,w,3] at the nearest of the shapes. What cannot be
    read is passed over: a folder of a caller's may hold anything."""
    given = photos_in(folder)
    step = max(1, -(-len(given) // max(1, most)))
    photos = []
    for path in [*sample_photos(), *given[::step]]:
        try:
            photos.append(read(path, *nearest(path, shapes)))
        except BakeError:
            continue
    return photos


def read(path: Path, height: int, width: int) -> np.ndarray:
    """uint8 [1,height,width,3], stretched to this size, antialiased bilinear as the stage does. Raises BakeError."""
    photo = _open(path).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(photo, np.uint8)[None]


def nearest(path: Path, shapes: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Of these (height, width) the one whose proportions are nearest to the photo's. Raises BakeError."""
    width, height = _open(path).size
    return min(shapes, key=lambda shape: abs(np.log(shape[1] / shape[0] * height / width)))


def _open(path: Path) -> Image.Image:
    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image)
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise BakeError(f"Expected a photo but received '{path}', which cannot be read.") from error
