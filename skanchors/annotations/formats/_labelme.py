"""Read LabelMe JSON, a file for each image.

Keys as LabelMe 5 writes them, see ``labelme/label_file.py`` of
https://github.com/wkentaro/labelme
"""

import math
import re
from typing import Any

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError, stem
from skanchors.annotations._text import as_name, load_json
from skanchors.annotations.formats._extent import Box, extent
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._numbers import is_number, stated_size

# The image may be inside.
MAX_BYTES = 256 << 20

_NO_AREA = {"point", "points", "line", "linestrip"}


def read_labelme(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a file of LabelMe to the collector.

    Polygons, circles and masks give the upright box around them.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : str
        Path of the file.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` completes sizes that are missing.
    """
    root = load_json(data)
    shapes = root.get("shapes") if isinstance(root, dict) else None
    if not isinstance(shapes, list):
        raise InvalidFileError("not a LabelMe file: it has no list 'shapes'")
    stated, why = stated_size(root.get("imageWidth"), root.get("imageHeight"))
    size = stated or options.image_sizes.find(path)
    width, height = size or (0.0, 0.0)
    collector.start_image(stem(path), width, height, "" if size else why)
    labels: list[str] = []
    for number, shape in enumerate(shapes, 1):
        if not isinstance(shape, dict):
            collector.drop(number, "shape is not a JSON object")
            continue
        kind = shape.get("shape_type") or "polygon"
        if not isinstance(kind, str) or kind in _NO_AREA:
            name = kind if isinstance(kind, str) else "?"
            collector.drop(number, f"shape encloses no area: {name}")
            continue
        try:
            box = _box(kind, shape.get("points"))
        except (TypeError, ValueError, OverflowError):
            collector.drop(number, "points are not pairs of numbers")
            continue
        label = shape.get("label")
        named = isinstance(label, str) or is_number(label)
        name = as_name(str(label)) if named else ""
        labels.append(name)
        collector.add(number, name, box)
    collector.note_nameless(labels)


def _box(kind: str, points: Any) -> Box:
    if not isinstance(points, list) or len(points) < 2:
        raise ValueError
    if not all(is_number(value) for point in points for value in point):
        raise ValueError
    xs, ys = zip(*((float(x), float(y)) for x, y in points), strict=True)
    if kind == "circle":  # its centre, and a point on it
        radius = math.hypot(xs[1] - xs[0], ys[1] - ys[0])
        return xs[0] - radius, ys[0] - radius, 2 * radius, 2 * radius
    return extent(xs, ys)


def sniff(head: bytes, path: str) -> bool:
    """Whether it has LabelMe's keys at the top."""
    return _KEYS.search(head) is not None


_KEYS = re.compile(rb'"(?:shapes|imageData|imagePath)"\s*:')

FORMAT = Format(
    "labelme",
    read_labelme,
    (".json",),
    "LabelMe JSON",
    sniff,
    max_bytes=MAX_BYTES,
    beside=True,
)
