"""``skanchors report``: all about a data set and a detector, on one page."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from skanchors._detector_fit import HOLDOUT
from skanchors._hold_out import hold_out
from skanchors._tables import counted, wrapped
from skanchors.cli._arguments import (
    HelpFormatter,
    UsageError,
    add_seed_argument,
    at_least,
    say_of_unused,
)
from skanchors.cli._classes import count_classes, say_of_classes
from skanchors.cli._common import add_input_arguments, read_sizes, size_of
from skanchors.cli._detector import (
    add_detector_arguments,
    asked_for,
    describe,
    place_of,
    with_strides_of,
)
from skanchors.cli._evaluate import image_names
from skanchors.cli._fit import add_fit_arguments, check_what_for, fit_as_asked
from skanchors.cli._fitted_on import share_seen
from skanchors.cli._json import dump
from skanchors.cli._named_anchors import add_anchor_arguments, read_anchor_set
from skanchors.cli._proof import add_proof_arguments, prove
from skanchors.cli._select import anchors_that_come_together, folds, usual_numbers
from skanchors.cli._verdict import verdict_text
from skanchors.export._format import format_to_paste
from skanchors.inspection import DatasetReport, dataset_report
from skanchors.model_selection import choose_n_clusters
from skanchors.model_selection._choose import most_clusters

EPILOG = """\
Examples:
  skanchors report path/to/dataset --detector yolov5 -o report.html
  skanchors report path/to/dataset --detector ssd300_vgg16 --balance size
  skanchors report path/to/dataset --detector yolov5 --anchors-file mine.yaml
  skanchors report path/to/dataset --detector yolov5 --choose-k --certify
  skanchors report --detector yolov3 --json     (the sample; no page)

Anchors are fitted and judged on other images, as by 'skanchors fit --detector'. Where
anchors are named, these are judged, on all images.

The page is one file that needs neither scripts nor the network: open it in a browser,
print it, or send it on. Objects are drawn on their images where these lie beside the
annotations and skanchors[report] is installed.
"""


# How the note about it begins.
_TEXT = "The text below"


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "report",
        help="write a page about a data set, a detector and anchors",
        description=(
            "Fit anchors for a detector, compare them with its defaults, and write "
            "what its training will do with them to one page."
        ),
        epilog=EPILOG,
        formatter_class=HelpFormatter,
    )
    add_input_arguments(parser)
    group = parser.add_argument_group("detector")
    add_detector_arguments(group)
    add_fit_arguments(group)
    group.add_argument(
        "-k",
        "--n-clusters",
        type=at_least(1),
        metavar="K",
        help="number of anchors (default: the detector's)",
    )
    add_seed_argument(group)
    add_anchor_arguments(parser)
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="the page (default: report.html, or none with --json)",
    )
    group.add_argument(
        "--n-worst",
        type=at_least(0),
        default=8,
        metavar="N",
        help="how many of the objects served worst to show (default: %(default)s)",
    )
    group.add_argument(
        "--choose-k",
        action="store_true",
        help="show how many anchors the boxes need, as 'skanchors select' does, of "
        "detectors with free anchors",
    )
    add_proof_arguments(group)
    group.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the page, and print a summary or JSON."""
    if args.detector is None:
        raise UsageError("Name the --detector that the page is about.")
    check_what_for(args)
    output = args.output or (None if args.json else "report.html")
    if output is not None:
        check_page(output)
    if args.choose_k:
        anchors_that_come_together(args.detector)
    table, sizes = read_sizes(args)
    is_named = any((args.anchors is not None, args.anchors_file, args.preset))
    if is_named:
        of_fit = {"objective": "iou", "balance": None, "holdout": HOLDOUT}
        say_of_unused(args, of_fit, "where anchors are named: nothing is fitted")
    choice = _choose_k(args, table, sizes)
    report, anchors = (_of_anchors if is_named else _of_fit)(args, table)
    certificate = prove(sizes, anchors, args, seed=args.seed)
    report = dataclasses.replace(report, choice=choice, certificate=certificate)
    if output is not None:
        report.to_html(output)
    print(dump(report.to_dict()) if args.json else as_text(args, report, output))
    return 0


