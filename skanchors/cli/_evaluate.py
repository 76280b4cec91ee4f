"""``skanchors evaluate``: how well anchors serve a data set."""

import argparse
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from skanchors._tables import wrapped
from skanchors.cli._arguments import (
    HelpFormatter,
    UsageError,
    at_least,
    read_text,
    tell,
)
from skanchors.cli._common import add_input_arguments, read_sizes
from skanchors.cli._detector import (
    add_detector_arguments,
    describe,
    with_strides_of,
)
from skanchors.cli._fitted_on import share_seen
from skanchors.cli._json import dump
from skanchors.cli._parser import did_you_mean
from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_text,
    prove,
)
from skanchors.cli._verdict import in_shell
from skanchors.export import (
    AnchorSet,
    default_anchor_names,
    default_anchors,
    parse_anchors,
)
from skanchors.inspection import anchor_report, assignment_report, compare_anchors
from skanchors.inspection._judged import CRITERIA

EPILOG = """\
Examples:
  skanchors evaluate path/to/dataset --detector yolov5
  skanchors evaluate path/to/dataset --detector yolov5 --anchors-file mine.yaml
  skanchors evaluate VOC2007 --preset yolov3
  skanchors evaluate VOC2007 --anchors "10,13 16,30 33,23" --input-size 416
  skanchors evaluate VOC2007 --anchors-file mine.cfg --compare-with yolov3
  skanchors evaluate VOC2007 --preset yolov3 --certify --json

With --detector the anchors, its own defaults if none are named, are also judged by the
detector's assignment: which objects its training would give an anchor to.

Anchors are in pixels of the network's input. Its size is --input-size, else that of
the preset or the file; anchors with no side above 1 may also be fractions of it.

Anchors look better than they are on the boxes that they were fitted to: evaluate and
compare them on images that the fit has not seen.
"""


# A mean IoU below this is no choice of anchors, but a mistake.
_TWO_UNITS = 0.1


def add_parser(subparsers: Any) -> None:
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
    add_detector_arguments(parser.add_argument_group("detector"))
    add_anchor_arguments(parser)
    parser.add_argument(
        "--n-worst",
        type=at_least(0),
        default=10,
        metavar="N",
        help="how many of the worst-served boxes to list (default: %(default)s)",
    )
    parser.add_argument(
        "--all-classes",
        action="store_true",
        help="list all classes, not the ten that are served worst",
    )
    parser.add_argument(
        "--compare-with",
        metavar="NAME or FILE",
        help="say whether the anchors should replace this published set, or those of "
        "this file",
    )
    add_proof_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


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


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    anchors, fitted_on = read_anchor_set(args)
    if args.detector is None:
        args.input_size = choose_input_size(args, anchors)
    table, sizes = read_sizes(args)
    if seen := share_seen(table, fitted_on):
        tell(
            f"skanchors evaluate: note: {seen:.0%} of these images were among those "
            "that the anchors were fitted to, so that they look better than they are."
        )
    parts = report(args, table, sizes, anchors)
    _say_of_units(parts["report"].content["mean_iou"], sizes, anchors)
    certificate = prove(sizes, np.asarray(anchors, dtype=float), args)
    if certificate is not None:
        parts["certificate"] = certificate
    print(as_json(parts, args.input_size) if args.json else as_text(parts, args))
    return 0


def _say_of_units(mean_iou: float, sizes: np.ndarray, anchors: Any) -> None:
    """Say so where boxes and anchors hardly overlap, as in two units."""
    if mean_iou >= _TWO_UNITS:
        return
    both = (np.sqrt(np.prod(np.asarray(each), axis=1)) for each in (anchors, sizes))
    ours, theirs = (float(np.median(each)) for each in both)
    tell(
        f"skanchors evaluate: note: these anchors hardly overlap with the boxes: half "
        f"of them are above {ours:.4g}, half of the boxes above {theirs:.4g} (square "
        "root of the area). Are they in pixels of this --input-size? YOLOv2 has cells "
        "of 32 pixels."
    )


