"""SECURITY.md states the limits that hold."""

import re
from pathlib import Path

import pytest

import skanchors
from skanchors._regular import LARGEST_TEXT
from skanchors.annotations import _image_headers, _image_sizes
from skanchors.annotations.formats import FORMATS, _segmentation, _xml
from skanchors.annotations.layouts import _names, _resolve, _tree, _yaml
from skanchors.datasets import _download, _fetch
from skanchors.export import _form, _format, _literal
from skanchors.inspection import _thumbnails

ROOT = Path(skanchors.__file__).parent
TEXT = Path(__file__).parents[1].joinpath("SECURITY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        *(
            ("| annotation file of one image", f"{FORMATS[name].max_bytes >> 20} MiB")
            for name in ("voc", "yolo", "kitti", "labelme")
        ),
        *(
            ("| annotation file of many images", f"{FORMATS[name].max_bytes >> 30} GiB")
            for name in ("coco", "csv", "openimages", "cvat", "keras-yolo3")
        ),
        ("| configuration", f"{_format.MOST_CHARACTERS:,} characters"),
        ("| configuration", f"{_form.MOST_ANCHORS:,} anchors"),
        ("| configuration", f"brackets {_literal.MOST_DEPTH} deep"),
        ("| configuration", f"{_literal.MOST_NUMBERS:,} numbers"),
        ("| configuration", f"{LARGEST_TEXT >> 20} MiB"),
        ("| folders", f"{_tree._MAX_DEPTH} deep, {_tree._MAX_FOLDERS:,}"),
        ("| folders", f"{_tree._MAX_TEXT >> 20} MiB"),
        ("| XML", f"{_xml.MAX_DEPTH} deep"),
        ("| numbers", f"{_names.MOST_DIGITS} digits"),
        ("| masks", f"{_segmentation._MAX_RUNS:,} runs"),
        ("| `data.yaml`", f"{_yaml._MAX_CHARACTERS:,} characters"),
        ("| `data.yaml`", f"{_yaml._MAX_BRACKETS} brackets"),
        ("| `data.yaml`", f"{_yaml._MOST_ENTRIES:,} paths a split"),
        ("| folders", f"{_resolve._MOST_PARTS} folders deep"),
        ("| folders", f"of {_resolve._PATIENCE:,} that are nowhere"),
        ("| sizes of images", f"{_image_sizes.MAX_BYTES >> 20} MiB"),
        ("| header", f"{_image_headers._MAX_SEGMENTS:,} segments"),
        ("| header", f"{_image_headers._MAX_FILL:,} fill bytes"),
        ("| header", f"{_image_headers._MAX_CHUNKS:,} chunks"),
        ("| header", f"{_image_headers._MAX_TAGS:,} tags"),
        ("| image on the page", f"{_thumbnails._MAX_PIXELS // 10**6} million pixels"),
        ("| image on the page", f"{_thumbnails._MAX_JSON >> 20} MiB"),
        ("| archive", f"{_download._MAX_BYTES >> 30} GiB to download"),
        ("| archive", f"{_fetch._MAX_FILE >> 20} MiB each"),
        ("| archive", f"{_fetch._MAX_TOTAL >> 30} GiB together"),
    ],
)
def test_limits_are_those_of_the_code(row, words):
    (line,) = [line for line in TEXT.splitlines() if line.startswith(row)]
    assert words.replace(",", " ") in line.replace(",", " ")


def test_every_limit_of_the_readers_is_stated():
    """A limit that is new must be told of, or be named here as none of a user's."""
    inner = {"_MAX_EXIF", "MAX_DROPPED", "_MAX_CLASSES", "MOST_WANTED"}
    inner |= {
        "_MAX_HEADER",
        "_MAX_PAIRS",
        "_MAX_SOURCES",
        "_MAX_LINE",
        "_MOST_NAMED",
        "_MOST_KNOWN",
    }
    stated = {"MAX_BYTES", "_MAX_DEPTH", "_MAX_FOLDERS", "_MAX_TEXT", "_MAX_CHARACTERS"}
    stated |= {"MAX_DEPTH", "_MOST_ENTRIES", "_MOST_PARTS"}
    stated |= {
        "_MAX_BRACKETS",
        "MOST_DIGITS",
        "_MAX_RUNS",
        "_MAX_SEGMENTS",
        "_MAX_FILL",
    }
    stated |= {"_MAX_CHUNKS", "_MAX_TAGS", "_MAX_BYTES", "_MAX_FILE", "_MAX_TOTAL"}
    stated |= {"MOST_CHARACTERS", "MOST_ANCHORS", "MOST_DEPTH", "MOST_NUMBERS"}
    found = set()
    for room in ("annotations", "datasets", "export"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r"(?m)^(_?(?:MAX|MOST)_\w+)(?:: \w+)? = ", text))
    assert found - inner == stated
