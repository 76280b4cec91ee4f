"""``skanchors fit``: anchors from annotations."""

import argparse
import sys
from typing import Any

import numpy as np

from skanchors._detector_anchors import (
    OBJECTIVES,
    check_above_a_pixel,
    check_objective,
    shortened,
)
from skanchors._detector_fit import (
    HOLDOUT,
    DetectorFit,
    fit_detector,
    weights_of,
)
from skanchors._hold_out import hold_out
from skanchors._tables import wrapped
from skanchors.cli._arguments import (
    HelpFormatter,
    UsageError,
    add_seed_argument,
    at_least,
    check_counts,
    say_of_unused,
)
from skanchors.cli._classes import count_classes, say_of_classes
from skanchors.cli._common import add_input_arguments, read_sizes, size_of
from skanchors.cli._detector import (
    add_detector_arguments,
    asked_for,
    describe,
    place_of,
    say_how_it_scales,
)
from skanchors.cli._fit_boxes import FitBoxes, boxes_of_stream, boxes_of_table
from skanchors.cli._fit_output import as_dict, as_text
from skanchors.cli._fitted_on import sketch
from skanchors.cli._json import dump
from skanchors.cli._picture import check_picture, save_picture
from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_text,
    prove,
)
from skanchors.cli._verdict import verdict_text, with_options
from skanchors.cluster import IoUKMeans
from skanchors.cluster._centers import CENTERS
from skanchors.export import style_names
from skanchors.export._format import format_to_paste
from skanchors.inspection import AnchorClustersDisplay
from skanchors.metrics import metric_names

