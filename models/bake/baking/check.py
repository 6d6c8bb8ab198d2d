"""Is what was baked still the authors' network? Measured on photos against the source itself, before anything is kept."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .manifest import Row
from .pictures import nearest, read
from .runtime import open_graph, run
from .source import FloatModel
from .trouble import BakeError
from .wrap import logits, output_name

SMALL_SIDES = (96, 128)  # height and width of what an upscaler is checked with: the small photos it is made for
BATCH = 2


@dataclass(frozen=True)
class Bound:
    """What a bake must reach. Masks: IoU at half, and mean difference in levels. Upscalers: PSNR in dB."""

    iou: float
    mean_difference: float
    psnr_db: float


# fp32 differs by the order of sums alone. Half a level in the mean is not seen. Eight bits cost an edge here and there.
BOUNDS = {"fp32": Bound(0.999, 0.1, 60), "fp16": Bound(0.99, 0.5, 45), "int8": Bound(0.95, 3, 30)}


@dataclass
class Case:
    """A photo, uint8 [1,h,w,3], and what the source makes of it: levels 0–255, not rounded, [1,h',w',c]."""

    photo: np.ndarray
    expected: np.ndarray


def expect(row: Row, source: FloatModel, photos: list[Path]) -> list[Case]:
    """Runs the source on photos, at each of the row's shapes at least once."""
    cases = []
    for path, (height, width) in _sizes(row, source, photos):
        photo = read(path, height, width)
        cases.append(Case(photo, levels(row, source.run(normalise(row, photo)))))
    return cases


def normalise(row: Row, photo: np.ndarray) -> np.ndarray:
    """Bytes [N,h,w,3] as the network's authors feed it: float32 [N,3,h,w]."""
    unit = photo.astype(np.float64) / 255
    return ((unit - np.asarray(row.mean)) / np.asarray(row.std)).transpose(0, 3, 1, 2).astype(np.float32)


def levels(row: Row, planes: np.ndarray) -> np.ndarray:
    """What the network gives, [N,c,h,w], as levels 0–255 [N,h,w,c]."""
    values = planes.astype(np.float64)
    if values.ndim == 3:
        values = values[:, None]
    # exp overflows where the sigmoid is 0 all the same.
    unit = 1 / (1 + np.exp(-np.clip(values, -500, 500))) if logits(row) else np.clip(values, 0, 1)
    return unit.transpose(0, 2, 3, 1) * 255


def check(row: Row, graph: Path, precision: str, optimization: str, cases: list[Case]) -> dict[str, float]:
    """What is measured, as the card repeats it. Raises BakeError where it is below the bound."""
    session = open_graph(graph, f"the baked {row.id}", optimization)
    baked = [run(session, case.photo, output_name(row), f"the baked {row.id}") for case in cases]
    for case, result in zip(cases, baked):
        if result.shape != case.expected.shape:
            raise BakeError(f"Expected {list(case.expected.shape)} from the baked {row.id} but received {list(result.shape)}: nothing was written.")
    figures = measure(row, cases, baked)
    bound = BOUNDS[precision]
    if row.stage == "segment":
        _demand(row, "a mask IoU of at least", figures["iou"], bound.iou, figures["iou"] >= bound.iou)
        mean = figures["mean_difference"]
        _demand(row, "a mean difference in levels of at most", mean, bound.mean_difference, mean <= bound.mean_difference)
    else:
        _demand(row, "a PSNR in dB of at least", figures["psnr_db"], bound.psnr_db, figures["psnr_db"] >= bound.psnr_db)
    if isinstance(session.get_inputs()[0].shape[0], str):
        _check_batch(row, session, cases[0].photo)
    return figures


def measure(row: Row, cases: list[Case], baked: list[np.ndarray]) -> dict[str, float]:
    """Levels are compared after rounding; the worst photo counts, not the mean."""
    differences = [np.abs(np.round(case.expected) - result) for case, result in zip(cases, baked)]
    common = {
        "max_difference": float(max(difference.max() for difference in differences)),
        "mean_difference": round(float(max(difference.mean() for difference in differences)), 4),
        "photos": len(cases),
    }
    if row.stage == "segment":
        return {"iou": round(min(iou(case.expected, result) for case, result in zip(cases, baked)), 5), **common}
    return {"psnr_db": round(min(psnr(difference) for difference in differences), 2), **common}


def iou(expected: np.ndarray, result: np.ndarray) -> float:
    """Of what is at least half there; two empty masks agree."""
    first, second = expected >= 127.5, result >= 127.5
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 1.0


def psnr(difference: np.ndarray) -> float:
    """In dB over levels of 255; 99 where nothing differs."""
    error = float(np.mean(np.square(difference)))
    return 10 * math.log10(255**2 / error) if error > 0 else 99.0


def _demand(row: Row, what: str, value: float, bound: float, holds: bool) -> None:
    if not holds:
        raise BakeError(f"Expected {what} {bound:g} for the baked {row.id} but received {value:g}: nothing was written.")


def _check_batch(row: Row, session, photo: np.ndarray) -> None:
    """A batch gives what its photos give one by one; a graph that says it takes any batch may not."""
    mirrored = photo[:, :, ::-1]
    both = run(session, np.concatenate([photo, mirrored]), output_name(row), f"the baked {row.id}, {BATCH} at a time,")
    for index, single in enumerate((photo, mirrored)):
        alone = run(session, np.ascontiguousarray(single), output_name(row), f"the baked {row.id}")
        if np.abs(both[index].astype(int) - alone[0]).max() > 1:
            raise BakeError(f"Expected {row.id} to give the same for {BATCH} photos at a time as for one: nothing was written.")


def _sizes(row: Row, source: FloatModel, photos: list[Path]):
    """Photos with the size each is looked at."""
    if row.stage != "segment":
        height, width = SMALL_SIDES
        return [(path, (height, width)) for path in photos]
    chosen = [(path, nearest(path, row.shapes)) for path in photos]
    left = [shape for shape in row.shapes if shape not in {shape for _, shape in chosen}]
    return chosen + [(photos[index % len(photos)], shape) for index, shape in enumerate(left)]
