"""What could not be used in annotation files, and the one way to report it."""

from collections import defaultdict
from typing import Any, NamedTuple

from skanchors._plain_text import one_line
from skanchors._tables import counted
from skanchors._warnings import warn

# Reasons are short and always the same, so that they can be counted; what follows
# a colon is detail.
CROWD = "crowd region"

# What can be done about findings: the values of `on_invalid`.
ON_INVALID = "warn", "raise", "ignore"


class AnnotationWarning(UserWarning):
    """Some annotations could not be used as they are.

    Examples
    --------
    >>> import warnings
    >>> from skanchors.annotations import AnnotationWarning
    >>> warnings.simplefilter("error", AnnotationWarning)  # stop at dirty data
    """


class Finding(NamedTuple):
    """One object, or one whole file, that could not be used as it is.

    Parameters
    ----------
    path : str
        The file.
    object : int or None
        Which object: for COCO the ``id`` of the annotation, for YOLO the number of
        the line, else its number in the file, from 1. None for the whole file.
    reason : str
        What is wrong.

    Examples
    --------
    >>> from skanchors.annotations import Finding
    >>> print(Finding("000005.xml", 2, "zero area"))
    000005.xml (2): zero area
    """

    path: str
    object: int | None
    reason: str

    def __str__(self) -> str:
        place = self.path if self.object is None else f"{self.path} ({self.object})"
        return f"{place}: {self.reason}"


def report(
    dropped: list[Finding],
    clipped: list[Finding],
    n_objects: int,
    n_files: int,
    on_invalid: str,
    notes: list[Finding] | tuple = (),
) -> None:
    """Warn once about what could not be used, if warnings are wanted.

    Parameters
    ----------
    dropped, clipped : list of Finding
        What was left out, and which boxes were cut to their image.
    n_objects, n_files : int
        How many objects and files were read in all.
    on_invalid : {"warn", "raise", "ignore"}
        What to do.
    notes : list of Finding
        What was decided about files that can be read in two ways.
    """
    dropped = [finding for finding in dropped if finding.reason != CROWD]
    if on_invalid == "ignore" or not (dropped or clipped or notes):
        return
    parts = []
    if dropped:
        whole = sum(finding.object is None for finding in dropped)
        parts.append(
            f"Left out {len(dropped) - whole} of {counted(n_objects, 'object')} and "
            f"{whole} of {counted(n_files, 'file')}. {describe(dropped)}"
        )
    if clipped:
        parts.append(
            f"Cut {len(clipped)} of {counted(n_objects, 'box')} to "
            f"{'its' if n_objects == 1 else 'their'} image. "
            f"{describe(clipped)}"
        )
    if notes:
        parts.append(f"Note: {describe(notes)}")
    if dropped or clipped:
        parts.append(
            f"{WHERE_LISTED}on_invalid='raise' stops at the first, "
            "on_invalid='ignore' says nothing."
        )
    warn(one_line(" ".join(parts)), AnnotationWarning)


def report_table(table: Any, on_invalid: str) -> None:
    """Warn once about what a table says could not be used, as `report` does."""
    report(
        table.dropped,
        table.clipped,
        table.n_objects,
        table.n_files,
        on_invalid,
        table.notes,
    )


def unused_sizes(table: Any, image_sizes: Any) -> list[Finding]:
    """A note if sizes of images are given, but no image has one."""
    images = table.images
    if image_sizes is None or not len(images.path) or (images.width > 0).any():
        return []
    reason = f"image_sizes have none of the images: such as {images.image_id[0]}"
    return [Finding(images.path[0], None, reason)]


def raise_finding(finding: Finding) -> None:
    """Raise an error about a finding."""
    which = "" if finding.object is None else f", object {finding.object}"
    raise ValueError(
        f"{one_line(f'{finding.path}{which}: {finding.reason}')}. Correct the file, or "
        "pass on_invalid='warn' to go on without what cannot be used."
    )


def describe(findings: list[Finding] | tuple, n_named: int = 3) -> str:
    """Count findings by reason, and name the first files and the first detail of each.

    Parameters
    ----------
    findings : list of Finding
        What to describe.
    n_named : int, default=3
        Number of files named for each reason.

    Returns
    -------
    str
        The commonest reason first.
    """
    by_reason = defaultdict(list)
    for finding in findings:
        by_reason[finding.reason.partition(":")[0]].append(finding)
    texts = []
    for reason, found in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        files = list(dict.fromkeys(finding.path for finding in found))
        more = f" and {len(files) - n_named} more" if len(files) > n_named else ""
        text = f"{reason}: {len(found)} ({', '.join(files[:n_named])}{more})"
        details = {finding.reason.partition(":")[2].strip(): None for finding in found}
        some = "such as " if len(details) > 1 else ""
        detail = next(filter(None, details), "")[:300]
        causes = (some * bool(detail) + detail, _REMEDIES.get(reason))
        text += "".join(f" - {cause}" for cause in causes if cause)
        texts.append(text)
    return "; ".join(texts) + "."


# What helps, by reason, in words that the shell turns into its own.
_REMEDIES = {
    "size of the image is missing": "no image is found near the file either; give "
    "image_sizes, or use scaling='pixels'",
    "all boxes are smaller than a pixel, as fractions of the image would be": (
        "multiply them by its width and height"
    ),
    "the boxes fit if they are two corners, not a corner and two sides": (
        "write x1, y1, x2 - x1, y2 - y1 for x1, y1, x2, y2"
    ),
    "objects that another file has too are counted twice": "read one of the two only",
}
# Of use in Python only.
WHERE_LISTED = "read_annotations(paths) lists all of them in .dropped and .clipped; "
