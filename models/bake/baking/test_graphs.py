"""What becomes of a wrapped graph: half precision, its field, its files, its check."""

import dataclasses
import json
import unittest

import numpy as np
import onnx
from onnx import TensorProto

from . import check as checking
from .fp16 import to_half
from .int8 import lifted, to_int8
from .manifest import Row
from .optimise import optimise
from .place import PAGE_BYTES, measured, place, store, workspace
from .ranges import value_ranges
from .receptive_field import receptive_field
from .runtime import open_graph, require_version, run
from .source import FloatModel
from .testing import FLOAT, ROW, UPSCALER, Steps, convolutions, graph, node
from .trouble import BakeError
from .wrap import wrap


class HalfPrecision(Steps):
    def test_weights_are_halved_and_the_bytes_way_in_and_out_is_not(self) -> None:
        nodes, weights = convolutions(3)
        nodes += [node("ReduceMean", "a2", "m", axes=[1], keepdims=1), node("Add", "m a2", "s"), node("Cast", "s", "c", to=FLOAT)]
        nodes += [node("Conv", "c last", "y")]
        weights["last"] = np.full((1, 3, 1, 1), 0.1, np.float32)
        source = FloatModel(graph(nodes, weights, inputs={"x": [1, 3, 2, 2]}), lambda array: array)
        whole = optimise(wrap(ROW, source), self.folder, "tiny")
        photo = np.random.default_rng(2).integers(0, 256, (1, 2, 2, 3)).astype(np.uint8)
        half = to_half(whole, value_ranges(whole, [photo], self.folder, "tiny"))
        kinds = {tensor.name: tensor.data_type for tensor in half.graph.initializer}
        self.assertEqual({kind for name, kind in kinds.items() if "net/w" in name}, {TensorProto.FLOAT16})
        self.assertEqual({kind for name, kind in kinds.items() if name.startswith(("head_", "tail_"))}, {FLOAT, TensorProto.INT64})
        exact, halved = (self.run_bytes(model, photo, "mask").astype(int) for model in (whole, half))
        self.assertLessEqual(np.abs(exact - halved).max(), 1)
        self.assertGreater(exact.max(), exact.min())

    def test_what_comes_near_the_end_of_half_precision_stays_as_it_is(self) -> None:
        nodes, weights = convolutions(1)
        nodes += [node("Mul", "a0 huge", "large"), node("Abs", "large", "far"), node("Mul", "far tiny", "small"), node("Conv", "small last", "y")]
        weights |= {"huge": np.float32(1e6), "tiny": np.float32(1e-6), "last": np.full((1, 3, 1, 1), 0.1, np.float32)}
        whole = optimise(wrap(ROW, FloatModel(graph(nodes, weights, inputs={"x": [1, 3, 2, 2]}), lambda array: array)), self.folder, "tiny")
        photo = np.random.default_rng(2).integers(0, 256, (1, 2, 2, 3)).astype(np.uint8)
        ranges = value_ranges(whole, [photo], self.folder, "tiny")
        self.assertGreater(ranges["net/far"].furthest, 65504)
        exact, halved = (self.run_bytes(model, photo, "mask").astype(int) for model in (whole, to_half(whole, ranges)))
        self.assertLessEqual(np.abs(exact - halved).max(), 1)
        unaware = self.run_bytes(to_half(whole, {}), photo, "mask").astype(int)
        self.assertGreater(np.abs(exact - unaware).max(), 20)

    def test_a_graph_with_branches_is_refused(self) -> None:
        branch = graph([node("Identity", "one", "r")], {"one": np.ones(1, np.float32)}, inputs={"unused": [1]}, outputs={"r": [1]}).graph
        del branch.input[:]
        model = graph([node("Greater", "x zero", "g"), node("If", "g", "y", then_branch=branch, else_branch=branch)], {"zero": np.float32(0)})
        with self.assertRaisesRegex(BakeError, "without branches"):
            to_half(model, {})


