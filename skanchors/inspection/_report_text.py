"""The text of a report on anchors."""


def report_text(content):
    """Lay out the content of `anchor_report` for a terminal."""
    images = f" in {content['n_images']} images" if "n_images" in content else ""
    blocks = [
        f"{content['n_boxes']} boxes{images}, {content['n_anchors']} anchors: "
        f"mean IoU {content['mean_iou']:.4f}",
        table(
            content["thresholds"],
            {
                "threshold": ("threshold", "{:g}"),
                "best_possible_recall": ("best possible recall", "{:.4f}"),
                "anchors_above_threshold": ("anchors above threshold", "{:.2f}"),
            },
        ),
        table(
            content["anchors"],
            {
                "anchor": ("anchor", "{}"),
                "sides": ("size", None),
                "aspect_ratio": ("w/h", "{:.2f}"),
                "n_boxes": ("boxes", "{}"),
                "share": ("share", "{:.3f}"),
                "mean_iou": ("mean IoU", "{:.4f}"),
                "stride": ("stride", "{:g}"),
                "size_in_strides": ("size in strides", "{:.2f}"),
            },
        ),
    ]
    if "aspect_ratios" in content:
        blocks.append(_ratios(content["aspect_ratios"]))
    blocks += [
        table(content[part], {key: (key, "{}")} | _SCORES)
        for part, key in (("classes", "class"), ("sizes", "size"))
        if part in content
    ]
    if content["worst"]:
        blocks.append("Worst-served boxes\n" + table(content["worst"], _WORST))
    blocks += _notes(content)
    return "\n\n".join(blocks)


_SCORES = {
    "n_boxes": ("boxes", "{}"),
    "share": ("share", "{:.3f}"),
    "mean_iou": ("mean IoU", "{:.4f}"),
    "best_possible_recall": ("best possible recall", "{:.4f}"),
}
_WORST = {
    "iou": ("IoU", "{:.4f}"),
    "sides": ("size", None),
    "anchor": ("anchor", "{}"),
    "row": ("row", "{}"),
    "class": ("class", "{}"),
    "image": ("image", "{}"),
    "path": ("file", "{}"),
}
_LEFT = {"class", "size", "path", "image"}


def size_text(sides):
    """Sizes such as ``12 x 16.5``: four digits are as much as anybody reads."""
    return " x ".join(f"{side:.4g}" for side in sides)


def table(rows, columns):
    """Lay out rows of values in columns of equal width.

    Parameters
    ----------
    rows : list of dict
    columns : dict of str to (str, str or None)
        For each key its title and its format; None formats sizes. Columns whose key no
        row has are left out.

    Returns
    -------
    str
    """
    columns = {k: v for k, v in columns.items() if any(k in row for row in rows)}
    cells = [[title for title, _ in columns.values()]]
    cells += [
        [_cell(row.get(key), form) for key, (_, form) in columns.items()]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    align = ["<" if key in _LEFT else ">" for key in columns]
    return "\n".join(
        "  ".join(
            f"{cell:{side}{width}}"
            for cell, side, width in zip(line, align, widths, strict=True)
        ).rstrip()
        for line in cells
    )


def _cell(value, form):
    if value is None:
        return "-"
    return size_text(value) if form is None else form.format(value)


def _ratios(ratios):
    lines = [
        f"w/h, {order}: "
        + " ".join("-" if ratio is None else f"{ratio:.2f}" for ratio in values)
        for order, values in ratios.items()
    ]
    return "\n".join(lines)


def _notes(content):
    notes = []
    if content["unused"]:
        notes.append(f"Nearest to no box: {_anchor_list(content['unused'])}.")
    if content.get("off_stride"):
        low, high = content["stride_range"]
        notes.append(
            f"Outside {low:g} to {high:g} strides of their level: "
            f"{_anchor_list(content['off_stride'])}."
        )
    return ["\n".join(notes)] if notes else []


def _anchor_list(indices):
    word = "anchor" if len(indices) == 1 else "anchors"
    return f"{word} {', '.join(map(str, indices))}"
