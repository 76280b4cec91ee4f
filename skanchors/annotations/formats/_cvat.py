"""Read CVAT for images, an XML file of all images.

Layout as CVAT 2 exports it, see
https://docs.cvat.ai/docs/manual/advanced/formats/format-cvat/
"""

import re
from xml.parsers import expat

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError, without_ending
from skanchors.annotations.formats._extent import Box, around_turned, extent
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._numbers import to_number
from skanchors.annotations.formats._xml import (
    MAX_DEPTH,
    refuse_doctype,
    says_what_is_wrong,
    without_utf16,
)

MAX_BYTES = 1 << 30
# Shapes that enclose no area; a skeleton's points are elements of its own.
_NO_AREA = {"polyline", "points", "skeleton", "cuboid"}


def read_cvat(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a file of CVAT to the collector.

    Polygons, masks, ellipses and turned boxes give the upright box around them.

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
    handler = _Handler(collector, options)
    try:
        _parse(*without_utf16(data), handler)
    finally:
        collector.note_nameless(handler.labels)
    if not handler.n_images:
        raise InvalidFileError("not CVAT for images: it has no image")


@says_what_is_wrong
def _parse(data: bytes, encoding: str | None, handler: "_Handler") -> None:
    parser = expat.ParserCreate(encoding)
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.Parse(data, True)


class _Handler:
    def __init__(self, collector: Collector, options: ReadOptions) -> None:
        self._collector = collector
        self._options = options
        self._depth = 0
        self._in_image = False
        self._in_skeleton = False
        self._number = 0
        self.n_images = 0
        self.labels: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidFileError(f"elements are nested more than {MAX_DEPTH} deep")
        if self._depth == 1 and name != "annotations":
            raise InvalidFileError(f"not a CVAT file: the root is <{name}>")
        if name == "track":
            raise InvalidFileError(
                "CVAT for video, with tracks; export it as CVAT for images"
            )
        if name == "image" and self._depth == 2:
            self._in_image = True
            self.n_images += 1
            image = attributes.get("name", "")
            size = _size(attributes) or self._options.image_sizes.find(
                image, self._collector.path
            )
            self._collector.start_image(without_ending(image), *(size or (0.0, 0.0)))
        elif self._in_image and self._depth == 3:
            self._shape(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            self._in_image = False

    def _shape(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _SHAPES and name not in _NO_AREA:
            return  # tags are of the whole image
        self._number += 1
        if name in _NO_AREA:
            self._collector.drop(self._number, f"shape encloses no area: {name}")
            return
        try:
            box = _SHAPES[name](attributes)
        except (KeyError, ValueError) as error:
            reason = f"coordinate of the {name} is missing or no number: "
            self._collector.drop(self._number, reason + str(error)[:60])
            return
        label = attributes.get("label", "")
        self.labels.append(label)
        self._collector.add(self._number, label, box)


def _size(attributes: dict[str, str]) -> tuple[float, float] | None:
    try:
        width, height = to_number(attributes["width"]), to_number(attributes["height"])
    except (KeyError, ValueError):
        return None
    return (width, height) if 1 <= width < 1e9 and 1 <= height < 1e9 else None


def _numbers(attributes: dict[str, str], *names: str) -> list[float]:
    return [to_number(attributes[name]) for name in names]


def _box(attributes: dict[str, str]) -> Box:
    x, y, u, v = _numbers(attributes, "xtl", "ytl", "xbr", "ybr")
    turn = to_number(attributes.get("rotation", "0"))
    if turn == 0:
        return x, y, u - x, v - y
    return around_turned((x + u) / 2, (y + v) / 2, u - x, v - y, turn)


def _polygon(attributes: dict[str, str]) -> Box:
    pairs = [pair.split(",") for pair in attributes["points"].split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("points are not x,y;x,y")
    xs, ys = zip(*((to_number(x), to_number(y)) for x, y in pairs), strict=True)
    return extent(xs, ys)


def _ellipse(attributes: dict[str, str]) -> Box:
    x, y, rx, ry = _numbers(attributes, "cx", "cy", "rx", "ry")
    turn = to_number(attributes.get("rotation", "0"))
    if turn == 0:
        return x - rx, y - ry, 2 * rx, 2 * ry
    return around_turned(x, y, 2 * rx, 2 * ry, turn)


def _mask(attributes: dict[str, str]) -> Box:
    x, y, w, h = _numbers(attributes, "left", "top", "width", "height")
    return x, y, w, h


_SHAPES = {"box": _box, "polygon": _polygon, "ellipse": _ellipse, "mask": _mask}


def sniff(head: bytes, path: str) -> bool:
    """Whether the root is CVAT's."""
    return _ROOT.search(head) is not None


_ROOT = re.compile(rb"<annotations[\s>]")

FORMAT = Format(
    "cvat",
    read_cvat,
    (".xml",),
    "CVAT for images XML",
    sniff,
    max_bytes=MAX_BYTES,
    batch_size=1,
    parallel_from=2,
    beside=True,
)