class EightBits(Steps):
    def test_ranges_are_the_means_of_the_photos_extremes(self) -> None:
        whole = wrap(dataclasses.replace(ROW, activation="none"), FloatModel(graph([node("ReduceMean", "x", "y", axes=[1], keepdims=1)], {}, inputs={"x": [1, 3, 2, 2]}), lambda array: array))
        photos = [np.full((1, 2, 2, 3), level, np.uint8) for level in (0, 51, 255)]
        reached = value_ranges(whole, photos, self.folder, "tiny")["net/y"]
        self.assertEqual([round(value, 6) for value in dataclasses.astuple(reached)], [0.4, 0.4, 1])

    def test_all_products_with_weights_but_the_first_and_the_last_are_quantised(self) -> None:
        nodes, weights = convolutions(4)
        nodes += [node("MatMul", "a3 a3", "m"), node("Conv", "m last", "y")]
        weights = {name: value / 4 for name, value in weights.items()} | {"last": np.full((1, 3, 1, 1), 0.1, np.float32)}
        source = FloatModel(graph(nodes, weights, inputs={"x": [1, 3, 2, 2]}), lambda array: array)
        whole = optimise(wrap(ROW, source), self.folder, "tiny")
        photos = [np.random.default_rng(seed).integers(0, 256, (1, 2, 2, 3)).astype(np.uint8) for seed in range(4)]
        eight = to_int8(whole, value_ranges(whole, photos, self.folder, "tiny"), "tiny")
        made = {name: made for made in eight.graph.node for name in made.output}
        takes = [made[each.input[0]].op_type for each in eight.graph.node if each.op_type == "Conv"]
        self.assertEqual(takes, ["Mul", *["DequantizeLinear"] * 3, "MatMul"])
        self.assertEqual({tensor.data_type for tensor in eight.graph.initializer if tensor.name.startswith("net/w")}, {TensorProto.INT8, FLOAT})
        onnx.checker.check_model(eight)
        product = next(each.output[0] for each in eight.graph.node if each.op_type == "MatMul")
        self.assertEqual([each.op_type for each in eight.graph.node if product in each.input], ["Conv"])
        exact, coarse = (self.run_bytes(model, photos[0], "mask").astype(int) for model in (whole, eight))
        self.assertLessEqual(np.abs(exact - coarse).max(), 6)

    def test_a_graph_of_an_old_opset_is_lifted_first(self) -> None:
        nodes, weights = convolutions(3)
        weights = {name: value / 4 for name, value in weights.items()}
        last = np.full((1, 3, 1, 1), 0.1, np.float32)
        source = FloatModel(graph([*nodes, node("Conv", "a2 last", "y")], weights | {"last": last}, inputs={"x": [1, 3, 2, 2]}, opset=11), lambda array: array)
        whole = lifted(optimise(wrap(ROW, source), self.folder, "tiny"), "tiny")
        self.assertEqual([entry.version for entry in whole.opset_import], [13])
        photos = [np.random.default_rng(seed).integers(0, 256, (1, 2, 2, 3)).astype(np.uint8) for seed in range(4)]
        eight = to_int8(whole, value_ranges(whole, photos, self.folder, "tiny"), "tiny")
        exact, coarse = (self.run_bytes(model, photos[0], "mask").astype(int) for model in (whole, eight))
        self.assertLessEqual(np.abs(exact - coarse).max(), 6)
        self.assertIs(lifted(whole, "tiny"), whole)

    def test_a_graph_with_nothing_between_its_ends_is_refused(self) -> None:
        nodes, weights = convolutions(2)
        with self.assertRaisesRegex(BakeError, "Expected tiny to have convolutions between.*received none"):
            to_int8(graph([*nodes, node("Relu", "a1", "y")], weights), {}, "tiny")


class Field(Steps):
    def test_each_convolution_sees_one_pixel_more(self) -> None:
        for count, dilation, expected in ((1, 1, 1), (3, 1, 3), (2, 4, 2)):
            nodes, weights = convolutions(count)
            if dilation > 1:
                nodes[-1] = node("Conv", f"{nodes[-1].input[0]} w b", nodes[-1].output[0], pads=[dilation] * 4, dilations=[dilation] * 2)
                expected = 1 + dilation
            last = nodes[-1].output[0]
            nodes += [node("Relu", last, "r"), node("Add", "r x", "y")]
            self.assertEqual(receptive_field(graph(nodes, weights), 1, 1), expected)

    def test_a_field_is_counted_in_input_pixels(self) -> None:
        """A pixel-unshuffle doubles what a convolution sees, a pixel-shuffle halves it."""
        to_small = [node("SpaceToDepth", "x", "s", blocksize=2), node("Conv", "s w", "c", pads=[1] * 4), node("DepthToSpace", "c", "y", blocksize=2)]
        weights = {"w": np.ones((12, 12, 3, 3), np.float32)}
        self.assertEqual(receptive_field(graph(to_small, weights), 1, 2), 3)
        to_large = [node("Conv", "x wide", "c", pads=[1] * 4), node("DepthToSpace", "c", "d", blocksize=2), node("Conv", "d w", "y", pads=[1] * 4)]
        weights = {"wide": np.ones((12, 3, 3, 3), np.float32), "w": np.ones((3, 3, 3, 3), np.float32)}
        self.assertEqual(receptive_field(graph(to_large, weights), 2, 1), 2)

    def test_weights_of_nought_and_of_less_count_like_others(self) -> None:
        nodes, weights = convolutions(2)
        nodes += [node("Identity", "a1", "y")]
        weights["w"] = -weights["w"]
        weights["w"][:, :, 0] = 0
        self.assertEqual(receptive_field(graph(nodes, weights), 1, 1), 2)

    def test_a_mean_over_the_picture_sees_all_of_it(self) -> None:
        nodes = [node("GlobalAveragePool", "x", "m"), node("Add", "m x", "y")]
        self.assertIsNone(receptive_field(graph(nodes, {}), 1, 1))


