"""Images with their boxes as plain mappings, the simplest form of annotations."""

from collections.abc import Mapping
from numbers import Real
from typing import Any, TypeGuard

from skanchors._tables import counted
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations.formats._format import ReadOptions

_FLAGS = ("difficult", "truncated", "crowd")


def collect_record(
    record: Mapping[str, Any], collector: Collector, options: ReadOptions
) -> None:
    """Hand one image to the collector.

    Parameters
    ----------
    record : mapping
        As the `read` function of `register_format` gives it: ``image``, ``boxes`` of
        shape (n_boxes, 4) as low and high corners in pixels, and perhaps ``labels``,
        ``width``, ``height`` and flags.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` completes sizes that are missing.
    """
    if not isinstance(record, Mapping) or "boxes" not in record:
        raise InvalidFileError(
            "an image must be a mapping with 'image' and 'boxes', got "
            f"{str(record)[:80]}"
        )
    name = str(record.get("image", ""))
    width, height = record.get("width"), record.get("height")
    size = None
    if _is_side(width) and _is_side(height):
        size = float(width), float(height)
    size = size or options.image_sizes.find(name, collector.path) or (0.0, 0.0)
    collector.start_image(name, *size)
    boxes = record["boxes"]
    given = {key: record.get(key) for key in ("labels", *_FLAGS)}
    columns = {key: values for key, values in given.items() if values is not None}
    for key, values in columns.items():
        if len(values) != len(boxes):
            raise InvalidFileError(
                f"{counted(len(boxes), 'box')}, but {len(values)} {key}"
            )
    for i, box in enumerate(boxes):
        try:
            xmin, ymin, xmax, ymax = map(float, box)
        except (TypeError, ValueError, OverflowError):
            collector.drop(i + 1, "box is not four numbers")
            continue
        flags = {key: bool(columns[key][i]) for key in _FLAGS if key in columns}
        label = str(columns["labels"][i]) if "labels" in columns else ""
        collector.add(i + 1, label, (xmin, ymin, xmax - xmin, ymax - ymin), **flags)


def _is_side(value: Any) -> TypeGuard[float]:
    # `Real` declares no comparison with float, but every real number has it.
    return isinstance(value, Real) and bool(1 <= value < 1e9)  # type: ignore[operator]
