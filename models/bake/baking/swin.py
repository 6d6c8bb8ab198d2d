"""Swin's blocks (Liu et al. 2021, arXiv 2103.14030) written so that they can be exported for any size.

The originals build their masks by assignment and branch on whether there is anything to pad; a graph can do neither.
What is computed is the same, and a test compares the two.
"""

import types

import torch
import torch.nn.functional as F

OTHER_REGION = -100.0  # what the original adds to the scores of tokens that are no neighbours in the photo


def make_exportable(network: torch.nn.Module, swin: types.ModuleType) -> None:
    """Replaces the forward of all Swin layers and blocks in the network. `swin`: the module that defines them."""
    for module in network.modules():
        if isinstance(module, swin.SwinTransformerBlock):
            module.forward = types.MethodType(_block, module)
        elif isinstance(module, swin.BasicLayer):
            module.forward = types.MethodType(_layer, module)


def _layer(self, x: torch.Tensor, height, width):
    mask = _mask(height, width, self.window_size, self.shift_size, x.device)
    for block in self.blocks:
        block.H, block.W = height, width
        x = block(x, mask)
    if self.downsample is None:
        return x, height, width, x, height, width
    return x, height, width, self.downsample(x, height, width), (height + 1) // 2, (width + 1) // 2


def _block(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    batch, _, channels = x.shape
    height, width, window, shift = self.H, self.W, self.window_size, self.shift_size
    padded_height, padded_width = _padded(height, window), _padded(width, window)
    y = self.norm1(x).view(batch, height, width, channels)
    y = F.pad(y, (0, 0, 0, padded_width - width, 0, padded_height - height))
    if shift > 0:
        y = torch.roll(y, (-shift, -shift), (1, 2))
    rows, columns = padded_height // window, padded_width // window
    y = y.reshape(batch, rows, window, columns, window, channels).permute(0, 1, 3, 2, 4, 5)
    y = self.attn(y.reshape(-1, window * window, channels), mask=mask if shift > 0 else None)
    y = y.reshape(batch, rows, columns, window, window, channels).permute(0, 1, 3, 2, 4, 5)
    y = y.reshape(batch, padded_height, padded_width, channels)
    if shift > 0:
        y = torch.roll(y, (shift, shift), (1, 2))
    x = x + y[:, :height, :width, :].reshape(batch, height * width, channels)
    return x + self.mlp(self.norm2(x))


def _mask(height, width, window: int, shift: int, device: torch.device) -> torch.Tensor:
    """[windows, window², window²]: 0 within a region, else OTHER_REGION."""
    region = 3 * _regions(height, window, shift, device)[:, None] + _regions(width, window, shift, device)[None, :]
    rows, columns = _padded(height, window) // window, _padded(width, window) // window
    region = region.reshape(rows, window, columns, window).permute(0, 2, 1, 3).reshape(-1, window * window)
    return (region[:, None, :] != region[:, :, None]).float() * OTHER_REGION


def _regions(length, window: int, shift: int, device: torch.device) -> torch.Tensor:
    """0, 1 or 2 for each place along an axis: before the last window, in it, and what was rolled in."""
    padded = _padded(length, window)
    place = torch.arange(padded, device=device)
    return (place >= padded - window).float() + (place >= padded - shift).float()


def _padded(length, window: int):
    return (length + window - 1) // window * window