EPILOG = """\
Examples:
  skanchors fit path/to/dataset --detector yolov5
  skanchors fit path/to/dataset --detector ssd300_vgg16 --balance size
  skanchors fit                   (the sample that comes with skanchors)
  skanchors fit VOCdevkit/VOC2007 -k 9 --input-size 416 --plot anchors.png
  skanchors fit labels/ --image-sizes sizes.csv --scaling letterbox \\
      --input-size 640 --metric ratio --format yolov5
  skanchors fit instances_train.json --classes person car --certify
  skanchors fit VOC2007 -k 5 --json > anchors.json

With --detector the anchors are fitted in the form that the detector holds, and judged
on other images against its defaults, as its training will see them.

Without --input-size the anchors are fractions of the image. Mean IoU is the mean over
boxes of the best IoU with any anchor; the best possible recall is the share of boxes
that some anchor matches within a factor of 4 on both sides.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "fit",
        help="find the best anchors for a data set",
        description=(
            "Read annotations, find the k anchors of largest mean IoU, and print them "
            "from the smallest area to the largest."
        ),
        epilog=EPILOG,
        formatter_class=HelpFormatter,
    )
    add_input_arguments(parser)
    group = parser.add_argument_group("clustering")
    group.add_argument(
        "-k",
        "--n-clusters",
        type=at_least(1),
        metavar="K",
        help="number of anchors (default: the detector's, else 9)",
    )
    group.add_argument(
        "--metric",
        choices=metric_names(),
        default="iou",
        metavar="NAME",
        help="distance to cluster by: iou, giou, ciou, ratio, or one of scipy's "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--center",
        choices=("auto", "descent", *CENTERS),
        default="auto",
        metavar="RULE",
        help="centre of a cluster: auto minimises the distance; median, mean and "
        "medoid are the published variants (default: %(default)s)",
    )
    add_seed_argument(group)
    group.add_argument(
        "--low-memory",
        action="store_true",
        help="read files piece by piece and keep counts of sizes, for more boxes than "
        "memory holds",
    )
    group = parser.add_argument_group("detector")
    add_detector_arguments(group)
    add_fit_arguments(group)
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=style_names(),
        metavar="STYLE",
        help="print a detector's configuration instead of the table: "
        + ", ".join(style_names()),
    )
    group.add_argument(
        "--n-classes",
        type=at_least(1),
        metavar="N",
        help="number of the detector's classes, for --format (default: those of the "
        "boxes in use)",
    )
    group.add_argument(
        "--rule",
        choices=("even", "size"),
        default="even",
        help="how --format shares anchors out among levels: as many on each, or by "
        "size (default: %(default)s)",
    )
    group.add_argument(
        "--plot",
        metavar="FILE",
        help="draw boxes, clusters and anchors (.png, .pdf, .svg)",
    )
    group.add_argument(
        "--tensorboard",
        metavar="FOLDER",
        help="log the fit for TensorBoard, anchors and pictures included",
    )
    add_proof_arguments(group)
    group.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def add_fit_arguments(group: Any) -> None:
    """Add the arguments that say how to fit for a detector, and on what to judge."""
    group.add_argument(
        "--objective",
        choices=OBJECTIVES,
        default="iou",
        help="what the anchors of a form are best at: mean IoU with equal centres, the "
        "same where the detector's grid puts them, or the share of boxes that it "
        "matches (default: %(default)s)",
    )
    group.add_argument(
        "--balance",
        type=groups,
        metavar="class,size",
        help="give each class, each group of sizes, or each pair of both the same say",
    )
    group.add_argument(
        "--holdout",
        type=share,
        default=HOLDOUT,
        metavar="SHARE",
        help="share of the images to judge by, where the data set has no train and val "
        "splits (default: %(default)s)",
    )


def share(text: str) -> float:
    """Read a share from 0 to below 1: the type of an argument."""
    value = at_least(0, float)(text)
    if value >= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1")
    return float(value)


def groups(text: str) -> tuple[str, ...]:
    """Read ``class,size``: the type of an argument."""
    names = {"class": "label", "label": "label", "size": "size"}
    parts = [part.strip() for part in text.split(",")]
    if not all(part in names for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not class, size or class,size")
    return tuple(dict.fromkeys(names[part] for part in parts))


def check_what_for(args: argparse.Namespace) -> None:
    """Say before the work what the detector cannot be fitted for."""
    if args.detector is not None:
        try:
            check_objective(args.detector, args.objective)
        except ValueError as error:
            raise UsageError(with_options(str(error))) from None
        return
    for option, is_given in (
        ("--objective", args.objective != "iou"),
        ("--assignment", args.assignment is not None),
    ):
        if is_given:
            raise UsageError(
                f"{option} needs a --detector, whose form or rule it is about."
            )


def _say_of_unused(args: argparse.Namespace) -> None:
    if args.detector is not None:
        by_detector = {"metric": "iou", "center": "auto", "rule": "even"}
        say_of_unused(args, by_detector, "with --detector")
    else:
        say_of_unused(args, {"holdout": HOLDOUT}, "without --detector")
        if args.format is None:
            of_text = {"n_classes": None, "rule": "even", "strides": None}
            say_of_unused(args, of_text, "without --format")


def run(args: argparse.Namespace) -> int:
    """Fit, print, and draw if asked to."""
    check_picture(args.plot)
    callbacks = _callbacks(args)
    check_what_for(args)
    _say_of_unused(args)
    if args.low_memory:
        return _run_free(args, boxes_of_stream(args), None, callbacks)
    table, sizes = read_sizes(args)
    if args.detector is not None:
        return _run_detector(args, table, callbacks)
    weight = weights_of(table, args.scaling, args.input_size, args.balance)
    return _run_free(args, boxes_of_table(args, table, sizes), weight, callbacks)


def _run_free(
    args: argparse.Namespace,
    boxes: FitBoxes,
    weight: np.ndarray | None,
    callbacks: list,
) -> int:
    """Fit free anchors to boxes alone.

    Parameters
    ----------
    args : Namespace
    boxes : FitBoxes
    weight : ndarray of shape (n_rows,) or None
        What balances groups.
    callbacks : list
    """
    args.n_clusters = args.n_clusters or 9
    check_counts(args.n_clusters, boxes.n_boxes)
    if args.format and (args.input_size or args.scaling == "pixels"):
        check_above_a_pixel(boxes.sizes, "of the input")
    model = IoUKMeans(
        args.n_clusters,
        metric=args.metric,
        center=args.center,
        random_state=args.seed,
    ).set_callbacks(*callbacks)
    model.fit(boxes.sizes, sample_weight=boxes.weight if weight is None else weight)
    anchors = model.cluster_centers_
    certificate = prove(boxes.sizes, anchors, args, seed=args.seed, weight=boxes.weight)
    _draw(args, model, boxes.sizes, boxes.weight)
    if args.json:
        print(dump(as_dict(args, boxes, model, certificate)))
        return 0
    if args.format:
        say_how_it_scales(args)
        text = format_to_paste(
            shortened(anchors),
            args.format,
            strides=args.strides,
            input_size=None if args.scaling == "shortest-edge" else args.input_size,
            n_classes=boxes.n_classes,
            rule=args.rule,
        )
        print(text)
        say_of_classes(args, boxes.class_note, text)
        if certificate is not None:
            print(proof_as_text(certificate), file=sys.stderr)
        return 0
    print(as_text(args, boxes, model))
    if certificate is not None:
        print(proof_as_text(certificate))
    print("".join(f"{line}\n" for line in _written(args)), end="")
    return 0


def fit_as_asked(args: argparse.Namespace, table: Any, **options: Any) -> DetectorFit:
    """Fit a detector's anchors; further options are those of `fit_detector`."""
    n_classes, note = count_classes(args, table)
    fit = fit_detector(
        table,
        args.detector,
        objective=args.objective,
        balance=args.balance,
        random_state=args.seed,
        holdout=args.holdout,
        n_classes=n_classes,
        **options,
    )
    say_of_classes(args, note, fit.text_)
    if " of val" in fit.how_:
        say_of_unused(
            args, {"holdout": HOLDOUT}, "where the data set has a split to judge by"
        )
    return fit


