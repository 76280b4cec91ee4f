"""``skanchors convert``: anchors from one configuration style to another."""

import sys
import warnings

from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    read_text,
    whole_numbers,
    width_height,
)
from skanchors.export import format_anchors, parse_anchors, style_names

EPILOG = """\
Examples:
  skanchors convert --to yolov5 yolov3.cfg
  skanchors convert --from darknet-v2 --to darknet --strides 8,16,32 anchors.txt
  skanchors convert --to tensorflow --input-size 640 anchors.yaml
  skanchors convert --to mmdetection - < anchors.json

Styles:
"""


def add_parser(subparsers):
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
        "file", metavar="FILE", help="text to read; - for standard input"
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
        required=True,
        metavar="STYLE",
        help="style to print, see below",
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
    parser.set_defaults(run=run)


def run(args):
    """Print the converted anchors."""
    text = sys.stdin.read() if args.file == "-" else read_text(args.file)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        anchors = parse_anchors(text, args.source, input_size=args.input_size)
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
