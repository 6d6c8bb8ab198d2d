"""A small layer over onnx.helper: graphs are written as expressions, and come out in the bytes contract.

The contract (every graph of the product): pictures go in and come out as uint8 [N, h, w, channels]; scaling to
float, layout, clamping and rounding are nodes of the graph, so that the runtime only moves bytes.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20  # the newest that onnxruntime 1.26 runs on all its providers
IR_VERSION = 10

_TYPES = {"uint8": TensorProto.UINT8, "int32": TensorProto.INT32, "float32": TensorProto.FLOAT}


class Graph:
    """Collects nodes and constants. `spec` maps a tensor's name to (type, shape) as a card writes them."""

    def __init__(self, name: str, inputs: dict, outputs: dict) -> None:
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self._nodes: list = []
        self._constants: dict[bytes, str] = {}
        self._initializers: list = []
        self._count = 0

    def op(self, kind: str, *inputs, outputs: int = 1, **attributes):
        """Adds a node and returns the name of its output (a tuple of names for several)."""
        names = [self._name(kind) for _ in range(outputs)]
        self._nodes.append(helper.make_node(kind, [self._operand(i) for i in inputs], names, **attributes))
        return names[0] if outputs == 1 else tuple(names)

    def constant(self, value, dtype=np.float32) -> str:
        """An initializer; equal ones are stored once."""
        array = np.ascontiguousarray(np.asarray(value, dtype=dtype))
        key = array.dtype.str.encode() + str(array.shape).encode() + array.tobytes()
        if key not in self._constants:
            self._constants[key] = self._name("c")
            self._initializers.append(numpy_helper.from_array(array, self._constants[key]))
        return self._constants[key]

    def ints(self, *values: int) -> str:
        return self.constant(values, np.int64)

    def output(self, name: str, value: str) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))

    def model(self) -> onnx.ModelProto:
        def info(specs: dict) -> list:
            return [helper.make_tensor_value_info(n, _TYPES[t], list(s)) for n, (t, s) in specs.items()]

        graph = helper.make_graph(self._nodes, self.name, info(self.inputs), info(self.outputs), self._initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "cutline"
        onnx.checker.check_model(model, full_check=True)
        return model

    def _operand(self, value) -> str:
        return value if isinstance(value, str) else self.constant(value)

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    # Shorthands for arithmetic; numbers become constants.

    def add(self, a, b):
        return self.op("Add", a, b)

    def sub(self, a, b):
        return self.op("Sub", a, b)

    def mul(self, a, b):
        return self.op("Mul", a, b)

    def div(self, a, b):
        return self.op("Div", a, b)

    def clip(self, x, low: float = 0.0, high: float = 1.0):
        return self.op("Clip", x, low, high)

    def mix(self, a, b, weight):
        """a where weight is 0, b where it is 1."""
        return self.add(a, self.mul(self.sub(b, a), weight))

    def truth(self, condition: str) -> str:
        """1 where the condition holds, else 0."""
        return self.op("Cast", condition, to=TensorProto.FLOAT)

    # The bytes contract.

    def planes(self, name: str, scale: float = 1 / 255) -> str:
        """A uint8 NHWC input as float NCHW, 0–1 unless another scale is asked for."""
        as_float = self.op("Cast", name, to=TensorProto.FLOAT)
        chw = self.op("Transpose", as_float, perm=[0, 3, 1, 2])
        return chw if scale == 1 else self.mul(chw, scale)

    def plane(self, name: str, scale: float = 1 / 255) -> str:
        """A uint8 input of one channel like `planes`. Without a Transpose, which the runtime would move behind what follows,
        to where a channel meets three of them lying side by side: it multiplies those ten times as slowly.
        """
        chw = self.op("Unsqueeze", self.op("Squeeze", name, self.ints(3)), self.ints(1))
        as_float = self.op("Cast", chw, to=TensorProto.FLOAT)
        return as_float if scale == 1 else self.mul(as_float, scale)

    def thrice(self, hwc: str) -> str:
        """Float [N, h, w, 1] as [N, h, w, 3]. For the runtime's CPU a product of matrices is the fastest way to repeat."""
        return self.op("MatMul", hwc, self.constant(np.ones((1, 3))))

    def bytes_out(self, name: str, chw: str, scale: float = 255) -> None:
        """Float NCHW as the uint8 NHWC output `name`: scaled, clamped, rounded."""
        scaled = chw if scale == 1 else self.mul(chw, scale)
        hwc = self.op("Transpose", self.op("Round", self.clip(scaled, 0, 255)), perm=[0, 2, 3, 1])
        self.output(name, self.op("Cast", hwc, to=TensorProto.UINT8))

    # Filters. All repeat the border's pixels, so that a filter draws no frame.

    def pad(self, chw: str, top: int, bottom: int, left: int, right: int) -> str:
        return self.op("Pad", chw, self.ints(0, 0, top, left, 0, 0, bottom, right), mode="edge")

    def filter(self, chw: str, kernel, channels: int, stride: int = 1, dilation: int = 1) -> str:
        """The same separable kernel down and across, for each channel by itself."""
        kernel = np.asarray(kernel, np.float32)
        reach = (len(kernel) - 1) * dilation + 1 - stride
        before, after = reach // 2, (reach + 1) // 2
        down = np.tile(kernel.reshape(1, 1, -1, 1), (channels, 1, 1, 1))
        across = np.tile(kernel.reshape(1, 1, 1, -1), (channels, 1, 1, 1))
        step = {"group": channels, "dilations": [dilation, dilation]}
        x = self.op("Conv", self.pad(chw, before, after, before, after), self.constant(down), strides=[stride, 1], **step)
        return self.op("Conv", x, self.constant(across), strides=[1, stride], **step)

    def blur(self, chw: str, sigma: float, channels: int) -> str:
        return self.filter(chw, gaussian(sigma), channels)

    def luma(self, chw: str, weights=(0.2126, 0.7152, 0.0722)) -> str:
        """One channel from three (ITU-R BT.709 unless other weights are given)."""
        return self.op("Conv", chw, self.constant(np.asarray(weights, np.float32).reshape(1, 3, 1, 1)))


def gaussian(sigma: float, radius: int | None = None) -> np.ndarray:
    """A kernel that sums to 1, cut off at 3 sigma unless a radius is given."""
    radius = int(np.ceil(3 * sigma)) if radius is None else radius
    x = np.arange(-radius, radius + 1)
    kernel = np.exp(-(x**2) / (2 * sigma**2))
    return (kernel / kernel.sum()).astype(np.float32)


def cubic(x: np.ndarray, a: float = -0.5) -> np.ndarray:
    """Keys' cubic convolution kernel (IEEE TASSP 29, 1981, p. 1155); a = −0.5 is Catmull-Rom."""
    x = np.abs(x)
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))
