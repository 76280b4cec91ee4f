"""What the commands that read annotations share."""

import argparse

import numpy as np

from skanchors._tables import counted
from skanchors.annotations import AnnotationTable, read_dataset
from skanchors.annotations._findings import describe
from skanchors.annotations.formats import format_names
from skanchors.cli._arguments import UsageError, at_least, tell, whole, width_height
from skanchors.cli._detector import overridden
from skanchors.datasets import load_sample_paths

SCALINGS = ("stretch", "letterbox", "shortest-edge", "pixels")


def add_input_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which boxes to read, and how to scale them."""
    group = parser.add_argument_group("annotations")
    group.add_argument(
        "paths",
        nargs="*",
        metavar="FOLDER or FILE",
        help="annotation files, or roots of data sets: folders of them, exports of "
        "labelling tools, PASCAL VOC devkits, a data.yaml, Darknet's .data, lists of "
        "images; the sample that comes with skanchors if left out",
    )
    group.add_argument(
        "--input-format",
        choices=("auto", *format_names()),
        default="auto",
        metavar="FORMAT",
        help="format of the files, one of %(choices)s; auto takes that of which there "
        "are most in a folder (default: %(default)s)",
    )
    group.add_argument(
        "--image-set",
        "--split",
        metavar="NAME",
        help="use only this part of the data set, such as train; of a VOC devkit any "
        "list of images, such as trainval",
    )
    group.add_argument(
        "--image-sizes",
        metavar="CSV",
        help="file with the columns name, width, height, for YOLO labels whose images "
        "are not beside them",
    )
    group.add_argument(
        "--override-sizes",
        action="store_true",
        help="let --image-sizes go before the sizes that the annotations state",
    )
    group.add_argument(
        "--class-names",
        metavar="FILE",
        help="names of the class numbers in YOLO labels: classes.txt, obj.names or "
        "data.yaml; those that the data set has by itself if left out",
    )
    group.add_argument(
        "--columns",
        choices=("auto", "box", "segment"),
        default="auto",
        help="what YOLO lines of more than six columns are: a box with other values, "
        "the corners of a segment, or what the lines of each file can be (default: "
        "%(default)s)",
    )
    group.add_argument(
        "--scaling",
        choices=SCALINGS,
        metavar="HOW",
        help="stretch, letterbox, shortest-edge or pixels: how the detector brings an "
        "image to its input size: stretch each side (Darknet), keep "
        "the aspect ratio and pad (YOLOv5: letterbox), bring the "
        "shortest edge to a length (torchvision, Detectron2), or not at all (default: "
        "the detector's, else stretch)",
    )
    group.add_argument(
        "--input-size",
        type=width_height,
        metavar="SIZE",
        help="the network's input in pixels, one number or WIDTHxHEIGHT; for "
        "--scaling shortest-edge SHORTEST,LONGEST, such as 800,1333; without it "
        "sizes are fractions of the image",
    )
    group.add_argument(
        "--classes",
        nargs="+",
        metavar="NAME",
        help="use only boxes of these classes",
    )
    group.add_argument(
        "--no-difficult",
        action="store_true",
        help="leave out objects marked difficult",
    )
    group.add_argument(
        "--min-size",
        type=at_least(0, float),
        default=0,
        metavar="SIZE",
        help="leave out boxes with a side smaller than this, after scaling",
    )
    group.add_argument(
        "--on-invalid",
        choices=("warn", "raise", "ignore"),
        default="warn",
        help="what to do about boxes and files that cannot be used: say so and go on, "
        "stop at the first, or go on silently (default: %(default)s)",
    )
    group.add_argument(
        "--n-jobs",
        type=whole,
        metavar="N",
        help="number of processes that read files (default: 1)",
    )


def resolve_detector(args: argparse.Namespace) -> None:
    """Set what the detector says and the arguments do not."""
    if getattr(args, "detector", None) is None:
        args.scaling = args.scaling or "stretch"
        return
    args.detector = overridden(args)
    args.scaling = args.detector.scaling.replace("_", "-")
    args.input_size = args.detector.input_size


def check_scaling(args: argparse.Namespace) -> str:
    """How to scale, as Python calls it, or why it does not go with the input size."""
    if args.scaling == "pixels" and args.input_size is not None:
        raise UsageError(
            "--scaling pixels leaves sizes as they are in the images, so --input-size "
            "has no meaning; leave it out, or choose stretch or letterbox."
        )
    if args.scaling == "shortest-edge" and args.input_size is None:
        raise UsageError(
            "--scaling shortest-edge needs --input-size SHORTEST,LONGEST, such as "
            "800,1333."
        )
    edges = args.input_size if args.scaling == "shortest-edge" else (0, 1)
    if edges[0] == edges[1]:
        side = edges[0]
        tell(
            f"skanchors {args.command}: note: no edge is longer than {side} pixels "
            f"with --input-size {side}; for a longest edge of its own say "
            "--input-size SHORTEST,LONGEST, such as 800,1333."
        )
    return str(args.scaling).replace("-", "_")


def read_sizes(args: argparse.Namespace) -> tuple[AnnotationTable, np.ndarray]:
    """Read the boxes that the arguments ask for.

    Returns
    -------
    table : AnnotationTable
        The boxes in use.
    sizes : ndarray of shape (n_boxes, 2)
        Their widths and heights after scaling.
    """
    resolve_detector(args)
    scaling = check_scaling(args)
    table = read_dataset(
        args.paths or load_sample_paths(),
        args.image_set,
        format=args.input_format,
        image_sizes=args.image_sizes,
        class_names=args.class_names,
        columns=args.columns,
        override_sizes=args.override_sizes,
        need_image_size=args.scaling != "pixels",
        on_invalid=args.on_invalid,
        n_jobs=args.n_jobs,
        verbose=1,
    )
    if args.classes:
        known = set(table.label)
        unknown = [name for name in args.classes if name not in known]
        if unknown:
            raise ValueError(
                f"No box has the class {', '.join(unknown)}; {_whose(args)} are "
                f"{', '.join(sorted(known)) or 'none'}."
            )
    table = table.select(args.classes, difficult=not args.no_difficult)
    sizes = table.sizes(scaling, args.input_size)
    large = (sizes >= args.min_size).all(axis=1)
    table, sizes = table[large], sizes[large]
    if not len(sizes):
        limits = {
            "--classes": args.classes,
            "--no-difficult": args.no_difficult,
            "--min-size": args.min_size,
        }
        asked = [option for option, value in limits.items() if value]
        raise ValueError(
            f"{counted(table.n_files, 'file')} hold{'s' * (table.n_files == 1)} no box "
            "that can be used"
            + (f" and that {' and '.join(asked)} let pass." if asked else ".")
            + ("" if table.n_objects or table.dropped else " They name no objects.")
            + (f" Left out: {describe(table.dropped)}" if table.dropped else "")
            + (f" Note: {describe(table.notes)}" if table.notes else "")
        )
    return table, sizes


def unit_of(args: argparse.Namespace) -> str:
    """What sizes are in, in words."""
    if args.scaling == "pixels":
        return "sizes in pixels of the images"
    if args.input_size is None:
        return f"sizes as fractions of the image ({args.scaling})"
    width, height = args.input_size
    if args.scaling == "shortest-edge":
        return f"sizes in pixels, shortest edge {width}, longest at most {height}"
    return f"sizes in pixels of a {width} x {height} input ({args.scaling})"


def size_of(table: AnnotationTable) -> str:
    """How much there is, in words."""
    return f"{counted(len(table), 'box')} of {counted(table.n_images, 'image')}"


def _whose(args: argparse.Namespace) -> str:
    """Which classes an error lists."""
    if args.paths:
        return "the classes"
    # `--classes dog FOLDER` takes the folder for a class.
    return (
        "no files were named (they go before --classes), and the classes of the "
        "sample that comes with skanchors"
    )
