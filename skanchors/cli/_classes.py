"""How many classes a configuration is for, and where that is from."""

import argparse
import re
import sys
from typing import Any


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
