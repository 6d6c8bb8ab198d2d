"""From a row to a wrapped graph, on graphs of a few weights and pictures of a few pixels."""

import dataclasses
import unittest

import numpy as np
import onnx
from onnx import helper

from .card import card_of
from .manifest import Row, choose
from .onnx_source import load_onnx
from .source import FloatModel
from .testing import ROW, UPSCALER, Steps, graph, node
from .trouble import BakeError
from .wrap import wrap


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