def _run_detector(args: argparse.Namespace, table: Any, callbacks: list) -> int:
    fit = fit_as_asked(args, table, style=args.format, callbacks=callbacks)
    sizes = table.sizes(args.detector.scaling, args.detector.input_size)
    certificate = prove(sizes, fit.anchor_set_, args, seed=args.seed)
    _draw(args, fit.estimator_, sizes)
    if args.json:
        # The images to judge by were drawn with the same seed.
        fitted = hold_out(table, args.holdout, args.seed).fitted
        content = fit.to_dict() | {"fitted_on": sketch(fitted)}
        if certificate is not None:
            content["certificate"] = certificate.to_dict()
        print(dump(content))
        return 0
    # Nobody has to do what the verdict says.
    keep = "" if fit.comparison_.replace else ", to use the fitted ones all the same"
    lines = [
        wrapped(f"{size_of(table)}, {fit.how_}."),
        wrapped(describe(args.detector) + asked_for(args)),
        "",
        verdict_text(fit.comparison_),
        "",
        wrapped(f"For {place_of(args.detector, args.format)}{keep}:"),
        "",
        fit.text_.rstrip(),
    ]
    if certificate is not None:
        lines += ["", proof_as_text(certificate)]
    print("\n".join([*lines, *_written(args)]))
    return 0


def _callbacks(args: argparse.Namespace) -> list:
    """What follows the fit; the lack of a package is told before the work."""
    if args.tensorboard is None:
        return []
    from skanchors.callbacks import TensorBoardLogger

    return [TensorBoardLogger(args.tensorboard)]


def _written(args: argparse.Namespace) -> list[str]:
    """Files that the command wrote, a line each."""
    lines = []
    if args.plot:
        lines.append(f"picture: {args.plot}")
    if args.tensorboard:
        lines.append(f"log: {args.tensorboard}; see it by")
        lines.append(f"  tensorboard --logdir {args.tensorboard}")
    return lines


def _draw(
    args: argparse.Namespace,
    model: Any,
    sizes: np.ndarray,
    weight: np.ndarray | None = None,
) -> None:
    """Draw boxes and anchors.

    Parameters
    ----------
    args : Namespace
    model : estimator
    sizes : ndarray of shape (n_boxes, 2)
    weight : ndarray of shape (n_boxes,) or None
    """
    if args.plot:
        display = AnchorClustersDisplay.from_estimator(
            model, sizes, sample_weight=weight
        )
        save_picture(display, args.plot)
