"""What ``skanchors fit`` prints of free anchors."""

import argparse
import re
import sys
from typing import Any

import numpy as np

from skanchors._tables import wrapped
from skanchors.cli._fitted_on import sketch
from skanchors.metrics import best_possible_recall_score


def count_classes(args: argparse.Namespace, table: Any) -> tuple[int, str]:
    """The classes that the detector needs: as asked, or as the data set declares them.

    Else those of the boxes are counted. The labels of YOLO files are numbers from 0 on,
    not all of which need to occur.

    Returns
    -------
    count : int
        Their number.
    note : str
        Where it is from if nobody told it, as others may have no box.
    """
    if asked := getattr(args, "n_classes", None):
        return asked, ""
    if table.class_names and not args.classes:
        return len(table.class_names), ""
    names = set(table.label)
    if all(name.isdecimal() for name in names):
        count = 1 + max(map(int, names))
    else:
        count = len(names)
    if not args.paths:  # the sample
        return count, ""
    how = "--n-classes or --class-names" if "n_classes" in args else "--class-names"
    why = (
        "chosen by --classes" if args.classes else "as the data set does not name them"
    )
    return count, (
        f"the number of classes, {count}, is that of the boxes in use, {why}; {how} "
        "can tell it"
    )


def say_of_classes(args: argparse.Namespace, note: str, text: str) -> None:
    """Say where the number of classes is from, if the configuration has it."""
    if note and _CLASSES.search(text):
        print(f"skanchors {args.command}: note: {note}.", file=sys.stderr)


_CLASSES = re.compile(r"(?m)^\W*(?:nc|classes|filters)\b")


def as_dict(
    args: argparse.Namespace,
    table: Any,
    sizes: np.ndarray,
    model: Any,
    certificate: Any,
) -> dict[str, Any]:
    """All that is known of a fit.

    Parameters
    ----------
    args : Namespace
    table : AnnotationTable
    sizes : ndarray of shape (n_boxes, 2)
    model : IoUKMeans
    certificate : Certificate or None
    """
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
        "fitted_on": sketch(table),
    }
    if certificate is not None:
        result["certificate"] = certificate.to_dict()
    return result


def as_text(args: argparse.Namespace, table: Any, sizes: np.ndarray, model: Any) -> str:
    """The anchors as a table, and how good they are.

    Parameters
    ----------
    args : Namespace
    table : AnnotationTable
    sizes : ndarray of shape (n_boxes, 2)
    model : IoUKMeans
    """
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
        wrapped(f"anchors (w,h)         {pairs}"),
        wrapped(
            f"aspect ratios sorted  {'  '.join(f'{r:.2f}' for r in np.sort(ratios))}"
        ),
        f"mean IoU              {model.score(sizes):.4f}",
        f"best possible recall  {best_possible_recall_score(sizes, anchors):.4f}",
    ]
    return "\n".join(lines)


def _unit(args: argparse.Namespace) -> str:
    if args.scaling == "pixels":
        return "sizes in pixels of the images"
    if args.input_size is None:
        return f"sizes as fractions of the image ({args.scaling})"
    width, height = args.input_size
    if args.scaling == "shortest-edge":
        return f"sizes in pixels, shortest edge {width}, longest at most {height}"
    return f"sizes in pixels of a {width} x {height} input ({args.scaling})"
