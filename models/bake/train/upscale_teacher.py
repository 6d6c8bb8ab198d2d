"""The teacher: Real-ESRGAN's general ×4 network (SRVGGNetCompact, BSD-3-Clause) from WEIGHTS_DIR, and what it says of a picture.

Its ×4 result is averaged to ×2. Its weights are mixed half and half with those of its twin that denoises less, as its
authors' own script does unless told otherwise; and how light and which colour a place has is left to the photo.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from shipped import session_of

sys.path.insert(0, str(Path(__file__).parent.parent))
from graph import Graph  # noqa: E402

DENOISE = 0.5
FILES = ("realesr-general-x4v3.pth", "realesr-general-wdn-x4v3.pth")
LAST = 66  # the number of the last convolution; even numbers are convolutions, odd ones PReLU
TONE = 12.0  # pixels of the result; what is coarser than this comes from the photo


def folder() -> Path:
    path = os.environ.get("WEIGHTS_DIR")
    if not path or not all((Path(path) / name).is_file() for name in FILES):
        raise SystemExit(f"Set WEIGHTS_DIR to the folder with {' and '.join(FILES)}.")
    return Path(path)


def open_teacher(root: Path, threads: int = 2, denoise: float = DENOISE) -> onnxruntime.InferenceSession:
    strong, weak = (torch.load(root / name, map_location="cpu", weights_only=True)["params"] for name in FILES)
    weights = {name: (denoise * strong[name].float() + (1 - denoise) * weak[name].float()).numpy() for name in strong}
    g = Graph("teacher", {"x": ("float32", (1, 3, "h", "w"))}, {"y": ("float32", (1, 3, "4h", "4w"))})
    x = "x"
    for number in range(0, LAST + 1, 2):
        kernel, bias = (g.constant(weights[f"body.{number}.{part}"]) for part in ("weight", "bias"))
        x = g.op("Conv", x, kernel, bias, pads=[1] * 4, kernel_shape=[3, 3])
        if number < LAST:
            x = g.op("PRelu", x, g.constant(weights[f"body.{number + 1}.weight"].reshape(-1, 1, 1)))
    sizes = g.constant([1, 1, 4, 4])
    nearest = g.op("Resize", "x", "", sizes, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    g.output("y", g.add(g.op("DepthToSpace", x, blocksize=4, mode="CRD"), nearest))
    return session_of(g.model().SerializeToString(), threads)


def teach(teacher: onnxruntime.InferenceSession, picture: np.ndarray) -> np.ndarray:
    """The teacher's answer, float32 [2h, 2w, 3] 0–255, to a picture uint8 [h, w, 3]."""
    planes = picture.transpose(2, 0, 1)[None].astype(np.float32) / 255
    large = np.clip(teacher.run(["y"], {"x": planes})[0][0].transpose(1, 2, 0) * 255, 0, 255)
    answer = cv2.resize(large, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    if np.ptp(picture, axis=2).max() == 0:  # greys stay grey
        answer = np.repeat(answer.mean(2, keepdims=True), 3, 2)
    plain = cv2.resize(picture.astype(np.float32), None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    return np.clip(answer + cv2.GaussianBlur(plain - answer, (0, 0), TONE, borderType=cv2.BORDER_REFLECT_101), 0, 255)
