"""Images with their boxes as plain mappings, the simplest form of annotations."""

from collections.abc import Mapping
from typing import Any

from skanchors._tables import counted
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations.formats._class_numbers import label_in_record
from skanchors.annotations.formats._format import ReadOptions
from skanchors.annotations.formats._numbers import is_set, stated_size

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
        `image_sizes` completes sizes that are missing; `class_names` name classes that
        are numbers.
    """
    if not isinstance(record, Mapping) or "boxes" not in record:
        raise InvalidFileError(
            "an image must be a mapping with 'image' and 'boxes', got "
            f"{str(record)[:80]}"
        )
    image = record.get("image")
    name = "" if image is None else str(image)
    stated, why = stated_size(record.get("width"), record.get("height"))
    size = stated or options.image_sizes.find(name, collector.path)
    width, height = size or (0.0, 0.0)
    collector.start_image(name, width, height, "" if size else why)
    boxes = record["boxes"]
    given = {key: record.get(key) for key in ("labels", *_FLAGS)}
    columns = {key: values for key, values in given.items() if values is not None}
    for key, values in columns.items():
        if len(values) != len(boxes):
            raise InvalidFileError(
                f"{counted(len(boxes), 'box')}, but {len(values)} {key}"
            )
    labels: list[str] = []
    for i, box in enumerate(boxes):
        try:
            xmin, ymin, xmax, ymax = map(float, box)
        except (TypeError, ValueError, OverflowError):
            collector.drop(i + 1, "box is not four numbers")
            continue
        flags = {key: is_set(columns[key][i]) for key in _FLAGS if key in columns}
        value = columns["labels"][i] if "labels" in columns else None
        try:
            label = label_in_record(value, options.class_names)
        except ValueError as error:
            collector.drop(i + 1, str(error))
            continue
        labels.append(label)
        collector.add(i + 1, label, (xmin, ymin, xmax - xmin, ymax - ymin), **flags)
    collector.note_nameless(labels)