def _choose_k(args: argparse.Namespace, table: Any, sizes: np.ndarray) -> Any:
    """How many anchors the boxes need, or None if nobody asks.

    Parameters
    ----------
    args : Namespace
    table : AnnotationTable
    sizes : ndarray of shape (n_boxes, 2)
        In pixels of the input.
    """
    if not args.choose_k:
        return None
    step = anchors_that_come_together(args.detector)
    images = image_names(table)
    n_folds = folds(None, len(set(images)))
    return choose_n_clusters(
        sizes,
        usual_numbers(args, step, most_clusters(sizes, images, n_folds, args.seed)),
        step=step,
        image_ids=images,
        cv=n_folds,
        random_state=args.seed,
        verbose=1,
    )


def check_page(file: str) -> None:
    """Say before the work, not after it, that a page cannot be written."""
    path = Path(file)
    if path.is_dir():
        raise IsADirectoryError(f"-o {file} is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder {path.parent}, which should hold the page, does not exist."
        )
    if path.suffix.lower() not in (".html", ".htm"):
        # It could be a file of the data set, which must not be lost.
        raise ValueError(f"The name of the page must end in .html, not as {file} does.")


def _of_fit(args: argparse.Namespace, table: Any) -> tuple[DatasetReport, Any]:
    """A report on anchors that are fitted, judged on images that are held out."""
    fit = fit_as_asked(args, table)
    report = dataset_report(
        # The same images again, since they are drawn with the same seed.
        hold_out(table, args.holdout, args.seed).held_out,
        args.detector,
        fit.anchor_set_,
        data=table,
        comparison=fit.comparison_,
        text=fit.text_.rstrip(),
        notes=(
            f"The anchors were {fit.how_}.",
            _place(args, keep=not fit.comparison_.replace),
        ),
        n_worst=args.n_worst,
        random_state=args.seed,
    )
    return report, fit.anchor_set_


def _of_anchors(args: argparse.Namespace, table: Any) -> tuple[DatasetReport, Any]:
    """A report on anchors that exist, judged on all images."""
    anchors, fitted_on = read_anchor_set(args)
    anchors = with_strides_of(anchors, args.detector)
    notes = [
        f"The anchors were given, and judged on all {counted(table.n_images, 'image')}."
    ]
    if seen := share_seen(table, fitted_on):
        notes.append(
            f"{seen * 100:.0f} % of these images were among those that the anchors "
            "were fitted to, so that they look better than they are."
        )
    report = dataset_report(
        table,
        args.detector,
        anchors,
        notes=tuple(notes),
        n_worst=args.n_worst,
        random_state=args.seed,
    )
    n_classes, note = count_classes(args, table)
    try:
        text = format_to_paste(
            report.assignment.assignment.anchor_set,
            args.detector.style,
            n_classes=n_classes,
        )
    except ValueError:
        # Anchors that the configuration cannot hold can be judged all the same.
        return report, anchors
    say_of_classes(args, note, text)
    report = dataclasses.replace(
        report, text=text.rstrip(), notes=(*report.notes, _place(args))
    )
    return report, anchors


def _place(args: argparse.Namespace, *, keep: bool = False) -> str:
    # Nobody has to do what the verdict says.
    end = ", to use the fitted ones all the same" if keep else ""
    return f"{_TEXT} is for {place_of(args.detector)}{end}."


def as_text(args: argparse.Namespace, report: DatasetReport, output: str | None) -> str:
    """The summary for a terminal."""
    table = report.data
    lines = [
        wrapped(f"{size_of(table)}."),
        wrapped(describe(args.detector) + asked_for(args)),
        # The page has the text to paste, and where it belongs.
        *(wrapped(note) for note in report.notes if not note.startswith(_TEXT)),
        "",
    ]
    if report.comparison is not None:
        lines += [verdict_text(report.comparison), ""]
    parts = (report.choice, report.certificate)
    lines += [wrapped(f"{part}\n") for part in parts if part is not None]
    lines.append(f"page: {output}")
    return "\n".join(lines)