def report(
    args: argparse.Namespace, table: Any, sizes: np.ndarray, anchors: Any
) -> dict[str, Any]:
    """What the command prints, part by part.

    Parameters
    ----------
    args : Namespace
    table : AnnotationTable
    sizes : ndarray of shape (n_boxes, 2)
    anchors : AnchorSet or ndarray of shape (n_anchors, 2)
    """
    found = args.detector
    if found is not None:
        anchors = with_strides_of(anchors, found)
    strides, levels = args.strides, None
    if strides is None and isinstance(anchors, AnchorSet):
        strides, levels = anchors.strides, anchors.levels
    images = image_names(table)
    n_class_rows = None if args.all_classes else 10
    parts: dict[str, Any] = {
        "report": anchor_report(
            sizes,
            np.asarray(anchors, dtype=float),
            labels=table.label,
            image_ids=images,
            paths=table.path,
            pixel_areas=None if table.relative.any() else table.width * table.height,
            strides=strides,
            levels=levels,
            n_worst=args.n_worst,
            n_class_rows=n_class_rows,
        )
    }
    if found is not None:
        parts["assignment"] = assignment_report(
            table, found, anchors, n_class_rows=n_class_rows
        )
    other = other_set(args)
    if other is not None:
        name, baseline = other
        sets = {name_of_set(args, name): anchors, name: baseline}
        if found is None:
            parts["comparison"] = compare_anchors(
                sizes,
                {key: np.asarray(each, dtype=float) for key, each in sets.items()},
                image_ids=images,
                random_state=0,
            )
        else:
            sets[name] = with_strides_of(baseline, found)
            parts["comparison"] = compare_anchors(
                table, sets, detector=found, criteria=tuple(CRITERIA), random_state=0
            )
    return parts


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
    return read_anchors_file(args.anchors_file, args)


def read_anchors_file(path: str, args: argparse.Namespace) -> tuple[AnchorSet, Any]:
    """The anchors of a configuration, or of the JSON of a fit."""
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
        fitted_on = json.loads(text)["fitted_on"]
    except (ValueError, TypeError, KeyError, RecursionError):
        fitted_on = None
    return anchors, fitted_on


def other_set(args: argparse.Namespace) -> tuple[str, Any] | None:
    """Name and anchors of what to compare with; a detector's defaults by itself."""
    wanted = args.compare_with
    if wanted is None:
        named = (args.anchors, args.preset, args.anchors_file)
        if args.detector is None or all(each is None for each in named):
            return None
        return f"{args.detector.name} defaults", args.detector.default_anchors
    if wanted in default_anchor_names():
        return wanted, default_anchors(wanted)
    if Path(wanted).exists():
        return Path(wanted).name, read_anchors_file(wanted, args)[0]
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
        raise ValueError(
            "These anchors are in pixels of the network's input; say with --input-size "
            "how large it is, or with --scaling pixels that they are in pixels of the "
            "images."
        )
    return size


def image_names(table: Any) -> np.ndarray:
    """A name for each image that no other image has, one a box."""
    if len(set(table.path)) == len(set(zip(table.path, table.image_id, strict=True))):
        return table.path
    names = [f"{p}: {i}" for p, i in zip(table.path, table.image_id, strict=True)]
    return np.array(names, dtype=object)


def as_text(parts: dict[str, Any], args: argparse.Namespace) -> str:
    """The parts one below the other."""
    texts = [str(parts["report"])]
    if args.detector is not None:
        texts.insert(0, wrapped(describe(args.detector)))
    if "assignment" in parts:
        texts.append(f"Assignment\n{parts['assignment']}")
    if "comparison" in parts:
        texts.append(f"Comparison\n{in_shell(str(parts['comparison']))}")
    if "certificate" in parts:
        texts.append(proof_as_text(parts["certificate"]))
    return "\n\n".join(texts).replace("n_class_rows=None", "--all-classes")


def as_json(parts: dict[str, Any], input_size: Any) -> str:
    """The parts as one JSON object."""
    content = {"input_size": input_size} | parts["report"].to_dict()
    for name in ("assignment", "comparison"):
        if name in parts:
            content[name] = parts[name].to_dict()
    if "certificate" in parts:
        content["certificate"] = parts["certificate"].to_dict()
    return dump(content)
