"""The network of builtin/upscale: a short row of convolutions that adds to twice the picture by bicubic interpolation.

Light and colour go apart. The light gets what the network adds; the colour is cleaned at the photo's size, in
proportion to the strongest colour around, so that a grey photo stays grey by construction. The row is that of
SRVGGNetCompact (Wang et al. 2021) with ReLU; each convolution is trained as a sum of a 3×3, a 1×1 and the identity,
which are one 3×3 in the end (RepVGG, Ding et al. 2021, arXiv 2101.03697; for this purpose ECBSR, Zhang et al. 2021).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent))
from graph import Graph, cubic  # noqa: E402,F401

LIGHT = (0.299, 0.587, 0.114)  # ITU-R BT.601, as in JPEG
CHANNELS, BODY = 32, 8
REACH = 2  # how far the strongest colour is looked for, and how far bicubic interpolation sees
FIELD = BODY + 2 + REACH


def doubling() -> np.ndarray:
    """Weights [4, 5, 5] of the pixels around for the four that one becomes (Catmull-Rom, half-pixel centres)."""
    around = np.arange(-REACH, REACH + 1)
    before, after = cubic(around + 0.25), cubic(around - 0.25)
    return np.stack([np.outer(down, across) for down in (before, after) for across in (before, after)]).astype(np.float32)


class Merged(nn.Module):
    """A 3×3 convolution in parts that learn better than the whole."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(channels, channels, 3, padding=1)
        self.point = nn.Conv2d(channels, channels, 1, bias=False)

    def kernel(self) -> torch.Tensor:
        whole = torch.eye(self.point.out_channels, device=self.point.weight.device)[..., None, None]
        return self.wide.weight + F.pad(self.point.weight + whole, (1, 1, 1, 1))

    def forward(self, x):
        return F.conv2d(x, self.kernel(), self.wide.bias, padding=1)


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, CHANNELS, 3, padding=1)
        self.body = nn.ModuleList([Merged(CHANNELS) for _ in range(BODY)])
        self.last = nn.Conv2d(CHANNELS, 6, 3, padding=1)  # four of light, two of colour
        for module in self.body:
            nn.init.normal_(module.wide.weight, std=0.02)
            nn.init.normal_(module.point.weight, std=0.02)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.register_buffer("weights_of_four", torch.from_numpy(doubling())[:, None], persistent=False)

    def forward(self, picture):
        """Float 0–1 [n, 3, h, w], RGB, to [n, 3, 2h, 2w], not clamped."""
        red, green, blue = picture.split(1, 1)
        light = LIGHT[0] * red + LIGHT[1] * green + LIGHT[2] * blue
        colour = torch.cat([red - light, blue - light], 1)
        x = F.relu(self.first(torch.cat([light, colour], 1)))
        for module in self.body:
            x = F.relu(module(x))
        more = self.last(x).to(picture.dtype)
        strongest = F.max_pool2d(colour.abs().amax(1, keepdim=True), 2 * REACH + 1, 1, REACH)
        colour = colour + more[:, 4:].clamp(-1, 1) * strongest
        light, colour = self.larger(light, more[:, :4]), self.larger(colour)
        red, blue = colour.split(1, 1)
        return light + torch.cat([red, -(LIGHT[0] * red + LIGHT[2] * blue) / LIGHT[1], blue], 1)

    @torch.autocast("cpu", enabled=False)
    def larger(self, planes, more=0):
        n, c, h, w = planes.shape
        padded = F.pad(planes.reshape(n * c, 1, h, w), [REACH] * 4, mode="replicate")
        phases = F.conv2d(padded, self.weights_of_four)
        return F.pixel_shuffle(phases + more, 2).reshape(n, c, 2 * h, 2 * w)
