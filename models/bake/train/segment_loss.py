"""F3Net's loss (Wei et al. 2020, arXiv 1911.11445) at four scales: cross-entropy and soft IoU, weighted up near outlines.
And of the kinds plain cross-entropy.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from segment_network import KIND_STRIDE

HINT_SHARE = 0.3
KIND_SHARE = 0.3
EVEN = 50  # the weight of a known pixel far from any outline, in bytes


def emphasis(target: np.ndarray) -> np.ndarray:
    """Weights of EVEN to 5·EVEN, as the mask (uint8 [s, s]) changes nearby."""
    reach = max(3, target.shape[0] // 12 | 1)
    return np.rint(EVEN + cv2.absdiff(cv2.blur(target, (reach, reach)), target) * (4 * EVEN / 255)).astype(np.uint8)


def loss_of(logits, target, weight):
    """Weighted cross-entropy and soft IoU; pictures without a subject have no IoU to raise."""
    logits = logits.float()
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    entropy = (entropy * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp(min=1)
    guess = torch.sigmoid(logits) * weight
    wanted = target * weight
    both = (guess * target).sum((1, 2, 3))
    either = guess.sum((1, 2, 3)) + wanted.sum((1, 2, 3)) - both
    present = (wanted.sum((1, 2, 3)) > 8).float()
    return (entropy + present * (1 - (both + 1) / (either + 1))).mean()


def kind_loss(scores, kind):
    """`kind` is 0 where nothing is known of it, else one more than the score's channel; of a cell its middle counts."""
    wanted = kind[:, KIND_STRIDE // 2 :: KIND_STRIDE, KIND_STRIDE // 2 :: KIND_STRIDE].long() - 1
    entropy = F.cross_entropy(scores.float(), wanted, ignore_index=-1, reduction="sum")
    return entropy / (wanted >= 0).sum().clamp(min=1)


def total_loss(outputs, target, weight, kind):
    logits, scores, hints = outputs
    loss = loss_of(logits, target, weight) + KIND_SHARE * kind_loss(scores, kind)
    for hint in hints:
        factor = target.shape[-1] // hint.shape[-1]
        loss = loss + HINT_SHARE * loss_of(hint, F.avg_pool2d(target, factor), F.avg_pool2d(weight, factor))
    return loss
