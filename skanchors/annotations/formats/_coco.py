"""Read COCO JSON."""

import json
import re
from numbers import Real

from skanchors.annotations._collector import MAX_DROPPED
from skanchors.annotations._files import HEAD_BYTES, InvalidFileError
from skanchors.annotations.formats._format import Format
from skanchors.annotations.formats._other_json import name_json

# The annotations of a large data set are in one file of some hundred MiB. Parsing takes
# three times the size of such a file, and up to 30 times if it is all brackets.
MAX_BYTES = 2 << 30

# Long, and of no use for sizes. Thrown away object by object while parsing, so that
# not all of them are in memory at once.
_HEAVY = ("segmentation", "keypoints", "caption", "coco_url", "flickr_url")


def read_coco(data, path, collector, options):
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
    names = _category_names(root)
    sizes = _images(root)
    boxes = {key: [] for key in sizes}
    unknown = []
    for position, annotation in enumerate(_list(root, "annotations"), 1):
        if len(unknown) >= MAX_DROPPED:
            break  # the collector will say so
        if not isinstance(annotation, dict):
            unknown.append((position, "annotation is not a JSON object"))
            continue
        number = annotation.get("id")
        number = number if _is_id(number) else position
        key = annotation.get("image_id")
        if not _is_id(key) or key not in sizes:
            unknown.append((number, "image_id is not among the images"))
            continue
        boxes[key].append((number, annotation))
    for key, (width, height, file_name) in sizes.items():
        size = (width, height) if width else options.image_sizes.find(file_name, path)
        collector.start_image(key, *(size or (0, 0)))
        for number, annotation in boxes[key]:
            _add(collector, number, annotation, names)
    for number, reason in unknown:
        collector.drop(number, reason)


def _add(collector, number, annotation, names):
    box = annotation.get("bbox")
    if box is None or box == []:
        collector.drop(number, "no bbox")
        return
    if not isinstance(box, list) or len(box) != 4 or not all(map(_is_number, box)):
        collector.drop(number, "bbox is not four numbers")
        return
    try:
        box = tuple(map(float, box))
    except OverflowError:
        collector.drop(number, "coordinate is not finite")
        return
    category = annotation.get("category_id")
    label = names.get(category) if _is_id(category) else ""
    crowd = annotation.get("iscrowd")
    collector.add(
        number,
        str(category) if label is None else label,
        box,
        crowd=(_is_number(crowd) and crowd != 0) or crowd is True,
    )


def _parse(data):
    try:
        root = json.loads(data, object_hook=_slim)
    except RecursionError:
        raise InvalidFileError("JSON is nested too deep") from None
    except ValueError as error:
        raise InvalidFileError(f"not JSON: {str(error)[:200]}") from None
    if not isinstance(root, dict) or "annotations" not in root or "images" not in root:
        raise InvalidFileError(name_json(root))
    return root


def _slim(item):
    for key in _HEAVY:
        if key in item:
            del item[key]
    return item


def _list(root, key):
    items = root[key]
    if not isinstance(items, list):
        raise InvalidFileError(f"not a COCO file: {key!r} is not a list")
    return items


def _category_names(root):
    items = root.get("categories") or []
    if not isinstance(items, list):
        raise InvalidFileError("not a COCO file: 'categories' is not a list")
    return {
        item["id"]: str(item["name"])
        for item in items
        if isinstance(item, dict) and _is_id(item.get("id")) and "name" in item
    }


def _images(root):
    """Width, height and file name by id; a size of 0 means unknown."""
    images = {}
    for item in _list(root, "images"):
        if not isinstance(item, dict) or not _is_id(item.get("id")):
            continue  # nothing can refer to it
        size = item.get("width"), item.get("height")
        known = all(_is_number(side) and 1 <= side < 1e9 for side in size)
        width, height = map(float, size) if known else (0.0, 0.0)
        name = item.get("file_name")
        found = (width, height, name if isinstance(name, str) else str(item["id"]))
        if images.setdefault(item["id"], found)[:2] != found[:2]:
            images[item["id"]] = (0.0, 0.0, found[2])  # two sizes are as good as none
    return images


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_id(value):
    return isinstance(value, int | str) and not isinstance(value, bool)


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
