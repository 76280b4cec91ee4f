"""``skanchors convert``: anchors from one configuration style to another."""

import argparse
import sys
import warnings
from typing import Any

from skanchors._regular import LARGEST_TEXT
from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    read_text,
    whole_numbers,
    width_height,
)
from skanchors.export import format_anchors, parse_anchors, style_names
from skanchors.export._compare import compare_sets
from skanchors.export._format import read_text as read_anchors

EPILOG = """\
Examples:
  skanchors convert --to yolov5 yolov3.cfg
  skanchors convert --from darknet-v2 --to darknet --strides 8,16,32 anchors.txt
  skanchors convert --to tensorflow --input-size 640 anchors.yaml
  skanchors convert --to mmdetection - < anchors.json
  skanchors convert --check yolov3.cfg deployed.h

Styles:
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line."""
    names = style_names()
    width = max(map(len, names))
    styles = "\n".join(f"  {name:{width}}  {text}" for name, text in names.items())
    parser = subparsers.add_parser(
        "convert",
        help="turn anchors of one detector's configuration into another's",
        description=(
            "Read anchors from the configuration of a detector and print them as text "
            "for another: order, units and masks are changed as the style needs. "
            "Configurations that hold no free pairs of width and height get the "
            "nearest set they can hold, and say what it loses."
        ),
        epilog=EPILOG + styles,
        formatter_class=HelpFormatter,
    )
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="text to read; - for standard input"
    )
    parser.add_argument(
        "--check",
        nargs=2,
        metavar=("A", "B"),
        help="say whether two files hold the same anchors: equal (exit code 0), "
        "reordered, scaled or different (exit code 1)",
    )
    parser.add_argument(
        "--from",
        dest="source",
        choices=("auto", *names),
        default="auto",
        metavar="STYLE",
        help="style of FILE (default: auto, recognised from the text)",
    )
    parser.add_argument(
        "--to",
        dest="target",
        choices=tuple(names),
        metavar="STYLE",
        help="style to print, see below",
    )
    parser.add_argument(
        "--name",
        metavar="NAME",
        help="which set of a file that has several, such as anchors_p6_640 of YOLOv5's "
        "anchors.yaml",
    )
    parser.add_argument(
        "--strides",
        type=whole_numbers,
        metavar="S,S,...",
        help="stride of each level of the new detector "
        "(default: those of FILE, else 8,16,32; for darknet-v2 32)",
    )
    parser.add_argument(
        "--input-size",
        type=width_height,
        metavar="SIZE",
        help="the network's input in pixels, one number or WIDTHxHEIGHT; needed where "
        "anchors or scales are fractions of it",
    )
    parser.add_argument(
        "--classes",
        type=at_least(1),
        metavar="N",
        help="number of classes, for Darknet's filters= and YOLOv5's nc",
    )
    parser.add_argument(
        "--precision",
        type=at_least(0),
        metavar="DIGITS",
        help="digits after the point (default: the habit of the new style)",
    )
    parser.add_argument(
        "--rule",
        choices=("even", "size"),
        default="even",
        help="how anchors are shared out among levels where FILE does not say: as many "
        "on each, or by size (default: %(default)s)",
    )
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Print the converted anchors, or how two files compare."""
    if args.check is not None:
        if args.file is not None or args.target is not None:
            args.usage_error(
                "--check takes two files and goes with neither FILE nor --to"
            )
        return check(args)
    if args.file is None or args.target is None:
        args.usage_error("FILE and --to are required (or --check A B)")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        anchors = parse_anchors(
            text_of(args.file), args.source, input_size=args.input_size, name=args.name
        )
        converted = format_anchors(
            anchors,
            args.target,
            strides=args.strides,
            input_size=args.input_size,
            precision=args.precision,
            n_classes=args.classes,
            rule=args.rule,
        )
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"skanchors convert: warning: {message}", file=sys.stderr)
    print(converted, end="" if converted.endswith("\n") else "\n")
    return 0


def check(args: argparse.Namespace) -> int:
    """Print whether two files hold the same anchors."""
    sets = []
    for file in args.check:
        try:
            anchors, _, _ = read_anchors(
                text_of(file),
                args.source,
                strides=args.strides,
                input_size=args.input_size,
                name=args.name,
            )
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from None
        sets.append(anchors)
    found = compare_sets(*sets)
    print(found.text)
    return 0 if found.verdict == "equal" else 1


def text_of(file: str) -> str:
    """The text of a file, or of standard input."""
    if file != "-":
        return read_text(file)
    text = sys.stdin.read(LARGEST_TEXT + 1)
    if len(text) > LARGEST_TEXT:
        raise ValueError(f"Standard input has more than {LARGEST_TEXT} characters.")
    return text
