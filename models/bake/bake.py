"""Bakes models: from their authors' files to graphs that the product opens fast, checked against the source.

    npm run bake -- realesrgan-x2plus birefnet-general
    npm run bake -- portrait --precision fp16
    npm run bake -- realesr-general-x4v3 --denoise 0.5 --weights general.pth --weights weak.pth
    npm run bake -- --install                 makes the environment, prints its Python, and stops

`npm run models` lists the names. The first bake sets up a Python of its own in .cache/bake-env: on x86 Linux 6 GB and a
few minutes; BAKE_PYTHON names another that has the packages. CUTLINE_MODEL_MIRROR is a base address to fetch models from
instead of their authors'; https_proxy and no_proxy are heeded. A download that breaks off goes on where it stopped.

What is written into --out: X.onnx, X.data (weights) and X.json (the card with what was measured), all or none.
Exit: 0 all baked, 1 trouble with one (those after it are not baked), 2 wrong usage, 130 interrupted.
"""

import argparse
import errno
import os
import signal
import sys
import warnings
from pathlib import Path

# Threads that wait in a loop cost more than they win where others work too; read when the libraries are loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent))
from baking.manifest import MANIFEST, Row, choose, read_rows  # noqa: E402
from baking.trouble import BakeError  # noqa: E402

ROOT = Path(__file__).parents[2]
STRENGTHS = (0, 0.5, 1)
TROUBLE, WRONG_USAGE = 1, 2


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run bake --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="ID", help="ids or other names, as `npm run models` lists them")
    parser.add_argument("--precision", choices=("fp32", "fp16", "int8"), default="fp32", help="of the weights; fp16 is for GPUs (default: fp32)")
    parser.add_argument("--weights", action="append", type=Path, default=[], metavar="FILE", help="a file of yours in place of the download; once per source")
    parser.add_argument("--denoise", type=float, choices=STRENGTHS, help="strength, for models that have a denoise twin")
    parser.add_argument("--photos", type=Path, metavar="DIR", default=os.environ.get("PHOTOS_DIR") or None, help="more photos to calibrate int8 on (default: PHOTOS_DIR)")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "baked", metavar="DIR", help="where results go (default: models/baked)")
    parser.add_argument("--trust-on-first-use", action="store_true", help="accept a file whose sha256 the manifest does not know, and print it")
    parser.add_argument("--manifest", type=Path, default=MANIFEST, metavar="FILE", help="another list of models")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "models", metavar="DIR", help="where downloads are kept (default: .cache/models)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be baked of what, and stop")
    return parser.parse_args(arguments)


def plan(args: argparse.Namespace) -> list[Row]:
    """What is to be baked; whatever is wrong with the request is found here, before anything is fetched."""
    rows = choose(read_rows(args.manifest), args.models, args.denoise)
    if args.precision == "int8" and args.photos and not args.photos.is_dir():
        raise BakeError(f"Expected a folder for --photos but received '{args.photos}'.")
    if not args.weights:
        return rows
    if len(rows) != 1:
        raise BakeError(f"Expected one model with --weights but received {len(rows)}.")
    if len(args.weights) != len(rows[0].sources):
        names = ", ".join(source.name for source in rows[0].sources)
        raise BakeError(f"Expected --weights {len(rows[0].sources)} times for {rows[0].id} ({names}) but received it {len(args.weights)} times.")
    for path in args.weights:
        if not path.is_file():
            raise BakeError(f"Expected a file for --weights but received '{path}'.")
    return rows


def describe(rows: list[Row], args: argparse.Namespace) -> None:
    for row in rows:
        print(f"{row.id} ({args.precision}, {row.licence}) into {args.out}")
        for source, path in zip(row.sources, args.weights or [None] * len(row.sources)):
            print(f"  {path or source.url}")


class Interrupted(BaseException):
    """A signal, by its number. No Exception, so that no step takes it for trouble of its own."""


def interrupt_once() -> None:
    """The first signal ends the work; later ones find it clearing up and are ignored."""
    signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

    def handler(number: int, _frame) -> None:
        for other in signals:
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(number)

    for number in signals:
        signal.signal(number, handler)


def main(arguments: list[str]) -> int:
    args = parse(arguments)
    interrupt_once()
    code = WRONG_USAGE
    try:
        rows = plan(args)
        code = TROUBLE
        if args.dry_run:
            describe(rows, args)
            return 0
        warnings.simplefilter("ignore")  # what libraries tell those who write them
        from baking.recipe import bake  # after the request was found sound: this needs the environment

        for row in rows:
            bake(row, args)
        return 0
    except BakeError as error:
        trouble = str(error)
    except Interrupted as interrupted:
        print("Interrupted: the model in work was not written.", file=sys.stderr)
        return 128 + interrupted.args[0]
    except ModuleNotFoundError as error:
        trouble = f"Expected the packages of models/bake/requirements-bake.txt but '{error.name}' is not installed."
    except MemoryError:
        trouble = "There is too little memory for this model: nothing was written."
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        trouble = f"The disk is full, or files of this size are not allowed ({error.strerror}): nothing was written." if full else f"{error}: nothing was written."
    print(trouble, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
