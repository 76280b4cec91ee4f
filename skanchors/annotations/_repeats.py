"""Objects that two files of one data set both have."""

from collections import defaultdict
from itertools import combinations

import numpy as np

from skanchors.annotations._findings import Finding
from skanchors.annotations._table import AnnotationTable

TWICE = "objects that another file has too are counted twice"

# Two files of different objects share hardly any box to a tenth of a pixel.
_SHARE = 0.5


def repeats(table: AnnotationTable) -> list[Finding]:
    """Find files that hold the same boxes of the same images as another one.

    Files of COCO about one set of images are often in one folder: all objects, key
    points of people, a copy. Only images whose file names the annotations tell are
    compared, within a split.

    Parameters
    ----------
    table : AnnotationTable
        The boxes, with positions.

    Returns
    -------
    list of Finding
        One for each pair of files, about the one with fewer boxes.
    """
    images = table.images
    if images.name is None or table.xmin is None or table.ymin is None:
        return []
    if len(set(images.path[images.name != ""].tolist())) < 2:
        return []
    numbers: dict[tuple[str, str], int] = {}
    splits = [""] * len(images.path) if images.split is None else images.split.tolist()
    image = np.array(
        [
            numbers.setdefault((split, _last(name)), len(numbers)) if name else -1
            for split, name in zip(splits, images.name.tolist(), strict=True)
        ],
        dtype=np.intp,
    )
    places = np.round(
        np.column_stack([table.xmin, table.ymin, table.width, table.height]), 1
    )
    boxes: dict[str, set[tuple]] = defaultdict(set)
    seen: dict[str, set[int]] = defaultdict(set)
    of_box = image[table.image_index].tolist()
    for path, number, box in zip(
        table.path.tolist(), of_box, places.tolist(), strict=True
    ):
        if number >= 0:
            boxes[path].add((number, *box))
            seen[path].add(number)
    found = []
    for pair in combinations(boxes, 2):
        few, many = sorted(pair, key=lambda path: len(boxes[path]))
        both = seen[few] & seen[many]
        if not both:
            continue
        n_here = sum(number in both for number, *_ in boxes[few])
        n_same = len(boxes[few] & boxes[many])
        if n_same >= _SHARE * n_here:
            detail = f"{n_same} of {len(boxes[few])} in {few} are in {many}"
            found.append(Finding(few, None, f"{TWICE}: {detail}"))
    return found


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
