"""Read COCO JSON."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from skanchors.annotations._collector import MAX_DROPPED, Collector
from skanchors.annotations._files import HEAD_BYTES, InvalidFileError
from skanchors.annotations._text import as_name, load_json
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._numbers import is_number, is_set, stated_size
from skanchors.annotations.formats._other_json import name_json
from skanchors.annotations.formats._segmentation import around_segmentation

# The annotations of a large data set are in one file of some hundred MiB. Parsing takes
# three times the size of such a file, and up to 30 times if it is all brackets.
MAX_BYTES = 2 << 30

# Long, and of no use for sizes. Thrown away object by object while parsing, so that
# not all of them are in memory at once.
_HEAVY = ("segmentation", "keypoints", "caption", "coco_url", "flickr_url")


def read_coco(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a COCO file to the collector.

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
    root = _parse(data)
    names, twice = _category_names(root)
    if names:
        collector.declare(names.values())
    elif isinstance(options.class_names, Mapping):
        names = {str(number): name for number, name in options.class_names.items()}
    elif options.class_names is not None:
        collector.note(_NO_NAMES)
    if twice:
        collector.note(f"a category has two names, the last is taken: {twice[:80]}")
    collector.may_be_corners()
    images = _images(root)
    boxes: dict[str, list] = {key: [] for key in images}
    unknown: list[tuple[Any, str]] = []
    strange: Counter[str | None] = Counter()
    for position, annotation in enumerate(_list(root, "annotations"), 1):
        if len(unknown) >= MAX_DROPPED:
            break  # the collector will say so
        if not isinstance(annotation, dict):
            unknown.append((position, "annotation is not a JSON object"))
            continue
        number = annotation.get("id")
        number = position if _key(number) is None else number
        key = _key(annotation.get("image_id"))
        if key is None or key not in boxes:
            unknown.append((number, "image_id is not among the images"))
            continue
        boxes[key].append((number, annotation))
    for key, image in images.items():
        size = options.size(image.size, image.name, path)
        width, height = size or (0.0, 0.0)
        why = "" if size else image.why
        collector.start_image(image.id, width, height, why, image.name)
        for number, annotation in boxes[key]:
            key = _key(annotation.get("category_id"))
            if key is None or (names and key not in names):
                strange[key] += 1
            _add(collector, number, annotation, names)
    for number, reason in unknown:
        collector.drop(number, reason)
    _say_of_categories(collector, strange, sum(map(len, boxes.values())))


def _say_of_categories(collector: Collector, strange: Counter, n_objects: int) -> None:
    """Say which objects have a category that the file does not name."""
    n_missing = strange.pop(None, 0)
    if 0 < n_missing < n_objects:
        objects = f"{n_missing} of {n_objects} objects"
        collector.note(f"no category_id, so the label is empty: {objects}")
    if strange:
        first = min(strange)[:40]
        collector.note(
            "category_id is not among the categories, so the label is its number: "
            f"{strange.total()} of {n_objects} objects, such as of category {first}"
        )


def _add(
    collector: Collector, number: Any, annotation: dict, names: dict[str, str]
) -> None:
    """Hand an object to the collector.

    Parameters
    ----------
    collector : Collector
        Takes it.
    number : int or str
        What findings call it.
    annotation : dict
        The object.
    names : dict of str to str
        Name of each category, by its id as text.
    """
    box = annotation.get(_EXTENT) or annotation.get("bbox")
    if box is None or box == []:
        collector.drop(number, "no bbox")
        return
    if not _is_box(box):
        collector.drop(number, "bbox is not four numbers")
        return
    try:
        x, y, w, h = map(float, box)
    except OverflowError:
        collector.drop(number, "coordinate is not finite")
        return
    category = annotation.get("category_id")
    key = _key(category)
    label = ""
    if key is not None:
        label = names[key] if key in names else as_name(str(category))
    crowd = is_set(annotation.get("iscrowd"))
    collector.add(number, label, (x, y, w, h), crowd=crowd)


def _parse(data: bytes) -> dict:
    root = load_json(data, _slim)
    if not isinstance(root, dict) or "annotations" not in root or "images" not in root:
        raise InvalidFileError(name_json(root))
    return root


def _slim(item: dict) -> dict:
    segmentation = item.get("segmentation")
    if segmentation and not _has_area(item.get("bbox")):
        box = around_segmentation(segmentation)
        if box is not None:
            item[_EXTENT] = box
    for key in _HEAVY:
        item.pop(key, None)
    return item


# The box around a segmentation; no key of JSON is of this kind.
_EXTENT: Any = object()


def _is_box(box: Any) -> bool:
    return isinstance(box, list | tuple) and len(box) == 4 and all(map(is_number, box))


def _has_area(box: Any) -> bool:
    # What is there but no box is a fault to be told, not to be mended.
    return bool(box) and not (_is_box(box) and (box[2] == 0 or box[3] == 0))


def _list(root: dict, key: str) -> list:
    items = root[key]
    if not isinstance(items, list):
        raise InvalidFileError(f"not a COCO file: {key!r} is not a list")
    return items


def _category_names(root: dict) -> tuple[dict[str, str], str]:
    """The names of categories by id as text, and one that has two, or nothing."""
    items = root.get("categories") or []
    if not isinstance(items, list):
        raise InvalidFileError("not a COCO file: 'categories' is not a list")
    names: dict[str, str] = {}
    twice = ""
    for item in items:
        key = _key(item.get("id")) if isinstance(item, dict) else None
        if key is None or not isinstance(item.get("name"), str | int | float):
            continue
        name = as_name(str(item["name"]))
        if names.get(key, name) != name:
            twice = f"category {key} is {names[key]} and {name}"
        names[key] = name
    return names, twice


# Names in a list are of numbers from 0, and those of categories mostly begin at 1.
_NO_NAMES = (
    "categories have no names, and a list does not tell which numbers its names are "
    "of, so labels are numbers; give class_names with their numbers, such as a "
    "data.yaml with {1: cat}"
)


class _Image(NamedTuple):
    """An image: its id, size (None if unknown), file name, and why there is no size."""

    id: Any
    size: tuple[float, float] | None
    name: str
    why: str


def _images(root: dict) -> dict[str, _Image]:
    """The images by id as text."""
    images: dict[str, _Image] = {}
    for item in _list(root, "images"):
        key = _key(item.get("id")) if isinstance(item, dict) else None
        if key is None:
            continue  # nothing can refer to it
        size, why = stated_size(item.get("width"), item.get("height"))
        name = item.get("file_name")
        name = name if isinstance(name, str) else str(item["id"])
        image = _Image(item["id"], size, name, why)
        if images.setdefault(key, image).size != size:
            why = f": two sizes are given for image {key[:40]}"
            images[key] = image._replace(size=None, why=why)
    return images


def _key(value: Any) -> str | None:
    """An id as text, so that 1 and "1" are the same; None for what is no id.

    Text also because integers from a file can be chosen so that all have the same
    hash, which makes a dict of them slow beyond use.
    """
    if isinstance(value, str):
        return value.strip()
    if type(value) is int:
        return str(value)
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # as pandas writes a column with gaps
    return None


def sniff(head: bytes, path: str) -> bool:
    """Whether it begins as COCO does; the keys that tell may come after a list."""
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    if len(head) < HEAD_BYTES:
        return b'"images"' in head and b'"annotations"' in head
    return _KEYS.search(head) is not None


_KEYS = re.compile(rb'"(?:images|annotations|categories|licenses|info)"\s*:\s*[\[{]')

FORMAT = Format(
    "coco",
    read_coco,
    (".json",),
    "COCO JSON",
    sniff,
    True,
    max_bytes=MAX_BYTES,
    batch_size=1,
    parallel_from=2,
    beside=True,
)
