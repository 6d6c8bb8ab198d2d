"""Weights for tests: networks of the real kinds with chance weights that behave, and graphs with the real signatures.

    python models/bake/testdata/chance_weights.py rrdbnet|inspyrenet|birefnet FILE [ARGUMENT …]
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).parents[1]))
CALIBRATION_SIDE = 384


def rrdbnet(path: Path, scale: int = 2, blocks: int = 23) -> None:
    """RRDBNet as Real-ESRGAN saves it; the last layers are made large enough that a seam would be seen."""
    import torch
    from spandrel.architectures.ESRGAN.__arch.RRDB import RRDBNet

    torch.manual_seed(7)
    shuffle = {2: 2, 4: None}[scale]
    net = RRDBNet(in_nc=3 * (shuffle or 1) ** 2, out_nc=3, num_filters=64, num_blocks=blocks, scale=4, shuffle_factor=shuffle)
    state = net.state_dict()
    with torch.no_grad():
        mean, spread = _response(net.eval())
        last = max((name for name in state if name.endswith("weight")), key=lambda name: int(name.split(".")[1]))
        state[last] *= 0.2 / spread
        state[last.replace("weight", "bias")] += 0.5 - mean * 0.2 / spread
    torch.save({"params_ema": state}, path)


def _response(net) -> tuple[float, float]:
    import torch

    result = net(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(7)))
    return float(result.mean()), float(result.std())


def inspyrenet(path: Path, base: int = 1024) -> None:
    """InSPyReNet with Swin-B whose statistics fit its weights and our photos, and whose attention does something."""
    import torch

    from baking.inspyrenet import build
    from baking.pictures import read, sample_photos

    torch.manual_seed(7)
    net = build((base, base))
    for name, parameter in net.named_parameters():
        if name.endswith("gamma"):
            parameter.data.fill_(0.3)
    photos = np.concatenate([read(photo, CALIBRATION_SIDE, CALIBRATION_SIDE) for photo in sample_photos()])
    images = torch.from_numpy(photos).permute(0, 3, 1, 2).float() / 58.4 - 2.1
    coarse = _calibrate(net, images)
    # Logits of about ±4 at the coarsest level and smaller corrections after: neither all subject nor none. The finest
    # level sums over the most pixels, so that by chance it differs most from photo to photo.
    net.decoder.conv5.conv.weight.data *= 4 / coarse.std()
    for attention, strength in ((net.attention0, 0.01), (net.attention1, 0.3), (net.attention2, 0.3)):
        attention.conv_out4.bn.weight.data.fill_(strength)
    _calibrate(net, images)
    torch.save(net.state_dict(), path)


def _calibrate(net, images):
    """Sets the statistics of every normalisation to those of these pictures. Returns the coarsest logits."""
    import torch

    for norm in (module for module in net.modules() if isinstance(module, torch.nn.BatchNorm2d)):
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        coarse = net.forward_inspyre(images)["saliency"][0]
    net.eval()
    return coarse


def birefnet(path: Path, side: int = 1024, old: str = "", megabytes: int = 0) -> None:
    """A graph with BiRefNet's signature: `input_image` float [1,3,S,S] → `output_image`, logits. An `old` export lists
    temporaries before it. `megabytes` of weights are added that take part, so that none is optimised away."""
    random = np.random.default_rng(7)
    weights = {
        "look": random.normal(0, 0.3, (8, 3, 5, 5)).astype(np.float32),
        "gather": random.normal(0, 1, (1, 8, 1, 1)).astype(np.float32),
        "bias": np.array([-0.3], np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["input_image", "look"], ["features"], name="look", pads=[2] * 4),
        helper.make_node("Relu", ["features"], ["active"], name="active"),
    ]
    last = "active"
    pool_side = max(1, side // 256)
    for number in range(megabytes // 4):
        # A convolution of 1024 × 1024 on a picture shrunk to a few pixels: all weights and no work.
        if number == 0:
            nodes.append(helper.make_node("AveragePool", ["active"], ["small"], name="small", kernel_shape=[256, 256], strides=[256, 256]))
            nodes.append(helper.make_node("Conv", ["small", "widen"], ["deep_0"], name="widen"))
            weights["widen"] = random.normal(0, 0.3, (1024, 8, 1, 1)).astype(np.float32)
        weights[f"deep_weight_{number}"] = random.normal(0, 1 / 32, (1024, 1024, 1, 1)).astype(np.float32)
        nodes.append(helper.make_node("Conv", [f"deep_{number}", f"deep_weight_{number}"], [f"deep_{number + 1}"], name=f"deep_{number}"))
    if megabytes:
        weights["scales"] = np.array([1, 1, side // pool_side, side // pool_side], np.float32)
        weights["narrow"] = random.normal(0, 0.0005, (8, 1024, 1, 1)).astype(np.float32)
        nodes.append(helper.make_node("Conv", [f"deep_{megabytes // 4}", "narrow"], ["narrowed"], name="narrow"))
        nodes.append(helper.make_node("Resize", ["narrowed", "", "scales"], ["spread"], name="spread", mode="nearest"))
        nodes.append(helper.make_node("Add", ["active", "spread"], ["joined"], name="joined"))
        last = "joined"
    outputs = ["output_image"]
    nodes.append(helper.make_node("Conv", [last, "gather", "bias"], ["output_image"], name="gather"))
    if old:
        nodes.append(helper.make_node("Neg", ["output_image"], ["5763"], name="temporary"))
        outputs = ["5763", "output_image"]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, side, side]) for name in outputs]
    graph = helper.make_graph(
        nodes,
        "birefnet",
        [helper.make_tensor_value_info("input_image", TensorProto.FLOAT, [1, 3, side, side])],
        values,
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def unknown(path: Path) -> None:
    """BiRefNet's signature with an operator that nobody has."""
    sizes = [1, 3, 1024, 1024]
    value = helper.make_tensor_value_info("input_image", TensorProto.FLOAT, sizes)
    result = helper.make_tensor_value_info("output_image", TensorProto.FLOAT, sizes)
    graph = helper.make_graph([helper.make_node("Bewitch", ["input_image"], ["output_image"])], "unknown", [value], [result])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


if __name__ == "__main__":
    kinds = {"unknown": unknown, "rrdbnet": rrdbnet, "inspyrenet": inspyrenet, "birefnet": birefnet}
    kinds[sys.argv[1]](Path(sys.argv[2]), *(int(value) if value.isdigit() else value for value in sys.argv[3:]))
