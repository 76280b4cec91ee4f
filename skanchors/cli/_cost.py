"""``skanchors cost``: what a number of anchors costs in a detector's head."""

import argparse
import sys
from typing import Any

from skanchors._tables import terminal_width, text_table, wrapped
from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    whole_numbers,
    width_height,
)
from skanchors.cli._json import dump
from skanchors.cost import CostTable, head_cost
from skanchors.cost._table import cell_text

EPILOG = """\
Examples:
  skanchors cost -k 9 --classes 20 --input-size 416
  skanchors cost -k 12 --classes 80 --input-size 1280x768 --strides 8,16,32,64
  skanchors cost -k 2,3,4 --classes 20 --input-size 416 --json

The last convolution of a YOLO head makes anchors x (5 + classes) channels on each
level, and every anchor of every cell is a prediction that non-maximum suppression
must sift. flops are floating-point operations, macs multiply-accumulates.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "cost",
        help="what a number of anchors costs in the head of a detector",
        description=(
            "Print, for each level of a YOLO detector, the grid, output channels, "
            "parameters, operations and predictions that a number of anchors means."
        ),
        epilog=EPILOG,
        formatter_class=HelpFormatter,
    )
    parser.add_argument(
        "-k",
        "--anchors",
        dest="n_anchors",
        type=whole_numbers,
        required=True,
        metavar="K",
        help="anchors of all levels together, shared out evenly, or of each level "
        "(2,3,4)",
    )
    parser.add_argument(
        "--classes",
        type=at_least(1),
        required=True,
        metavar="N",
        help="number of classes",
    )
    parser.add_argument(
        "--input-size",
        type=width_height,
        required=True,
        metavar="SIZE",
        help="the network's input in pixels, one number or WIDTHxHEIGHT",
    )
    parser.add_argument(
        "--strides",
        type=whole_numbers,
        default=(8, 16, 32),
        metavar="S,S,...",
        help="stride of each level (default: 8,16,32)",
    )
    parser.add_argument(
        "--in-channels",
        type=whole_numbers,
        metavar="C,C,...",
        help="channels that the last convolution reads on each level "
        "(default: 32 times the stride, as in YOLOv3)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    table = head_cost(
        _one_or_all(args.n_anchors),
        args.classes,
        args.input_size,
        args.strides,
        None if args.in_channels is None else _one_or_all(args.in_channels),
    )
    largest = max(args.strides)
    if any(side % largest for side in args.input_size):
        width, height = args.input_size
        print(
            f"skanchors cost: note: {width} x {height} is not a multiple of the "
            f"largest stride, {largest}; detectors pad or refuse it.",
            file=sys.stderr,
        )
    print(dump(table.to_dict()) if args.json else as_text(table))
    return 0


def as_text(table: CostTable) -> str:
    """The table; where the terminal is narrower, some columns below the others."""
    text = str(table)
    if max(map(len, text.splitlines())) <= terminal_width():
        return text
    rows = [row._asdict() for row in (*table.rows, table.total)]
    columns = {name: (name.replace("_", " "), cell_text) for name in table.columns}
    return "\n".join([text_table(rows, columns), *filter(None, [wrapped(table.note)])])


def _one_or_all(values: Any) -> Any:
    return values[0] if len(values) == 1 else values
