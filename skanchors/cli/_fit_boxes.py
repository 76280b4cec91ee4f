"""The boxes that ``skanchors fit`` clusters: all of them, or counts of their sizes."""

import argparse
from typing import Any, NamedTuple

import numpy as np

from skanchors._tables import counted
from skanchors.annotations import iter_sizes
from skanchors.annotations._read_dataset import find_all
from skanchors.cli._arguments import UsageError
from skanchors.cli._classes import count_classes
from skanchors.cli._common import check_scaling, resolve_detector
from skanchors.cli._fitted_on import sketch
from skanchors.cluster import BoxHistogram
from skanchors.datasets import load_sample_paths

# What a table is needed for; the name of each in the arguments, and its default.
_NEEDS_TABLE = {"detector": None, "assignment": None, "balance": None}


class FitBoxes(NamedTuple):
    """Boxes, how many each row stands for, and what is known of where they are from.

    Attributes
    ----------
    sizes : ndarray of shape (n_rows, 2)
    weight : ndarray of shape (n_rows,) or None
        Number of boxes of each row; None for one.
    n_boxes, n_files, n_dropped : int
    n_classes : int or None
        None if nobody counted.
    class_note : str
        See `count_classes`.
    fitted_on : dict or None
        See `sketch`.
    """

    sizes: np.ndarray
    weight: np.ndarray | None
    n_boxes: int
    n_files: int
    n_dropped: int
    n_classes: int | None
    class_note: str
    fitted_on: dict | None


def boxes_of_table(args: argparse.Namespace, table: Any, sizes: np.ndarray) -> FitBoxes:
    """All boxes of a table."""
    return FitBoxes(
        sizes,
        None,
        len(sizes),
        table.n_files,
        len(table.dropped),
        *count_classes(args, table),
        sketch(table),
    )


def boxes_of_stream(args: argparse.Namespace) -> FitBoxes:
    """Counts of the sizes in any number of files, a few of which are in memory."""
    for name, default in _NEEDS_TABLE.items():
        if getattr(args, name) != default:
            raise UsageError(
                f"--low-memory keeps the sizes of boxes alone, which --{name} cannot "
                "do with; leave one of the two out."
            )
    resolve_detector(args)
    scaling = check_scaling(args)
    roots = args.paths or load_sample_paths()
    histogram, n_files = BoxHistogram(), 0
    for found in find_all(roots, args.image_set, args.input_format):
        for part in found.parts:
            n_files += len(part.paths)
            chunks = iter_sizes(
                part.paths,
                format=args.input_format,
                scaling=scaling,
                input_size=args.input_size,
                classes=args.classes,
                difficult=not args.no_difficult,
                min_size=args.min_size,
                image_sizes=args.image_sizes,
                class_names=args.class_names or part.class_names,
                columns=args.columns,
                on_invalid=args.on_invalid,
                n_jobs=args.n_jobs,
                verbose=1,
            )
            for chunk in chunks:
                histogram.partial_fit(chunk)
    if not getattr(histogram, "n_seen_", 0):
        raise ValueError(
            f"{counted(n_files, 'file')} hold{'s' * (n_files == 1)} no box that can be "
            "used."
        )
    return FitBoxes(
        histogram.sizes_,
        histogram.counts_,
        int(histogram.n_seen_),
        n_files,
        0,
        args.n_classes,
        "",
        None,
    )
