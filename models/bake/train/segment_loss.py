"""F3Net's loss (Wei et al. 2020, arXiv 1911.11445) at four scales: cross-entropy and soft IoU, weighted up near outlines."""

from __future__ import annotations

import torch
import torch.nn.functional as F

HINT_SHARE = 0.3


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


def total_loss(outputs, target, weight):
    logits, hints = outputs
    loss = loss_of(logits, target, weight)
    for hint in hints:
        factor = target.shape[-1] // hint.shape[-1]
        loss = loss + HINT_SHARE * loss_of(hint, F.avg_pool2d(target, factor), F.avg_pool2d(weight, factor))
    return loss
