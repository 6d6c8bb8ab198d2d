"""Intersection over union of the network's masks, per source of the held-out pairs."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from dataset import UNKNOWN, Dataset, Pair


def iou(guess: np.ndarray, truth: np.ndarray, known: np.ndarray) -> float:
    """Jaccard 1901, of masks cut at one half; unknown pixels do not count. Two empty masks agree."""
    guess, truth = guess[known], truth[known]
    either = np.count_nonzero(guess | truth)
    return np.count_nonzero(guess & truth) / either if either else 1.0


def shrink(image: np.ndarray, side: int) -> np.ndarray:
    """Squeezed into the square, as the product does."""
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA if min(image.shape[:2]) > side else cv2.INTER_LINEAR)


def truth_of(pair: Pair, side: int):
    """Where the subject is, and where that is known."""
    mask = cv2.resize(pair.mask, (side, side), interpolation=cv2.INTER_NEAREST)
    return mask == 255, mask != UNKNOWN


@torch.no_grad()
def validate(net, data: Dataset, side: int, batch: int = 16) -> dict[str, float]:
    """The mean over photos, at the network's own size."""
    net.eval()
    scores = {}
    for source, pairs in data.valid.items():
        values = []
        for start in range(0, len(pairs), batch):
            part = pairs[start : start + batch]
            images = np.stack([shrink(p.image, side) for p in part])
            x = torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                masks = (net(x)[0].float() > 0).numpy()[:, 0]
            for mask, pair in zip(masks, part):
                values.append(iou(mask, *truth_of(pair, side)))
        scores[source] = float(np.mean(values)) if values else float("nan")
    return scores
