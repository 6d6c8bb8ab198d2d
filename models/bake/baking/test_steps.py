"""The steps after the download, on graphs of a few weights and pictures of a few pixels."""

import dataclasses
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import check as checking
from .card import card_of
from .fp16 import to_half
from .manifest import Row, Source, choose
from .onnx_source import load_onnx
from .optimise import optimise
from .place import PAGE_BYTES, measured, place, store, workspace
from .receptive_field import receptive_field
from .runtime import open_graph, require_version, run
from .source import FloatModel
from .trouble import BakeError
from .wrap import wrap

FLOAT = TensorProto.FLOAT
ROW = Row(
    id="tiny",
    stage="segment",
    file="tiny",
    title="tiny",
    licence="MIT",
    format="onnx",
    sources=(Source("tiny", "https://nowhere.invalid/tiny.onnx", "MIT", "0" * 64),),
    shapes=((2, 2),),
)
UPSCALER = dataclasses.replace(ROW, id="tiny-up", stage="upscale", format="compact", scale=2, shapes=())


def graph(nodes: list, weights: dict, inputs: dict | None = None, outputs: dict | None = None, opset: int = 17) -> onnx.ModelProto:
    def infos(values: dict) -> list:
        return [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in values.items()]

    made = helper.make_graph(
        nodes,
        "tiny",
        infos(inputs or {"x": ["N", 3, "h", "w"]}),
        infos(outputs or {"y": None}),
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def node(kind: str, inputs: str, output: str, **attributes) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), output.split(), name=f"{kind}_{output}", **attributes)


def convolutions(count: int, **attributes) -> tuple[list, dict]:
    """`count` convolutions of 3 × 3, from x by a0, a1 … to the last of them."""
    names = ["x", *(f"a{i}" for i in range(count))]
    nodes = [node("Conv", f"{names[i]} w b", names[i + 1], pads=[1] * 4, **attributes) for i in range(count)]
    random = np.random.default_rng(1)
    return nodes, {"w": random.normal(size=(3, 3, 3, 3)).astype(np.float32), "b": np.ones(3, np.float32)}


