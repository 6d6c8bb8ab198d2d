"""The order of the steps, for one model."""

import argparse
import signal
import sys
from pathlib import Path
from typing import Callable

import onnx

from .card import card_of
from .check import check, expect
from .fetch import digest, fetch
from .fp16 import to_half
from .manifest import Row
from .optimise import optimise
from .pictures import calibration, sample_photos
from .place import measured, place, store, workspace
from .ranges import Range, value_ranges
from .receptive_field import receptive_field
from .runtime import require_version
from .source import FloatModel, dimensions
from .wrap import output_sizes, wrap

# What is left to onnxruntime when it opens a graph, measured on CPUs: its layout for convolutions takes up to a third off
# a tile of an upscaler and costs half a second; off a mask it takes a tenth, and a large model would open half as fast.
AT_LOAD = {"upscale": "all", "segment": "disabled"}
CALIBRATION_SIDES = (256, 256)
MOST_CALIBRATION_PHOTOS = 24


def bake(row: Row, args: argparse.Namespace) -> None:
    """Fetch → export → wrap → optimise → precision → check → card. Raises BakeError, and then has written nothing."""
    require_version()
    with workspace(args.out):
        pass  # a folder that cannot be written to is found before a gigabyte is fetched
    files = args.weights or [fetch(source, args.cache, trust=args.trust_on_first_use, progress=_progress(source.name)) for source in row.sources]
    checksums = [digest(file) for file in files]
    for source, file, sha256 in zip(row.sources, files, checksums):
        if source.sha256 not in (None, sha256):
            _say(row, f"{file} is another file than the one that is published; the card will say so")
    _say(row, "reading the source")
    source = _export(row, files)
    field = None if row.stage == "segment" else receptive_field(source.graph, row.scale, source.multiple)
    _say(row, "running the source on photos")
    cases = expect(row, source, sample_photos())
    multiple = 1 if len(row.shapes) == 1 else source.multiple
    with workspace(args.out) as made:
        _say(row, f"writing the graph in {args.precision}")
        graph = optimise(wrap(row, source), made, row.id)
        # Quantised operators are joined by the runtime alone, by what its device can do.
        optimization = "all" if args.precision == "int8" else AT_LOAD[row.stage]
        graph = _at_precision(row, graph, args, made)
        sizes = dimensions(graph.graph.input[0])
        path = store(graph, made, row.file)
        _say(row, "checking it against the source")
        figures = check(row, path, args.precision, optimization, cases)
        baked = {
            "precision": args.precision,
            "optimization": optimization,
            "input": sizes,
            "output": output_sizes(row, sizes),
            "multiple": multiple,
            "field": field,
        }
        written = measured(made, row.file) | {"sources": checksums}
        _undisturbed(lambda: place(made, args.out, row.file, card_of(row, baked, figures, written)))
    agreement = f"IoU {figures['iou']}" if row.stage == "segment" else f"PSNR {figures['psnr_db']} dB"
    _say(row, f"done: {args.out / row.file}.onnx, {written['bytes'] / 1e6:.1f} MB, {agreement}, largest difference {figures['max_difference']:g}")


def _export(row: Row, files: list[Path]) -> FloatModel:
    # Each brings PyTorch along, which a published graph does not need.
    if row.format == "onnx":
        from .onnx_source import load_onnx

        return load_onnx(row, files)
    if row.format == "inspyrenet":
        from .inspyrenet import load_inspyrenet

        return load_inspyrenet(row, files)
    from .real_esrgan import load_real_esrgan

    return load_real_esrgan(row, files)


def _at_precision(row: Row, graph: onnx.ModelProto, args: argparse.Namespace, made: Path) -> onnx.ModelProto:
    if args.precision == "fp32":
        return graph
    if args.precision == "fp16":  # which only has to know the order of magnitude
        return to_half(graph, _ranges(row, graph, None, made))
    from .int8 import lifted, to_int8  # brings a part of onnxruntime along that needs a second

    graph = lifted(graph, row.id)
    return to_int8(graph, _ranges(row, graph, args.photos, made), row.id)


def _ranges(row: Row, graph: onnx.ModelProto, given: Path | None, made: Path) -> dict[str, Range]:
    photos = calibration(given, row.shapes or (CALIBRATION_SIDES,), MOST_CALIBRATION_PHOTOS)
    return value_ranges(graph, photos, made, row.id)


def _undisturbed(work: Callable[[], None]) -> None:
    """Signals wait until three files have become one model. Masks would not do: other threads take signals too."""
    late: list[int] = []
    handlers = {number: signal.signal(number, lambda number, _: late.append(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        work()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if late:
        signal.raise_signal(late[0])


def _say(row: Row, what: str) -> None:
    print(f"{row.id}: {what}", flush=True)


def _progress(name: str):
    """One line that counts up on a terminal, one line for every tenth elsewhere."""
    last = -1

    def show(done: int, total: int | None) -> None:
        nonlocal last
        terminal = sys.stdout.isatty()
        percent = 100 * done // total if total else done // 1_000_000
        if percent == last or not (terminal or (percent % 10 == 0 and total)):
            return
        last = percent
        text = f"{name}: {percent} % of {total / 1e6:.1f} MB" if total else f"{name}: {percent} MB"
        end = "\n" if not terminal or done == total else "\r"
        print(text, end=end, flush=True)

    return show
