"""``skanchors evaluate``: how well anchors serve a data set."""

import argparse
import json
import math
import re
from pathlib import Path

import numpy as np

from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    read_text,
    whole_numbers,
)
from skanchors.cli._common import add_input_arguments, read_sizes
from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_dict,
    proof_as_text,
    prove,
)
from skanchors.export import (
    AnchorSet,
    default_anchor_names,
    default_anchors,
    parse_anchors,
)
from skanchors.inspection import anchor_report, compare_anchors

EPILOG = """\
Examples:
  skanchors evaluate VOC2007 --preset yolov3
  skanchors evaluate VOC2007 --anchors "10,13 16,30 33,23" --input-size 416
  skanchors evaluate VOC2007 --anchors-file yolov3.cfg --scaling letterbox
  skanchors evaluate VOC2007 --anchors-file mine.cfg --compare-with yolov3
  skanchors evaluate VOC2007 --preset yolov3 --certify --json

Anchors are in pixels of the network's input. Its size is --input-size, else that of
the preset or the file; anchors with no side above 1 may also be fractions of it.

Anchors look better than they are on the boxes that they were fitted to: evaluate and
compare them on images that the fit has not seen.
"""


def add_parser(subparsers):
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "evaluate",
        help="report how well anchors serve a data set",
        description=(
            "Report the mean IoU, the best possible recall, what each anchor serves, "
            "the scores by class and size, and the worst-served boxes with their files."
        ),
        epilog=EPILOG,
        formatter_class=HelpFormatter,
    )
    add_input_arguments(parser)
    source = parser.add_argument_group("anchors").add_mutually_exclusive_group(
        required=True
    )
    source.add_argument(
        "--anchors",
        type=pairs,
        metavar="TEXT",
        help='widths and heights such as "10,13 16,30 33,23"',
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
    parser.add_argument(
        "--strides",
        type=whole_numbers,
        metavar="S,S,...",
        help="stride of each level, to find anchors too small or large for their level "
        "(default: those of the preset or the file)",
    )
    parser.add_argument(
        "--n-worst",
        type=at_least(0),
        default=10,
        metavar="N",
        help="how many of the worst-served boxes to list (default: %(default)s)",
    )
    parser.add_argument(
        "--compare-with",
        choices=default_anchor_names(),
        metavar="NAME",
        help="say whether the anchors should replace this published set",
    )
    add_proof_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def pairs(text):
    """Read widths and heights: the type of an argument."""
    try:
        numbers = [float(part) for part in re.split(r"[\s,;]+", text.strip(" \n,;"))]
    except ValueError:
        numbers = []
    usable = all(0 < number < math.inf for number in numbers)
    if not numbers or len(numbers) % 2 or not usable:
        raise argparse.ArgumentTypeError(
            f'{text!r} is not widths and heights above 0 such as "10,13 16,30 33,23"'
        )
    return np.reshape(numbers, (-1, 2))


def run(args):
    """Print the report."""
    anchor_set = read_anchor_set(args)
    anchors = np.asarray(anchor_set, dtype=float)
    args.input_size = choose_input_size(args, anchor_set)
    table, sizes = read_sizes(args)
    images = image_names(table)
    strides, levels = args.strides, None
    if strides is None and isinstance(anchor_set, AnchorSet):
        strides, levels = anchor_set.strides, anchor_set.levels
    content = anchor_report(
        sizes,
        anchors,
        labels=table.label,
        image_ids=images,
        paths=table.path,
        pixel_areas=None if table.relative.any() else table.width * table.height,
        strides=strides,
        levels=levels,
        n_worst=args.n_worst,
    )
    parts = {"report": content}
    if args.compare_with:
        defaults = np.asarray(default_anchors(args.compare_with))
        anchor_sets = {name_of_set(args): anchors, args.compare_with: defaults}
        parts["comparison"] = compare_anchors(
            sizes, anchor_sets, image_ids=images, random_state=0
        )
    certificate = prove(sizes, anchors, args)
    if certificate is not None:
        parts["certificate"] = certificate
    print(as_json(parts, args.input_size) if args.json else as_text(parts))
    return 0


def read_anchor_set(args):
    """The anchors that the arguments name: an array or an AnchorSet."""
    if args.anchors is not None:
        return args.anchors
    if args.preset is not None:
        return default_anchors(args.preset)
    text = read_text(args.anchors_file)
    return parse_anchors(text, input_size=args.input_size)


def name_of_set(args):
    """What the comparison calls the anchors."""
    if args.anchors_file is not None:
        return Path(args.anchors_file).name
    if args.preset == args.compare_with:
        raise ValueError(f"--compare-with names the anchors themselves, {args.preset}.")
    return args.preset or "the anchors given"


def choose_input_size(args, anchor_set):
    """The size of the network's input in which anchors and boxes are compared."""
    if args.input_size is not None or args.scaling == "pixels":
        return args.input_size
    size = getattr(anchor_set, "input_size", None)
    if size is None and np.max(np.asarray(anchor_set)) > 1:
        raise ValueError(
            "These anchors are in pixels of the network's input; say with --input-size "
            "how large it is, or with --scaling pixels that they are in pixels of the "
            "images."
        )
    return size


def image_names(table):
    """A name for each image that no other image has, one a box."""
    if len(set(table.path)) == len(set(zip(table.path, table.image_id, strict=True))):
        return table.path
    names = [f"{p}: {i}" for p, i in zip(table.path, table.image_id, strict=True)]
    return np.array(names, dtype=object)


def as_text(parts):
    """The parts one below the other."""
    texts = [str(parts["report"])]
    if "comparison" in parts:
        texts.append(f"Comparison\n{parts['comparison']}")
    if "certificate" in parts:
        texts.append(proof_as_text(parts["certificate"]))
    return "\n\n".join(texts)


def as_json(parts, input_size):
    """The parts as one JSON object."""
    content = {"input_size": input_size} | parts["report"].to_dict()
    if "comparison" in parts:
        content["comparison"] = parts["comparison"].to_dict()
    if "certificate" in parts:
        content["certificate"] = proof_as_dict(parts["certificate"])
    return json.dumps(content, indent=2)