class Steps(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_bytes(self, model: onnx.ModelProto, photo: np.ndarray, output: str) -> np.ndarray:
        return run(open_graph(model.SerializeToString(), "tiny"), photo.astype(np.uint8), output, "tiny")


class Manifest(unittest.TestCase):
    rows = [
        dataclasses.replace(ROW, id="birefnet", aliases=("general",)),
        dataclasses.replace(UPSCALER, id="esr", family="esr", denoise=1),
        dataclasses.replace(UPSCALER, id="esr-half", family="esr", denoise=0.5),
    ]

    def test_ids_and_aliases_name_rows_each_once(self) -> None:
        self.assertEqual([row.id for row in choose(self.rows, ["general", "birefnet", "esr"])], ["birefnet", "esr"])

    def test_a_strength_names_the_row_of_the_family(self) -> None:
        self.assertEqual([row.id for row in choose(self.rows, ["esr"], 0.5)], ["esr-half"])

    def test_what_is_not_there_is_a_sentence(self) -> None:
        for names, strength, sentence in (
            (["genera"], None, "did you mean 'general'"),
            (["birefnet"], 0.5, "denoise twin"),
            (["esr"], 0.0, "Expected one of 1, 0.5 for --denoise but received 0"),
        ):
            with self.assertRaisesRegex(BakeError, sentence):
                choose(self.rows, names, strength)


class Wrapping(Steps):
    def source(self, nodes: list, weights: dict, **signature) -> FloatModel:
        return FloatModel(graph(nodes, weights, **signature), lambda array: array)

    def test_logits_become_rounded_levels(self) -> None:
        row = dataclasses.replace(ROW, mean=(0.5, 0, 0), std=(0.25, 1, 1))
        pick = np.array([1, 0, 0], np.float32).reshape(1, 3, 1, 1)
        wrapped = wrap(row, self.source([node("Conv", "x w", "y")], {"w": pick}, inputs={"x": [1, 3, 2, 2]}))
        photo = np.array([[[0, 9, 9], [64, 9, 9]], [[128, 9, 9], [255, 9, 9]]])[None]
        mask = self.run_bytes(wrapped, photo, "mask")
        self.assertEqual(mask.shape, (1, 2, 2, 1))
        self.assertEqual(mask.ravel().tolist(), [30, 69, 128, 225])

    def test_values_from_zero_to_one_are_clipped_and_not_squashed(self) -> None:
        row = dataclasses.replace(ROW, activation="none")
        pick = np.array([2, 0, 0], np.float32).reshape(1, 3, 1, 1)
        nodes = [node("Conv", "x w", "c"), node("Squeeze", "c axis", "y")]
        weights = {"w": pick, "axis": np.array([1], np.int64)}
        wrapped = wrap(row, self.source(nodes, weights, inputs={"x": [1, 3, 2, 2]}))
        mask = self.run_bytes(wrapped, np.full((1, 2, 2, 3), [[0, 0, 0], [100, 0, 0]]), "mask")
        self.assertEqual(mask.ravel().tolist(), [0, 200, 0, 200])

    def test_an_upscaler_rounds_and_keeps_free_sides(self) -> None:
        sizes = {"sizes": np.array([1, 1, 2, 2], np.float32), "gain": np.float32(1.02)}
        nodes = [node("Mul", "x gain", "g"), helper.make_node("Resize", ["g", "", "sizes"], ["y"], mode="nearest")]
        wrapped = wrap(UPSCALER, self.source(nodes, sizes))
        self.assertEqual([dim.dim_param or dim.dim_value for dim in wrapped.graph.output[0].type.tensor_type.shape.dim], ["N", "2h", "2w", 3])
        big = self.run_bytes(wrapped, np.array([[[[0, 200, 255], [3, 128, 250]]]]), "image_out")
        self.assertEqual(big[0, 0].tolist(), [[0, 204, 255]] * 2 + [[3, 131, 255]] * 2)

    def test_names_of_the_source_meet_none_of_ours(self) -> None:
        nodes = [node("Identity", "image", "head_0"), node("ReduceMean", "head_0", "mask", axes=[1], keepdims=1)]
        wrapped = wrap(dataclasses.replace(ROW, activation="none"), self.source(nodes, {}, inputs={"image": [1, 3, 2, 2]}, outputs={"mask": None}))
        onnx.checker.check_model(wrapped)
        self.assertEqual(self.run_bytes(wrapped, np.full((1, 2, 2, 3), 30), "mask").ravel().tolist(), [30] * 4)


class Published(Steps):
    def load(self, row: Row = ROW, **changes):
        pick = {"w": np.ones((1, 3, 1, 1), np.float32)}
        nodes = [node("Conv", "x w", "late"), node("Neg", "late", "early")]
        made = graph(nodes, pick, **{"inputs": {"x": [1, 3, 2, 2]}, "outputs": {"early": None, "late": None}, **changes})
        onnx.save(made, self.folder / "tiny.onnx")
        return load_onnx(row, [self.folder / "tiny.onnx"])

    def test_the_last_output_counts_and_the_others_go(self) -> None:
        self.assertEqual(self.load().output, "late")
        self.assertEqual([value.name for value in self.load().graph.graph.output], ["late"])

    def test_an_output_is_picked_by_name_or_place(self) -> None:
        self.assertEqual(self.load(dataclasses.replace(ROW, output="early")).output, "early")
        self.assertEqual(self.load(dataclasses.replace(ROW, output=0)).output, "early")
        self.assertEqual(self.load(dataclasses.replace(ROW, output="output_image")).output, "late")

    def test_what_does_not_fit_the_row_is_a_sentence(self) -> None:
        for row, changes, sentence in (
            (ROW, {"inputs": {"x": [1, 3, 4, 4]}}, r"Expected float \[1, 3, 2, 2\] .* float \[1, 3, 4, 4\]"),
            (ROW, {"inputs": {"x": [1, 3, 2, 2], "z": [1]}}, "one input .* x, z"),
            (ROW, {"opset": 21}, "opset from 11 to 20 .* 21"),
            (dataclasses.replace(ROW, output=7), {}, "Expected output 7"),
            (dataclasses.replace(ROW, input="image"), {}, "Expected the input 'image'"),
        ):
            with self.assertRaisesRegex(BakeError, sentence):
                self.load(row, **changes)

    def test_an_operator_that_onnxruntime_lacks_is_named(self) -> None:
        (self.folder / "odd.onnx").write_bytes(
            graph([node("Whatever", "x", "y", domain="somebody")], {}, inputs={"x": [1, 3, 2, 2]}).SerializeToString()
        )
        with self.assertRaisesRegex(BakeError, "Whatever|somebody"):
            load_onnx(ROW, [self.folder / "odd.onnx"])

    def test_a_truncated_file_is_a_sentence(self) -> None:
        self.load()
        whole = (self.folder / "tiny.onnx").read_bytes()
        (self.folder / "cut.onnx").write_bytes(whole[: len(whole) // 2])
        with self.assertRaisesRegex(BakeError, "damaged file"):
            load_onnx(ROW, [self.folder / "cut.onnx"])


class HalfPrecision(Steps):
    def test_weights_are_halved_and_the_bytes_way_in_and_out_is_not(self) -> None:
        nodes, weights = convolutions(3)
        nodes += [node("ReduceMean", "a2", "m", axes=[1], keepdims=1), node("Add", "m a2", "s"), node("Cast", "s", "c", to=FLOAT)]
        nodes += [node("Conv", "c last", "y")]
        weights["last"] = np.full((1, 3, 1, 1), 0.1, np.float32)
        source = FloatModel(graph(nodes, weights, inputs={"x": [1, 3, 2, 2]}), lambda array: array)
        whole = optimise(wrap(ROW, source), self.folder, "tiny")
        half = to_half(whole)
        kinds = {tensor.name: tensor.data_type for tensor in half.graph.initializer}
        self.assertEqual({kind for name, kind in kinds.items() if "net/w" in name}, {TensorProto.FLOAT16})
        self.assertEqual({kind for name, kind in kinds.items() if name.startswith(("head_", "tail_"))}, {FLOAT, TensorProto.INT64})
        photo = np.random.default_rng(2).integers(0, 256, (1, 2, 2, 3))
        exact, halved = (self.run_bytes(model, photo, "mask").astype(int) for model in (whole, half))
        self.assertLessEqual(np.abs(exact - halved).max(), 1)
        self.assertGreater(exact.max(), exact.min())

    def test_a_graph_with_branches_is_refused(self) -> None:
        branch = graph([node("Identity", "one", "r")], {"one": np.ones(1, np.float32)}, inputs={"unused": [1]}, outputs={"r": [1]}).graph
        del branch.input[:]
        model = graph([node("Greater", "x zero", "g"), node("If", "g", "y", then_branch=branch, else_branch=branch)], {"zero": np.float32(0)})
        with self.assertRaisesRegex(BakeError, "without branches"):
            to_half(model)


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


class Card(unittest.TestCase):
    baked = {"precision": "fp32", "optimization": "disabled", "input": ["N", "h", "w", 3], "output": ["N", "2h", "2w", 3], "multiple": 1}

    def card(self, row: Row, field: int | None, sha256: str = "0" * 64) -> dict:
        return card_of(row, {**self.baked, "field": field}, {"psnr_db": 90}, {"sha256": "1" * 64, "bytes": 7, "sources": [sha256]})

    def test_a_field_that_tiles_cannot_cover_is_blended(self) -> None:
        self.assertNotIn("blend", self.card(UPSCALER, 34))
        self.assertEqual(self.card(UPSCALER, 698)["blend"], 64)
        self.assertEqual(self.card(UPSCALER, 698)["field"], 698)
        self.assertEqual(self.card(ROW, None)["check"], {"psnr_db": 90, "receptive field": "the whole picture"})

    def test_a_file_of_the_callers_is_not_taken_for_the_published_one(self) -> None:
        self.assertEqual(self.card(ROW, 0)["sources"][0]["url"], "https://nowhere.invalid/tiny.onnx")
        self.assertNotIn("url", self.card(ROW, 0, "2" * 64)["sources"][0])
        self.assertEqual(self.card(ROW, 0, "2" * 64)["sources"][0]["sha256"], "2" * 64)


if __name__ == "__main__":
    unittest.main()
