"""What needs PyTorch: weights that are read and mixed, networks that are recognised, Swin's blocks that are exportable."""

import dataclasses
import sys
import unittest

import numpy as np
import torch

from .inspyrenet import build, load_inspyrenet
from .real_esrgan import load_real_esrgan, mix
from .runtime import open_graph, run
from .source import dimensions
from .swin import make_exportable
from .testing import UPSCALER, Steps
from .torch_export import load_weights
from .trouble import BakeError

ROW = dataclasses.replace(UPSCALER, scale=4)


def compact(features: int = 8, scale: int = 4) -> torch.nn.Module:
    from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact

    torch.manual_seed(1)
    return SRVGGNetCompact(num_in_ch=3, num_out_ch=3, num_feat=features, num_conv=2, upscale=scale)


class Weights(Steps):
    def save(self, content: object, name: str = "weights.pth"):
        torch.save(content, self.folder / name)
        return self.folder / name

    def test_the_averaged_weights_count_and_halves_become_floats(self) -> None:
        file = self.save({"params": {"w": torch.zeros(1)}, "params_ema": {"w": torch.ones(1).half(), "n": torch.tensor(3)}})
        loaded = load_weights(file)
        self.assertEqual((loaded["w"].item(), loaded["w"].dtype, loaded["n"].dtype), (1, torch.float32, torch.int64))

    def test_two_files_are_mixed_by_the_strength_of_the_first(self) -> None:
        general, weak = {"w": torch.tensor([1.0, 10.0])}, {"w": torch.tensor([3.0, 30.0])}
        for strength, expected in ((1, [1, 10]), (0.5, [2, 20]), (0, [3, 30])):
            self.assertEqual(mix([general, weak], strength)["w"].tolist(), expected)
        self.assertIs(mix([general], 0.5), general)
        with self.assertRaisesRegex(BakeError, "same network"):
            mix([general, {"v": torch.ones(2)}], 0.5)

    def test_a_compact_network_is_exported_for_any_size(self) -> None:
        network = compact()
        source = load_real_esrgan(ROW, [self.save({"params": network.state_dict()})])
        self.assertEqual([str(size) for size in dimensions(source.graph.graph.input[0])][:2], ["N", "3"])
        session = open_graph(source.graph.SerializeToString(), "compact")
        for shape in ((1, 3, 17, 5), (3, 3, 8, 30)):
            photo = np.random.default_rng(1).random(shape, np.float32)
            with torch.no_grad():
                expected = network(torch.from_numpy(photo)).numpy()
            self.assertLess(np.abs(run(session, photo, source.output, "compact") - expected).max(), 1e-5)

    def test_what_is_no_such_network_is_a_sentence(self) -> None:
        damaged = self.folder / "damaged.pth"
        damaged.write_bytes(self.save({"params": compact().state_dict()}).read_bytes()[:2000])
        other = {name: value for name, value in compact().state_dict().items() if "body.0" not in name}
        for file, row, sentence in (
            (damaged, ROW, r"damaged file or another kind\.$"),
            (self.save([1, 2], "list.pth"), ROW, "state dict .* received list"),
            (self.save(other, "other.pth"), ROW, "weights of a compact network"),
            (self.save(compact(scale=2).state_dict(), "x2.pth"), ROW, "Expected Compact ×4 .* received Compact ×2"),
            (self.save(compact().state_dict(), "x4.pth"), dataclasses.replace(ROW, format="rrdbnet"), "Expected ESRGAN ×4"),
        ):
            with self.assertRaisesRegex(BakeError, sentence):
                load_real_esrgan(row, [file])

    def test_weights_of_another_network_are_not_those_of_inspyrenet(self) -> None:
        row = dataclasses.replace(ROW, stage="segment", format="inspyrenet", shapes=((64, 64),))
        with self.assertRaisesRegex(BakeError, r"Expected the weights of InSPyReNet with Swin-B for tiny-up but received others\.$"):
            load_inspyrenet(row, [self.save({"params": compact().state_dict()})])

    def test_nothing_in_a_file_is_executed(self) -> None:
        class Trap:
            def __reduce__(self):
                return (sys.exit, (99,))

        with self.assertRaisesRegex(BakeError, r"another kind\.$"):
            load_weights(self.save({"params": Trap()}))


class Swin(unittest.TestCase):
    def test_the_exportable_blocks_compute_what_the_originals_compute(self) -> None:
        build((64, 64))  # makes the package importable
        swin = sys.modules["transparent_background.backbones.SwinTransformer"]
        torch.manual_seed(1)
        network = swin.SwinTransformer(embed_dim=8, depths=[2, 2], num_heads=[2, 2], window_size=4, out_indices=(0, 1))
        network.eval()
        for name, parameter in network.named_parameters():
            if "relative_position" in name:
                torch.nn.init.normal_(parameter)
        photos = [torch.randn(1, 3, height, width) for height, width in ((64, 64), (40, 72), (24, 56))]
        with torch.no_grad():
            expected = [network(photo) for photo in photos]
            make_exportable(network, swin)
            for photo, levels in zip(photos, expected):
                for before, after in zip(levels, network(photo)):
                    self.assertEqual((before - after).abs().max().item(), 0)


if __name__ == "__main__":
    unittest.main()