class Placing(Steps):
    def tiny(self) -> onnx.ModelProto:
        weights = {"w": np.ones((3, 3, 20, 20), np.float32), "v": np.zeros((3, 3, 20, 20), np.float32), "s": np.ones((3, 1, 1), np.float32)}
        return graph([node("Conv", "x w", "a"), node("Conv", "a v", "b", pads=[10, 10, 9, 9]), node("Mul", "b s", "y")], weights)

    def test_weights_lie_beside_the_graph_at_the_beginning_of_pages(self) -> None:
        path = store(self.tiny(), self.folder, "tiny")
        self.assertEqual((self.folder / "tiny.data").stat().st_size, 4 * PAGE_BYTES + 14400)
        entries = {tensor.name: {e.key: e.value for e in tensor.external_data} for tensor in onnx.load(path, load_external_data=False).graph.initializer}
        self.assertEqual(entries["v"], {"location": "tiny.data", "offset": str(4 * PAGE_BYTES), "length": "14400"})
        self.assertEqual(entries["s"], {})
        self.assertEqual(run(open_graph(path, "tiny"), np.ones((1, 3, 20, 20), np.float32), "y", "tiny").shape, (1, 3, 1, 1))

    def test_the_same_graph_gives_the_same_bytes(self) -> None:
        first, second = self.folder / "first", self.folder / "second"
        figures = []
        for folder in (first, second):
            folder.mkdir()
            store(self.tiny(), folder, "tiny")
            figures.append(measured(folder, "tiny"))
        self.assertEqual(figures[0], figures[1])
        self.assertEqual(figures[0]["bytes"], sum(path.stat().st_size for path in first.iterdir()))

    def test_a_model_takes_the_place_of_another_with_all_its_files(self) -> None:
        for suffix in ("onnx", "data", "json"):
            (self.folder / f"tiny.{suffix}").write_text("old")
        with workspace(self.folder) as made:
            (made / "tiny.onnx").write_text("new")
            place(made, self.folder, "tiny", {"id": "tiny"})
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"tiny.onnx", "tiny.json"})
        self.assertEqual(json.loads((self.folder / "tiny.json").read_text()), {"id": "tiny"})

    def test_a_workspace_goes_whatever_happens(self) -> None:
        with self.assertRaises(KeyError), workspace(self.folder) as made:
            (made / "half.onnx").write_text("half")
            raise KeyError
        self.assertEqual(list(self.folder.iterdir()), [])


class Checking(Steps):
    def measure(self, row: Row, expected: list, result: list) -> dict:
        case = checking.Case(np.zeros(0), np.array(expected, float).reshape(1, 2, 2, 1))
        return checking.measure(row, [case], [np.array(result, np.uint8).reshape(1, 2, 2, 1)])

    def test_masks_are_compared_at_half_and_in_levels(self) -> None:
        self.assertEqual(
            self.measure(ROW, [255, 200, 0.4, 0], [255, 100, 0, 4]),
            {"iou": 0.5, "max_difference": 100, "mean_difference": 26, "photos": 1},
        )
        self.assertEqual(self.measure(ROW, [0, 0, 0, 0], [9, 9, 9, 9])["iou"], 1)

    def test_pictures_are_compared_by_psnr(self) -> None:
        self.assertEqual(self.measure(UPSCALER, [10, 20, 30, 40], [10, 22, 30, 40])["psnr_db"], 48.13)
        self.assertEqual(self.measure(UPSCALER, [10, 20, 30, 40], [10, 20, 30, 40])["psnr_db"], 99)

    def test_a_graph_that_differs_from_its_source_is_refused(self) -> None:
        source = FloatModel(graph([node("ReduceMean", "x", "y", axes=[1], keepdims=1)], {}, inputs={"x": [1, 3, 2, 2]}), lambda array: array)
        path = store(wrap(dataclasses.replace(ROW, activation="none"), source), self.folder, "tiny")
        photo = np.full((1, 2, 2, 3), 200, np.uint8)
        same = checking.Case(photo, np.full((1, 2, 2, 1), 200.2))
        self.assertEqual(checking.check(ROW, path, "fp32", "disabled", [same])["max_difference"], 0)
        for expected, sentence in ((np.full((1, 2, 2, 1), 100.0), "mask IoU"), (np.full((1, 2, 2, 1), 203.0), "mean difference"), (np.zeros((1, 4, 4, 1)), "4, 4")):
            with self.assertRaisesRegex(BakeError, f"{sentence}.*nothing was written"):
                checking.check(ROW, path, "fp32", "disabled", [checking.Case(photo, expected)])

    def test_another_onnxruntime_is_refused(self) -> None:
        require_version()
        with self.assertRaisesRegex(BakeError, "Expected onnxruntime 1.26.0, as the product runs it, but received 1.27.1"):
            require_version("1.27.1")


if __name__ == "__main__":
    unittest.main()
