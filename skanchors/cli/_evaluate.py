"""``skanchors evaluate``: how well anchors serve a data set."""

import argparse
from typing import Any

import numpy as np

from skanchors._anchors_like import scaling_of
from skanchors._tables import scaling_text, wrapped
from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    say_of_unused,
    tell,
)
from skanchors.cli._common import (
    add_input_arguments,
    read_sizes,
    unit_of,
)
from skanchors.cli._detector import (
    add_detector_arguments,
    describe,
    with_strides_of,
)
from skanchors.cli._fitted_on import share_seen
from skanchors.cli._json import dump
from skanchors.cli._named_anchors import (
    add_anchor_arguments,
    choose_input_size,
    name_of_set,
    other_set,
    read_anchor_set,
)
from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_text,
    prove,
)
from skanchors.cli._verdict import in_shell
from skanchors.detectors import detector_names
from skanchors.export import (
    AnchorSet,
)
from skanchors.inspection import anchor_report, assignment_report, compare_anchors
from skanchors.inspection._judged import CRITERIA
from skanchors.inspection._report_parts import levels_of

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


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    anchors, fitted_on = read_anchor_set(args)
    if args.detector is None:
        say_of_unused(args, {"assignment": None}, "without --detector")
        args.input_size = choose_input_size(args, anchors)
        _say_how_it_scales(args, anchors)
    other = other_set(args)
    if other is not None:
        name_of_set(args, other[0])  # that they are two, before the work
    table, sizes = read_sizes(args)
    _say_of_seen(table, fitted_on, "the anchors")
    if other is not None:
        _say_of_seen(table, other[2].get("fitted_on"), f"the anchors of {other[0]}")
        _say_of_other_scaling(args, *other)
    parts = report(args, table, sizes, anchors, other)
    _say_of_units(parts["report"].content["mean_iou"], sizes, anchors)
    certificate = prove(sizes, np.asarray(anchors, dtype=float), args)
    if certificate is not None:
        parts["certificate"] = certificate
    print(
        as_json(parts, args.input_size, args.scaling)
        if args.json
        else as_text(parts, args)
    )
    return 0


def _say_how_it_scales(args: argparse.Namespace, anchors: Any) -> None:
    """Say so where the detector of a published set scales images in another way."""
    usual = scaling_of(anchors)
    if args.scaling is not None or usual is None or usual[0] == "stretch":
        return
    how = usual[0].replace("_", "-")
    instead = f"--scaling {how}"
    if args.preset in detector_names():
        instead = f"--detector {args.preset}"
    tell(
        "skanchors evaluate: note: boxes are scaled by --scaling stretch, but the "
        f"detector of {args.preset} uses {how}; {instead} would do as it does."
    )


def _say_of_seen(table: Any, fitted_on: Any, whose: str) -> None:
    """Say so where anchors are judged on images that they were fitted to."""
    if seen := share_seen(table, fitted_on):
        tell(
            f"skanchors evaluate: note: {seen * 100:.0f} % of these images were among "
            f"those that {whose} were fitted to, so that they look better than they "
            "are."
        )


def _say_of_other_scaling(
    args: argparse.Namespace, name: str, anchors: Any, content: dict
) -> None:
    """Say so where the set to compare with is for boxes that were scaled otherwise.

    Parameters
    ----------
    args : Namespace
    name : str
        Of the other set.
    anchors : AnchorSet
    content : dict
        What its file says.
    """
    usual = scaling_of(anchors) or (content.get("scaling"), None)
    how = None if usual[0] is None else str(usual[0]).replace("_", "-")
    size = content.get("input_size", anchors.input_size)
    if args.scaling == "shortest-edge" or args.input_size is None:
        size = None
    is_other_size = size is not None and tuple(size) != tuple(args.input_size)
    if is_other_size or how not in (None, args.scaling):
        theirs = scaling_text("scaled" if how is None else how, size)
        tell(
            f"skanchors evaluate: note: the anchors of {name} are for boxes by "
            f"{theirs}; these are by {scaling_text(args.scaling, args.input_size)}."
        )


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
    args: argparse.Namespace,
    table: Any,
    sizes: np.ndarray,
    anchors: Any,
    other: tuple[str, Any, dict] | None,
) -> dict[str, Any]:
    """What the command prints, part by part.

    Parameters
    ----------
    args : Namespace
    table : AnnotationTable
    sizes : ndarray of shape (n_boxes, 2)
    anchors : AnchorSet or ndarray of shape (n_anchors, 2)
    other : (str, AnchorSet, dict) or None
        See `other_set`.
    """
    found = args.detector
    if found is not None:
        anchors = with_strides_of(anchors, found)
    strides, levels = args.strides, None
    if strides is None and isinstance(anchors, AnchorSet):
        strides, levels = levels_of(anchors, anchors.strides).values()
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
    if other is not None:
        name, baseline, _ = other
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
    else:
        texts[0] = f"{wrapped(unit_of(args))}\n{texts[0]}"
    if "assignment" in parts:
        texts.append(f"Assignment\n{parts['assignment']}")
    if "comparison" in parts:
        texts.append(f"Comparison\n{in_shell(str(parts['comparison']))}")
    if "certificate" in parts:
        texts.append(proof_as_text(parts["certificate"]))
    return "\n\n".join(texts).replace("n_class_rows=None", "--all-classes")


def as_json(parts: dict[str, Any], input_size: Any, scaling: str) -> str:
    """The parts as one JSON object."""
    content = {"input_size": input_size, "scaling": scaling} | parts["report"].to_dict()
    for name in ("assignment", "comparison"):
        if name in parts:
            content[name] = parts[name].to_dict()
    if "certificate" in parts:
        content["certificate"] = parts["certificate"].to_dict()
    return dump(content)
