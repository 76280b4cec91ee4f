"""``skanchors fit``: anchors from annotations."""

import json
import sys

import numpy as np

from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    check_counts,
    check_picture,
    whole_numbers,
)
from skanchors.cli._common import add_input_arguments, read_sizes
from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_dict,
    proof_as_text,
    prove,
)
from skanchors.cluster import IoUKMeans
from skanchors.cluster._centers import CENTERS
from skanchors.export import format_anchors, style_names
from skanchors.inspection import AnchorClustersDisplay
from skanchors.metrics import best_possible_recall_score, metric_names

EPILOG = """\
Examples:
  skanchors fit                   (the sample that comes with skanchors)
  skanchors fit VOCdevkit/VOC2007 -k 9 --input-size 416 --plot anchors.png
  skanchors fit labels/ --image-sizes sizes.csv --scaling letterbox \\
      --input-size 640 --metric ratio --format yolov5
  skanchors fit instances_train.json --classes person car --certify
  skanchors fit VOC2007 -k 5 --json > anchors.json

Without --input-size the anchors are fractions of the image. Mean IoU is the mean over
boxes of the best IoU with any anchor; the best possible recall is the share of boxes
that some anchor matches within a factor of 4 on both sides.
"""


def add_parser(subparsers):
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
        default=9,
        metavar="K",
        help="number of anchors (default: %(default)s)",
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
    group.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        metavar="N",
        help="seed of the random numbers (default: %(default)s)",
    )
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
        type=int,
        metavar="N",
        help="number of the detector's classes, for --format (default: those of the "
        "boxes in use)",
    )
    group.add_argument(
        "--strides",
        type=whole_numbers,
        metavar="S,S,...",
        help="strides of the detector's levels, for --format",
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
    add_proof_arguments(group)
    group.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def run(args):
    """Fit, print, and draw if asked to."""
    check_picture(args.plot)
    table, sizes = read_sizes(args)
    check_counts(args.n_clusters, len(sizes))
    model = IoUKMeans(
        args.n_clusters,
        metric=args.metric,
        center=args.center,
        random_state=args.seed,
    ).fit(sizes)
    anchors = model.cluster_centers_
    certificate = prove(sizes, anchors, args, seed=args.seed)
    if args.plot:
        display = AnchorClustersDisplay.from_estimator(model, sizes)
        display.figure_.savefig(args.plot, dpi=150)
    if args.json:
        print(json.dumps(_as_dict(args, table, sizes, model, certificate), indent=2))
        return 0
    if args.format:
        print(
            format_anchors(
                anchors,
                args.format,
                strides=args.strides,
                input_size=args.input_size,
                n_classes=args.n_classes or count_classes(table.label),
                rule=args.rule,
            )
        )
        if certificate is not None:
            print(proof_as_text(certificate), file=sys.stderr)
        return 0
    print(_as_text(args, table, sizes, model))
    if certificate is not None:
        print(proof_as_text(certificate))
    if args.plot:
        print(f"picture: {args.plot}")
    return 0


def count_classes(labels):
    """The classes that a detector needs for these labels.

    The labels of YOLO files are numbers from 0 on, not all of which need to occur.
    """
    names = set(labels)
    if all(name.isdecimal() for name in names):
        return 1 + max(map(int, names))
    return len(names)


def _as_dict(args, table, sizes, model, certificate):
    anchors = model.cluster_centers_
    result = {
        "n_files": table.n_files,
        "n_boxes": len(sizes),
        "n_dropped": len(table.dropped),
        "scaling": args.scaling,
        "input_size": args.input_size,
        "anchors": anchors.tolist(),
        "aspect_ratios": (anchors[:, 0] / anchors[:, 1]).tolist(),
        "n_served": np.bincount(model.labels_, minlength=len(anchors)).tolist(),
        "mean_iou": model.score(sizes),
        "best_possible_recall": best_possible_recall_score(sizes, anchors),
    }
    if certificate is not None:
        result["certificate"] = proof_as_dict(certificate)
    return result


def _as_text(args, table, sizes, model):
    anchors = model.cluster_centers_
    served = np.bincount(model.labels_, minlength=len(anchors))
    ratios = anchors[:, 0] / anchors[:, 1]
    in_pixels = args.input_size is not None or args.scaling == "pixels"
    digits = 1 if in_pixels else 4
    lines = [
        f"{len(sizes)} boxes of {table.n_files} files, {_unit(args)}",
        "",
        f"{'anchor':>6}{'width':>9}{'height':>9}{'w/h':>7}{'boxes':>9}",
    ]
    lines += [
        f"{number:>6}{width:>9.{digits}f}{height:>9.{digits}f}{ratio:>7.2f}{count:>9}"
        for number, (width, height), ratio, count in zip(
            range(len(anchors)), anchors, ratios, served, strict=True
        )
    ]
    pairs = "  ".join(f"{w:.{digits}f},{h:.{digits}f}" for w, h in anchors)
    if in_pixels:
        pairs = "  ".join(f"{w:.0f},{h:.0f}" for w, h in anchors)
    lines += [
        "",
        f"anchors (w,h)         {pairs}",
        f"aspect ratios sorted  {'  '.join(f'{r:.2f}' for r in np.sort(ratios))}",
        f"mean IoU              {model.score(sizes):.4f}",
        f"best possible recall  {best_possible_recall_score(sizes, anchors):.4f}",
    ]
    return "\n".join(lines)


def _unit(args):
    if args.scaling == "pixels":
        return "sizes in pixels of the images"
    if args.input_size is None:
        return f"sizes as fractions of the image ({args.scaling})"
    width, height = args.input_size
    if args.scaling == "shortest-edge":
        return f"sizes in pixels, shortest edge {width}, longest at most {height}"
    return f"sizes in pixels of a {width} x {height} input ({args.scaling})"
