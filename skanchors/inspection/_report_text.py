"""The text and the HTML of a report on anchors: the same tables in both."""

from collections.abc import Iterator

from skanchors._tables import (
    Columns,
    count_text,
    counted,
    html_page,
    html_table,
    html_text,
    name_text,
    percent,
    shortened,
    size_text,
    terminal_width,
    text_table,
    wrapped,
)

_IOU = "{:.4f}".format
# A file is recognised by so many characters of its end.
_SHORTEST_PATH = 16

_THRESHOLDS: Columns = {
    "threshold": ("threshold", "{:g}"),
    "best_possible_recall": ("best possible recall", _IOU),
    "anchors_above_threshold": ("anchors above threshold", "{:.2f}"),
}
_ANCHORS: Columns = {
    "anchor": ("anchor", "{}"),
    "sides": ("size", size_text),
    "aspect_ratio": ("w/h", "{:.2f}"),
    "n_boxes": ("boxes", count_text),
    "share": ("share", "{:.3f}"),
    "mean_iou": ("mean IoU", _IOU),
    "stride": ("stride", "{:g}"),
    "size_in_strides": ("strides", "{:.2f}"),
}
_SCORES: Columns = {
    "n_boxes": ("boxes", count_text),
    "share": ("share", "{:.3f}"),
    "mean_iou": ("mean IoU", _IOU),
    "iou_at_least_0.5": (">= 0.5", percent),
    "iou_at_least_0.7": (">= 0.7", percent),
    "best_possible_recall": ("recall", _IOU),
}
# In HTML each table has a name, for those who do not see what stands around it.
_CAPTIONS = {
    "threshold": "Boxes within a factor of an anchor on each side",
    "anchor": "Anchors",
    "class": "Classes",
    "size": "Sizes",
}
# Not those in the input, by which an `AssignmentReport` counts.
_IN_IMAGE = "By size in the image itself (square root of the area, bounds 32 and 96)"


def report_text(content: dict, n_class_rows: int | None, width: int | None) -> str:
    """Lay out the content of `anchor_report` for a terminal."""
    width = terminal_width() if width is None else width
    blocks = [wrapped("\n".join(_headline(content)), width)]
    for title, rows, columns in _parts(content, n_class_rows, width):
        text = text_table(rows, columns, width=width)
        blocks.append(f"{wrapped(title, width)}\n{text}" if title else text)
        if columns is _ANCHORS and "aspect_ratios" in content:
            blocks.append(wrapped(_ratios(content["aspect_ratios"]), width))
    notes = _notes(content)
    return "\n\n".join([*blocks, wrapped("\n".join(notes), width)] if notes else blocks)


def report_html(content: dict, n_class_rows: int | None) -> str:
    """The same for a notebook."""
    tables = [
        html_table(rows, columns, caption=title or _CAPTIONS[next(iter(columns))])
        for title, rows, columns in _parts(content, n_class_rows, 160)
    ]
    return html_page(
        *map(html_text, _headline(content)), *tables, *map(html_text, _notes(content))
    )


def _parts(
    content: dict, n_class_rows: int | None, width: int
) -> Iterator[tuple[str, list[dict], Columns]]:
    """Title, rows and columns of each table."""
    yield "", content["thresholds"], _THRESHOLDS
    yield "", content["anchors"], _ANCHORS
    if "classes" in content:
        rows = content["classes"]
        shown = rows[:n_class_rows]
        title = "" if len(rows) == 1 else "Classes, the worst served first"
        if len(shown) < len(rows):
            title += f": {len(shown)} of {len(rows)} (all: n_class_rows=None)"
        yield title, shown, {"class": ("class", name_text)} | dict(_SCORES)
    if "sizes" in content:
        title = _IN_IMAGE if content.get("sizes_in_image") else ""
        yield title, content["sizes"], {"size": ("size", "{}")} | dict(_SCORES)
    if content["worst"]:
        yield _worst(content["worst"], width)


def _worst(rows: list[dict], width: int) -> tuple[str, list[dict], Columns]:
    """The worst-served boxes; a file that holds them all is named once."""
    title = "Worst-served boxes"
    columns: dict = {
        "iou": ("IoU", _IOU),
        "sides": ("size", size_text),
        "anchor": ("anchor", "{}"),
        "row": ("row", "{}"),
        "class": ("class", name_text),
    }
    paths = {row.get("path") for row in rows}
    if any("image" in row for row in rows):
        prefix = f"{next(iter(paths))}: "  # images of one file may be named by it
        columns["image"] = ("image", lambda v: name_text(str(v).removeprefix(prefix)))
        if len(paths) == 1 and None not in paths:
            name = shortened(str(next(iter(paths))), max(20, width - len(title) - 4))
            return f"{title} of {name}", rows, columns
    if paths != {None}:
        used = text_table(rows, columns, width=10_000).partition("\n")[0]
        room = max(_SHORTEST_PATH, width - 2 - max(len(used), _longest(rows, columns)))
        columns["path"] = ("file", lambda path: shortened(str(path), room))
    return title, rows, columns


def _longest(rows: list[dict], columns: Columns) -> int:
    return max(map(len, text_table(rows, columns, width=10_000).splitlines()))


def _headline(content: dict) -> list[str]:
    images = ""
    if "n_images" in content:
        images = f" in {counted(content['n_images'], 'image')}"
    recall = [
        f"within a factor of {row['threshold']:g} on each side: "
        f"{percent(row['best_possible_recall'])}"
        for row in content["thresholds"]
        if row["threshold"] in (2, 4)
    ]
    lines = [
        f"{counted(content['n_boxes'], 'box')}{images}, "
        f"{counted(content['n_anchors'], 'anchor')}: mean IoU "
        f"{content['mean_iou']:.4f}",
        f"IoU >= 0.5: {percent(content['iou_at_least_0.5'])} of the boxes; "
        f">= 0.7: {percent(content['iou_at_least_0.7'])}",
    ]
    if "scaling" in content:
        lines.insert(1, f"{content['scaling'][0].upper()}{content['scaling'][1:]}")
    return lines + (["; ".join(recall)] if len(recall) == 1 else recall)


def _ratios(ratios: dict) -> str:
    lines = [
        f"w/h, {order}: "
        + " ".join("-" if ratio is None else f"{ratio:.2f}" for ratio in values)
        for order, values in ratios.items()
    ]
    return "\n".join(lines)


def _notes(content: dict) -> list[str]:
    notes = []
    if content["unused"]:
        notes.append(f"Nearest to no box: {_anchor_list(content['unused'])}.")
    for key, word, step, side in (
        ("too_small", "small", "finer", 0),
        ("too_large", "large", "coarser", 1),
    ):
        if content.get(key):
            bound = content["stride_range"][side]
            notes.append(
                f"Too {word} for {'its' if len(content[key]) == 1 else 'their'} level "
                f"({'below' if side == 0 else 'above'} {bound:g} strides): "
                f"{_anchor_list(content[key])}. Add a {step} level, move what is there "
                "to another, or check the input size that the anchors are for."
            )
    return notes


def _anchor_list(indices: list[int]) -> str:
    word = "anchor" if len(indices) == 1 else "anchors"
    return f"{word} {', '.join(map(str, indices))}"
