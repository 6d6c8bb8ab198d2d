"""The network of builtin/segment: residual convolutions, attention at the bottom, a U-Net's way up.

Everything is a convolution followed by batch normalisation (folded at export), so that eight-bit weights with one
scale a channel lose next to nothing. Sources: residual blocks He et al. 2016 (arXiv 1512.03385); attention among the
hundred cells of the coarsest map (arXiv 1706.03762, as in BoTNet arXiv 2101.11605); skips U-Net (arXiv 1505.04597);
depth to space for the last doubling (arXiv 1609.05158); deep supervision (arXiv 1409.5185). No convolution is split
into groups: matrix units make dense ones cheaper.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

MEAN, DEVIATION = 0.45, 0.25
STRIDE = 32
KINDS = ("animal", "person", "thing")
KIND_STRIDE = 16


class ConvNorm(nn.Module):
    def __init__(self, inward: int, outward: int, kernel: int = 1, *, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inward, outward, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outward)
        self.relu = relu

    def forward(self, x):
        x = self.norm(self.conv(x))
        return F.relu(x) if self.relu else x


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels, 3)
        self.second = ConvNorm(channels, channels, 3, relu=False)
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class Bottleneck(nn.Module):
    """Half the channels look around; the other convolutions mix them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = ConvNorm(channels, channels // 2)
        self.space = ConvNorm(channels // 2, channels // 2, 3)
        self.wide = ConvNorm(channels // 2, channels, relu=False)
        nn.init.zeros_(self.wide.norm.weight)

    def forward(self, x):
        return F.relu(x + self.wide(self.space(self.narrow(x))))


class Attention(nn.Module):
    """Every cell looks at every other: what is subject is told by the whole picture."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.split = ConvNorm(channels, channels * 3, relu=False)
        self.merge = ConvNorm(channels, channels, relu=False)
        nn.init.zeros_(self.merge.norm.weight)

    def forward(self, x):
        n, c, h, w = x.shape
        q, k, v = self.split(x).reshape(n, 3, self.heads, c // self.heads, h * w).unbind(1)
        weights = torch.softmax(q.transpose(-1, -2) @ k * (c // self.heads) ** -0.5, -1)
        return x + self.merge((v @ weights.transpose(-1, -2)).reshape(n, c, h, w))


class Fuse(nn.Module):
    """One level up: what is known from below, doubled, joined with what this level saw on the way down."""

    def __init__(self, below: int, skip: int, channels: int) -> None:
        super().__init__()
        self.below = ConvNorm(below, channels, relu=False)
        self.skip = ConvNorm(skip, channels, relu=False)
        self.blend = ConvNorm(channels, channels, 3)

    def forward(self, below, skip):
        below = F.interpolate(self.below(below), scale_factor=2, mode="bilinear", align_corners=False)
        return self.blend(F.relu(below + self.skip(skip)))


def repeat(times: int, kind, channels: int) -> list:
    return [kind(channels) for _ in range(times)]


class Network(nn.Module):
    def __init__(self, side: int = 320) -> None:
        super().__init__()
        self.side = side
        self.stem = ConvNorm(3, 16, 3, stride=2)
        self.down4 = nn.Sequential(ConvNorm(16, 32, 3, stride=2), *repeat(2, Residual, 32))
        self.down8 = nn.Sequential(ConvNorm(32, 64, 3, stride=2), *repeat(4, Residual, 64))
        self.down16 = nn.Sequential(ConvNorm(64, 128, 3, stride=2), *repeat(5, Residual, 128))
        self.down32 = ConvNorm(128, 256, 3, stride=2, relu=False)
        self.place = nn.Parameter(torch.zeros(1, 256, side // STRIDE, side // STRIDE))
        self.bottom = nn.Sequential(Bottleneck(256), Attention(256, 8), Bottleneck(256), Attention(256, 8), Bottleneck(256))
        self.up16 = Fuse(256, 128, 128)
        self.kind = nn.Conv2d(128, len(KINDS), 1)
        self.up8 = Fuse(128, 64, 64)
        self.up4 = Fuse(64, 32, 32)
        self.up2 = Fuse(32, 16, 16)
        self.head = nn.Conv2d(16, 4, 3, padding=1)
        self.hints = nn.ModuleList([nn.Conv2d(c, 1, 1) for c in (128, 64, 32)])  # for training only

    def forward(self, x):
        """Float 0–1 [n, 3, s, s] to logits [n, 1, s, s] and the kinds' scores [n, 3, s/16, s/16]; in training, coarser
        logits after them (s/4, s/8, s/16).
        """
        x2 = self.stem((x - MEAN) / DEVIATION)
        x4 = self.down4(x2)
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x32 = self.down32(x16)
        place = self.place
        if place.shape[-2:] != x32.shape[-2:]:
            place = F.interpolate(place, x32.shape[-2:], mode="bilinear", align_corners=False)
        y16 = self.up16(self.bottom(x32 + place), x16)
        y8 = self.up8(y16, x8)
        y4 = self.up4(y8, x4)
        logits = F.pixel_shuffle(self.head(self.up2(y4, x2)), 2)
        kinds = self.kind(y16)
        if not self.training:
            return logits, kinds
        return logits, kinds, [hint(y) for hint, y in zip(reversed(self.hints), (y4, y8, y16))]
