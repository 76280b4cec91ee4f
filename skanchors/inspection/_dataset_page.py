"""The sections of the page about a data set, a detector and anchors."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from skanchors._plain_text import one_line
from skanchors._tables import (
    counted,
    html_code,
    html_definitions,
    html_table,
    isolated,
    name_text,
    scaling_text,
    shortened,
)
from skanchors.certify import CertificateDisplay
from skanchors.inspection._assignment_display import AssignmentDisplay
from skanchors.inspection._box_size_display import BoxSizeDisplay
from skanchors.inspection._clusters_display import AnchorClustersDisplay
from skanchors.inspection._count_display import ClusterCountDisplay
from skanchors.inspection._page import (
    page,
    paragraph,
    picture,
)
from skanchors.inspection._page_figures import drawn
from skanchors.inspection._thumbnails import ImageFinder, thumbnail

# More rows are counted, not shown.
_MAX_ROWS = 20
_MAX_CLASSES = 100
_PATH_LETTERS = 44


def dataset_page(report: Any) -> str:
    """The page of a `DatasetReport`."""
    return page(f"Anchors for {report.detector.name}", _sections(report), _lead(report))


def _lead(report: Any) -> str:
    row = report.detector
    parts = [
        paragraph(
            f"{counted(len(report.data), 'box')} of "
            f"{counted(report.data.n_images, 'image')}, "
            f"{scaling_text(row.scaling, row.input_size)}, strides "
            f"{', '.join(f'{stride:g}' for stride in row.strides)}, "
            f"{report.assignment.assignment.rule!r}.",
            "faint",
        )
    ]
    if report.comparison is not None:
        kind = "verdict replace" if report.comparison.replace else "verdict"
        parts.append(paragraph(report.comparison.verdict, kind))
    parts += [paragraph(note, "faint") for note in report.notes]
    return "\n".join(parts)


def _sections(report: Any) -> Iterator[tuple[str, list[str]]]:
    if report.text:
        yield "The text to paste", [html_code(report.text)]
    if report.comparison is not None:
        yield "Compared with the defaults", _comparison(report.comparison)
    yield "What training will do with the anchors", _training(report)
    yield "The objects served worst", _worst(report)
    yield "Boxes and anchors", _anchors(report)
    yield "What was read", _read(report)
    if report.choice is not None:
        yield "How many anchors", _choice(report.choice)
    if report.certificate is not None:
        yield "How good any anchors could be", _certificate(report.certificate)
    for title, extra in report.extras.items():
        yield title, _shown(extra)


def _shown(part: Any) -> list[str]:
    """Anything with a table for notebooks, else as text."""
    if hasattr(part, "_repr_html_"):
        return [part._repr_html_()]
    return [html_code(str(part))]


def _choice(choice: Any) -> list[str]:
    scores = _figure(
        lambda ax: ClusterCountDisplay.from_cv_results(
            choice.cv_results, chosen=choice.n_clusters, ax=ax
        ),
        f"Mean IoU on images held out, over the number of anchors; {choice.n_clusters} "
        "were chosen.",
    )
    return [scores, *_shown(choice)]


def _certificate(certificate: Any) -> list[str]:
    bounds = _figure(
        lambda ax: CertificateDisplay.from_certificate(certificate, ax=ax),
        "The best anchors known and the proven bound, over the time of the proof.",
    )
    return [
        *map(paragraph, str(certificate).splitlines()),
        bounds,
        *_shown(certificate),
    ]


def _with_classes(part: Any) -> Any:
    """A report with more classes than a terminal has room for."""
    return replace(part, n_class_rows=_MAX_CLASSES)


def _comparison(comparison: Any) -> list[str]:
    """The tables alone: the verdict stands at the top of the page."""
    return [
        html_table(rows, columns, caption=title or "Anchors compared")
        for title, rows, columns in comparison._parts()
    ]


def _training(report: Any) -> list[str]:
    found = report.assignment.assignment
    figure = _figure(
        lambda ax: _legend_below(
            AssignmentDisplay.from_assignment(found, ax=ax, legend=False)
        ),
        "Positives of each object over its size; those without any are marked at the "
        "bottom.",
    )
    return [figure, *_shown(_with_classes(report.assignment))]


def _legend_below(display: AssignmentDisplay) -> None:
    """Beside them it would take the room of a phone from the axes."""
    handles = display._legend_handles(display.ax_)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)}
    display.ax_.legend(handles=handles, ncols=2, frameon=False, **place)


def _anchors(report: Any) -> list[str]:
    row = report.detector
    sizes = report.table.sizes(row.scaling, row.input_size)
    anchors = report.assignment.assignment.anchor_set.anchors
    return [
        _figure(
            lambda ax: BoxSizeDisplay.from_boxes(sizes, ax=ax),
            f"Widths and heights of {counted(len(sizes), 'box')}.",
        ),
        _figure(
            lambda ax: AnchorClustersDisplay.from_boxes(
                sizes, anchors, ax=ax, legend=False
            ),
            f"The boxes by the nearest of {counted(len(anchors), 'anchor')}, with the "
            "numbers of the table below.",
        ),
        *_shown(_with_classes(report.anchors)),
    ]


def _worst(report: Any) -> list[str]:
    if not report.worst:
        return []
    columns: Any = {
        "class": ("class", str),
        "iou": ("best IoU on the grid", "{:.3f}"),
        "n_positive": ("positives", "{}"),
        "size": ("size in the input", str),
        "path": ("file", _short_path),
    }
    title = "Without positives first, then by IoU"
    return [*_thumbnails(report), html_table(report.worst, columns, caption=title)]


def _short_path(path: str) -> str:
    return shortened(path, _PATH_LETTERS)


def _thumbnails(report: Any) -> list[str]:
    """The objects served worst on their images, or a word about what is missing."""
    if find_spec("PIL") is None:
        why = "Install skanchors[report] to see these objects on their images."
        return [paragraph(why, "faint")]
    finder, shown = ImageFinder(), []
    for row in report.worst:
        image = finder.find(row["path"], row["image"])
        source = image and thumbnail(image, row["box"], row["frame"])
        if source:
            caption = (
                f"{isolated(name_text(row['class']))}, {row['size']}, "
                f"IoU {row['iou']:.3f}, "
                f"{counted(row['n_positive'], 'positive')}, "
                f"image {isolated(one_line(str(row['image'])))}"
            )
            alt = f"An object of class {name_text(row['class'])}, marked on its image"
            shown.append(picture({"light": source}, caption, alt))
    if not shown:
        why = "No images that can be opened were found beside the annotations."
        return [paragraph(why, "faint")]
    return [f'<div class="thumbnails">{"".join(shown)}</div>']


def _read(report: Any) -> list[str]:
    data = report.data
    counts = data.label_counts()
    parts = [
        html_definitions(
            {
                "files": f"{data.n_files:,}",
                "images": f"{data.n_images:,}",
                "boxes": f"{len(data):,}",
                "boxes judged by": f"{len(report.table):,}",
                "classes": f"{len(counts):,}",
                "left out": f"{len(data.dropped):,}",
                "cut to their image": f"{len(data.clipped):,}",
            },
            "What was read",
        )
    ]
    rows = [{"name": name, "count": count} for name, count in counts.items()]
    columns: Any = {"name": ("class", str), "count": ("boxes", "{:,}")}
    parts += _first_rows(rows, columns, "Boxes of each class")
    columns = {
        "path": ("file", _short_path),
        "object": ("object", str),
        "group": ("reason", str),
    }
    for findings, title in ((data.dropped, "Left out"), (data.clipped, "Cut")):
        rows = [
            {
                "path": str(found.path),
                "object": "all" if found.object is None else found.object,
                "group": str(found.reason),
            }
            for found in findings[:_MAX_ROWS]
        ]
        parts += _first_rows(rows, columns, title, len(findings))
    return parts


def _first_rows(
    rows: list[dict], columns: Any, title: str, n_rows: int | None = None
) -> list[str]:
    """A table of the first rows, and how many there are.

    Parameters
    ----------
    rows : list of dict
    columns : dict
        See `html_table`.
    title : str
    n_rows : int, default=None
        How many there are; None takes those in `rows`.
    """
    n_rows = len(rows) if n_rows is None else n_rows
    if not rows:
        return []
    if n_rows > _MAX_ROWS:
        title += f": {_MAX_ROWS} of {n_rows:,}"
    return [html_table(rows[:_MAX_ROWS], columns, caption=title)]


def _figure(draw: Any, caption: str) -> str:
    """A picture, or a word about what it needs."""
    if find_spec("matplotlib") is None:
        return paragraph("Install skanchors[report] to see a picture here.", "faint")
    return picture(drawn(draw), caption, caption)
