"""A report on what training will do with anchors, and whom it serves worst."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skanchors._checks import check_choice, check_count
from skanchors._optional import require
from skanchors._tables import (
    Columns,
    count_text,
    counted,
    html_page,
    html_table,
    html_text,
    name_text,
    percent,
    rounded,
    shortened,
    terminal_width,
    text_table,
    wrapped,
)
from skanchors.assignment import Assignment
from skanchors.inspection._assignment_rows import (
    group_rows,
    image_rows,
    level_rows,
    positives_row,
    stride_groups,
    worst_of,
)
from skanchors.inspection._groups import find_groups, matched_threshold
from skanchors.inspection._judged import assign_named, is_matched, sizes_of


@dataclass(frozen=True)
class AssignmentReport:
    """What `assignment_report` returns; ``print`` shows it as text.

    Attributes
    ----------
    content : dict
        Everything in the report, see `assignment_report`.
    assignment : Assignment
        What it speaks of, object by object.
    n_class_rows : int or None
        How many classes the text shows.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> from skanchors.inspection import assignment_report
    >>> table = read_annotations(load_sample_paths())
    >>> report = assignment_report(table, "ssd300_vgg16")
    >>> report.content["n_objects"]
    368
    """

    content: dict
    assignment: Assignment
    n_class_rows: int | None = 10

    def to_dict(self) -> dict:
        """The content as plain values.

        Returns
        -------
        dict
            Ready for JSON, with numbers of at most 8 significant digits.
        """
        return rounded(self.content)

    def to_text(self, width: int | None = None) -> str:
        """The report for a terminal.

        Parameters
        ----------
        width : int, default=None
            No line of a table is longer; None takes the width of the terminal.

        Returns
        -------
        str
            What ``print`` shows.
        """
        width = terminal_width() if width is None else width
        blocks = [wrapped("\n".join(_sentences(self.content)), width)]
        for title, rows, columns in _parts(self.content, self.n_class_rows, width):
            text = text_table(rows, columns, width=width)
            blocks.append(f"{wrapped(title, width)}\n{text}")
        return "\n\n".join(blocks)

    def to_pandas(self, part: str = "classes") -> Any:
        """One part of the report as a data frame.

        Parameters
        ----------
        part : str, default="classes"
            "classes", "sizes", "strides", "levels" or "worst_images".

        Returns
        -------
        pandas.DataFrame
            One row a class, size, level or image.

        Raises
        ------
        ValueError
            If the report has no such part.
        ImportError
            If pandas is not installed.
        """
        check_choice(part, _PARTS, name="part")
        pandas = require("pandas", extra="pandas")
        return pandas.DataFrame(self.content[part])

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        tables = [
            html_table(rows, columns, caption=title)
            for title, rows, columns in _parts(self.content, self.n_class_rows, 84)
        ]
        return html_page(*map(html_text, _sentences(self.content)), *tables)


_PARTS = ("classes", "sizes", "strides", "levels", "worst_images")


def assignment_report(
    table: Any,
    detector: Any,
    anchors: Any = None,
    *,
    rule: Any = None,
    scaling: str | None = None,
    input_size: Any = None,
    n_worst: int = 10,
    n_class_rows: int | None = 10,
) -> AssignmentReport:
    """Report which objects a detector's training would leave without positives.

    Parameters
    ----------
    table : AnnotationTable
        The boxes, with their positions.
    detector : str or Detector
        A name of `skanchors.detectors.detector_names`, or a detector.
    anchors : array-like of shape (n_anchors, 2), estimator, AnchorSet or str, optional
        Anchors in pixels of the input, or what has them, as in `anchor_report`. None
        takes the published ones of the detector.
    rule, scaling, input_size : optional
        Override those of the detector, see `skanchors.assignment.assign`.
    n_worst : int, default=10
        How many of the worst images to list.
    n_class_rows : int or None, default=10
        How many classes the text shows, those served worst first; None shows all.

    Returns
    -------
    AssignmentReport
        Has ``str()``, ``to_dict()``, ``to_pandas(part)`` and ``assignment``. The
        content's keys:

        - ``detector``, ``rule``, ``n_images``, ``n_objects``, ``n_anchors``;
        - ``worst``: the ``class`` and the ``size`` served worst, of those with 20
          objects or more;
        - ``unmatched`` and ``forced``: shares of the objects without any positive, and
          with forced (low-quality) ones only; ``matched``: share whose best anchor on
          the grid reaches ``threshold``; ``lost_slots``: share of the anchors that
          objects call for and another object got;
        - ``positives``: mean, median and tails of the number an object;
        - ``classes``, ``sizes`` (small, medium and large in the input, bounds 32 and
          96) and ``strides`` (size against the finest stride): the same shares of
          each, the worst class first;
        - ``levels``: positives and objects of each;
        - ``worst_images``: with their files, those with most objects unmatched first.

    Raises
    ------
    TypeError
        If `table` is no table.
    ValueError
        If a detector is not known, or the anchors do not fit its levels.

    See Also
    --------
    skanchors.assignment.assign : The same, object by object.
    compare_anchors : Whether other anchors should replace these.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> from skanchors.inspection import assignment_report
    >>> table = read_annotations(load_sample_paths())
    >>> report = assignment_report(table, "retinanet_resnet50_fpn")
    >>> print(report)  # doctest: +ELLIPSIS
    retinanet_resnet50_fpn, MaxIoU(...): 368 objects in 120 images
    ...
    """
    check_count(n_worst, name="n_worst", minimum=0)
    if n_class_rows is not None:
        check_count(n_class_rows, name="n_class_rows", minimum=0)
    found = assign_named(
        table, detector, anchors, rule=rule, scaling=scaling, input_size=input_size
    )
    threshold = matched_threshold(found.rule)
    matched = is_matched(found, threshold)
    sizes = sizes_of(found)
    groups = find_groups(np.asarray(table.label), sizes)
    classes = [group for group in groups if group.kind == "class"]
    rows = {
        "classes": group_rows(found, matched, classes, sort=True),
        "sizes": group_rows(
            found, matched, [group for group in groups if group.kind == "size"]
        ),
        "strides": group_rows(
            found, matched, stride_groups(sizes, found.detector.strides[0])
        ),
    }
    n = max(len(found), 1)
    content = {
        "detector": found.detector.name,
        "rule": repr(found.rule),
        "n_images": found.n_images,
        "n_objects": len(found),
        "n_anchors": len(found.anchor_set),
        "worst": worst_of(rows["classes"], rows["sizes"]),
        "unmatched": int((found.n_positive == 0).sum()) / n,
        "forced": int(found.forced.sum()) / n,
        "matched": int(matched.sum()) / n,
        "threshold": threshold,
        "lost_slots": int(found.n_lost.sum()) / max(int(found.n_slots.sum()), 1),
        "positives": positives_row(found.n_positive),
        **rows,
        "levels": level_rows(found),
        "worst_images": image_rows(found, table.images, n_worst),
    }
    return AssignmentReport(content, found, n_class_rows)


_SHARES: Columns = {
    "n_objects": ("objects", count_text),
    "unmatched": ("no positive", percent),
    "forced": ("forced only", percent),
    "matched": ("matched", percent),
    "positives": ("positives", "{:.1f}"),
}


def _sentences(content: dict) -> list[str]:
    lines = [
        f"{content['detector']}, {content['rule']}: "
        f"{counted(content['n_objects'], 'object')} in "
        f"{counted(content['n_images'], 'image')}"
    ]
    for kind, row in content["worst"].items():
        lines.append(
            f"Worst {kind}: {name_text(row['group'])}, with "
            f"{percent(row['unmatched'])} of {counted(row['n_objects'], 'object')} "
            "without a positive, "
            f"{percent(row['forced'])} only forced, {percent(row['matched'])} matched "
            f"at IoU {content['threshold']:g}"
        )
    lines.append(
        f"All: {percent(content['unmatched'])} without a positive, "
        f"{percent(content['forced'])} only forced, {percent(content['matched'])} "
        f"matched; {percent(content['lost_slots'])} of the anchors called for are lost "
        "to another object"
    )
    row = content["positives"]
    lines.append(
        f"Positives an object: median {row['median']:g}, 5 % have {row['p5']:g} or "
        f"fewer, 5 % have {row['p95']:g} or more"
    )
    return lines


def _parts(
    content: dict, n_class_rows: int | None, width: int
) -> Iterator[tuple[str, list[dict], Columns]]:
    """Title, rows and columns of each table."""
    yield (
        "By size in the input (square root of the area, bounds 32 and 96)",
        content["sizes"],
        {"group": ("size", "{}")} | dict(_SHARES),
    )
    yield (
        "By size against the finest stride",
        content["strides"],
        {"group": ("strides", "{}")} | dict(_SHARES),
    )
    rows = content["classes"]
    if rows:
        shown = rows[:n_class_rows]
        title = "By class, the worst served first"
        if len(shown) < len(rows):
            title += f": {len(shown)} of {len(rows)} (all: n_class_rows=None)"
        columns = {"group": ("class", name_text)}
        yield title, shown, columns | dict(_SHARES)
    yield (
        "Load of the levels",
        content["levels"],
        {
            "stride": ("stride", "{:g}"),
            "n_anchors": ("anchors", "{}"),
            "n_objects": ("objects", count_text),
            "n_positive": ("positives", count_text),
            "share": ("share", percent),
        },
    )
    if content["worst_images"]:
        room = max(16, width - 55)
        yield (
            "Worst images",
            content["worst_images"],
            {
                "n_objects": ("objects", "{}"),
                "n_unmatched": ("no positive", "{}"),
                "n_forced": ("forced only", "{}"),
                "mean_best_iou": ("mean best IoU", "{:.3f}"),
                "path": ("file", lambda path: shortened(str(path), room)),
                "image": ("image", "{}"),
            },
        )
