"""The sizes at which the network of builtin/segment sees a photo, and how what it sees becomes one map.

Seen small, a subject is found whole; seen large, its outline and what is thin are. So there may be two sets of looks: from
the one comes what is coarser than a cell of a grid, from the other what is finer, as Burt & Adelson 1983 (ACM TOG 2(4),
"A multiresolution spline") join pictures. Without a second set, the map is the mean of the first.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from segment_network import STRIDE, Network
from segment_pieces import CELL, pieces_kept

MIRRORED = 2  # every look is at the photo and at its mirror image
STEEPER = 2.0  # logits times this: doubt shows as haze; on the held-out pairs the error falls by a sixth to a quarter
GRID = 8  # cells along a side


@dataclass(frozen=True)
class Looks:
    """Of a photo and a mask with `side` pixels a side: the sides, multiples of 32, at which the photo is seen."""

    side: int
    whole: tuple[int, ...]
    fine: tuple[int, ...] = ()

    @property
    def all(self) -> tuple[int, ...]:
        return tuple(sorted({*self.whole, *self.fine}))

    @property
    def cell(self) -> int:
        return self.side // GRID


def sides(text: str) -> tuple[int, ...]:
    """256,320 as numbers; an error for what the network cannot see at."""
    found = tuple(int(side) for side in text.split(","))
    if any(side <= 0 or side % STRIDE for side in found):
        raise argparse.ArgumentTypeError(f"{text}: sides are multiples of {STRIDE}")
    return found


@torch.no_grad()
def mask_of(net: Network, image: np.ndarray, looks: Looks) -> np.ndarray:
    """The mask as the network itself gives it, float 0–255 [s, s], of uint8 [1, s, s, 3]. The graph is checked against it."""
    photo = torch.from_numpy(image).permute(0, 3, 1, 2).float() / 255
    logits, kinds = {}, 0
    for look in looks.all:
        x = sized(photo, look)
        both = [seen + mirrored.flip(3) for seen, mirrored in zip(net(x), net(x.flip(3)))]
        logits[look] = sized(both[0], looks.side)
        kinds = kinds + F.interpolate(both[1], (looks.side // CELL,) * 2, mode="bilinear", align_corners=False)
    total = sum(logits[look] for look in looks.whole) / len(looks.whole)
    if looks.fine:
        fine = sum(logits[look] for look in looks.fine) / len(looks.fine)
        total = fine + sized(F.avg_pool2d(total - fine, looks.cell), looks.side)
    return pieces_kept(torch.sigmoid(total * (STEEPER / MIRRORED)).numpy()[0, 0], kinds.numpy()[0]) * 255


def sized(x: torch.Tensor, side: int) -> torch.Tensor:
    now = x.shape[-1]
    return x if now == side else F.interpolate(x, (side, side), mode="bilinear", align_corners=False, antialias=side < now)
