"""Anchors that exist: how the commands name and read them."""

import argparse
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from skanchors._near import did_you_mean
from skanchors.cli._arguments import UsageError, read_text, width_height
from skanchors.cli._common import SCALINGS
from skanchors.detectors import detector_names
from skanchors.export import (
    AnchorSet,
    default_anchor_names,
    default_anchors,
    parse_anchors,
)


def add_anchor_arguments(parser: Any) -> None:
    """Add the arguments that name anchors that exist."""
    source = parser.add_argument_group("anchors").add_mutually_exclusive_group()
    source.add_argument(
        "--anchors",
        type=pairs,
        metavar="TEXT",
        help='widths and heights such as "10,13 16,30 33,23", or "10x13 16x30 33x23"',
    )
    source.add_argument(
        "--preset",
        choices=default_anchor_names(),
        metavar="NAME",
        help=f"a published set: {', '.join(default_anchor_names())}",
    )
    source.add_argument(
        "--anchors-file",
        metavar="FILE",
        help="a detector's configuration, in any style that 'skanchors convert' reads",
    )


def pairs(text: str) -> np.ndarray:
    """Read widths and heights: the type of an argument."""
    try:
        parts = re.split(r"[\s,;x]+", text.lower().strip(" \n,;"))
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    usable = all(0 < number < math.inf for number in numbers)
    if not numbers or len(numbers) % 2 or not usable:
        raise argparse.ArgumentTypeError(
            f'{text!r} is not widths and heights above 0 such as "10,13 16,30 33,23"'
        )
    return np.reshape(numbers, (-1, 2))


def read_anchor_set(args: argparse.Namespace) -> tuple[Any, Any]:
    """The anchors that the arguments name, and what they were fitted to, if known."""
    if args.anchors is not None:
        return args.anchors, None
    if args.preset is not None:
        return default_anchors(args.preset), None
    if args.anchors_file is None:
        if args.detector is None:
            raise UsageError(
                "Name the anchors: --detector, --anchors, --preset or --anchors-file."
            )
        return args.detector.default_anchors, None
    anchors, content = read_anchors_file(args.anchors_file, args)
    if args.detector is None:
        _scale_as_fitted(args, content)
    return anchors, content.get("fitted_on")


def _scale_as_fitted(args: argparse.Namespace, content: dict) -> None:
    """Scale boxes as those were to which the anchors of a file were fitted."""
    scaling = str(content.get("scaling")).replace("_", "-")
    if scaling not in SCALINGS or args.scaling not in (None, scaling):
        return
    args.scaling = scaling
    size = content.get("input_size")
    if args.input_size is None and isinstance(size, list) and len(size) == 2:
        args.input_size = width_height(f"{size[0]}x{size[1]}")


def read_anchors_file(path: str, args: argparse.Namespace) -> tuple[AnchorSet, dict]:
    """The anchors of a configuration, or of the JSON of a fit with all that it says."""
    text = read_text(path)
    size = args.input_size
    if args.detector is not None and size is None:
        row = args.detector
        size = row.input_size if row.scaling in ("stretch", "letterbox") else None
    try:
        anchors = parse_anchors(text, input_size=size)
    except ValueError as error:
        raise ValueError(
            f"{path}: {error} If no style is recognised but you know it, 'skanchors "
            f"convert {path} --from STYLE --to json' makes a file that is."
        ) from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    return anchors, content if isinstance(content, dict) else {}


def other_set(args: argparse.Namespace) -> tuple[str, Any, dict] | None:
    """Name, anchors and file of what to compare with; a detector's defaults by itself.

    Of a file it is what the JSON of a fit says, else nothing.
    """
    wanted = args.compare_with
    if wanted is None:
        named = (args.anchors, args.preset, args.anchors_file)
        if args.detector is None or all(each is None for each in named):
            return None
        return f"{args.detector.name} defaults", args.detector.default_anchors, {}
    if wanted in default_anchor_names():
        return wanted, default_anchors(wanted), {}
    if Path(wanted).exists():
        return Path(wanted).name, *read_anchors_file(wanted, args)
    near = did_you_mean(wanted, default_anchor_names())
    raise ValueError(
        f"--compare-with {wanted} is neither a published set nor a file.{near} Sets: "
        f"{', '.join(default_anchor_names())}."
    )


def name_of_set(args: argparse.Namespace, other: str) -> str:
    """What the comparison calls the anchors."""
    name = "the anchors given"
    if args.anchors_file is not None:
        name = Path(args.anchors_file).name
    elif args.preset is not None:
        name = args.preset
    elif args.anchors is None:
        name = f"{args.detector.name} defaults"
    if name == other:
        raise ValueError(f"--compare-with names the anchors themselves, {other}.")
    return name


def choose_input_size(args: argparse.Namespace, anchor_set: Any) -> Any:
    """The size of the network's input in which anchors and boxes are compared."""
    if args.input_size is not None or args.scaling == "pixels":
        return args.input_size
    size = getattr(anchor_set, "input_size", None)
    if size is None and np.max(np.asarray(anchor_set)) > 1:
        if args.preset in detector_names():
            raise UsageError(
                f"{args.preset} brings the shortest edge of an image to a length, so "
                "its input has no fixed size: name it by --detector "
                f"{args.preset} instead of --preset."
            )
        raise ValueError(
            "These anchors are in pixels of the network's input; say with --input-size "
            "how large it is, with --detector whose it is, or with --scaling pixels "
            "that they are in pixels of the images."
        )
    return size
