"""Anchors that others have published and ship with their detectors."""

import difflib
from typing import Any

import numpy as np

from skanchors._near import why_no_anchors
from skanchors.export._anchor_set import AnchorSet
from skanchors.export._published import PUBLISHED
from skanchors.export._text import as_pairs, split_numbers


def default_anchor_names() -> tuple[str, ...]:
    """Name the published sets of anchors.

    Returns
    -------
    tuple of str
        What `default_anchors` takes.

    Examples
    --------
    >>> from skanchors.export import default_anchor_names
    >>> "yolov3" in default_anchor_names()
    True
    """
    return tuple(PUBLISHED)


def default_anchors(name: str) -> AnchorSet:
    """Get anchors that are published with a detector, to compare with or to start from.

    Parameters
    ----------
    name : str
        One of `default_anchor_names`.

    Returns
    -------
    AnchorSet
        Anchors in pixels, with levels, strides, name, source and input size: the size
        of the network in the file that publishes them, which need not be the size
        they were fitted at, and None where the shorter edge of the image sets it. Of
        a detector that crosses sizes with ratios also `sizes`, `ratios` and `form`.

    Examples
    --------
    >>> from skanchors.export import default_anchors
    >>> yolov3 = default_anchors("yolov3")
    >>> yolov3.input_size, yolov3.source
    ((416, 416), 'Darknet, yolov3.cfg (COCO)')
    >>> yolov3.anchors[:3]
    array([[10., 13.],
           [16., 30.],
           [33., 23.]])
    >>> default_anchors("fasterrcnn_resnet50_fpn").sizes
    ((32.0,), (64.0,), (128.0,), (256.0,), (512.0,))
    """
    if not isinstance(name, str) or name not in PUBLISHED:
        near = difflib.get_close_matches(str(name), PUBLISHED, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else "."
        raise ValueError(
            f"No published anchors are called {name!r}{hint} There are "
            f"{', '.join(PUBLISHED)}.{why_no_anchors(name)}"
        )
    row = PUBLISHED[name]
    fields: dict[str, Any] = {
        "strides": row.strides,
        "input_size": row.input_size,
        "name": name,
        "source": row.source,
    }
    if row.sizes is not None:
        fields |= {"sizes": row.sizes, "ratios": row.ratios, "form": row.form}
        if row.shapes is None:
            return AnchorSet(**fields)
        groups = [
            np.multiply.outer(np.asarray(sizes), row.shapes).reshape(-1, 2)
            for sizes in row.sizes
        ]
        return AnchorSet.from_groups(groups, **fields)
    values = split_numbers(row.text.replace(" ", ","), where=name)
    anchors = as_pairs(values, where=name) * row.unit
    size = len(anchors) // len(row.strides)
    levels = row.levels or [
        range(i * size, (i + 1) * size) for i in range(len(row.strides))
    ]
    return AnchorSet(anchors, levels=levels, **fields)
