"""SECURITY.md states the limits that hold."""

from pathlib import Path

import pytest

from skanchors._regular import LARGEST_TEXT
from skanchors.annotations.formats import FORMATS
from skanchors.annotations.layouts import _tree
from skanchors.datasets import _download, _fetch
from skanchors.export import _form, _format, _literal

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
        ("| archive", f"{_download._MAX_BYTES >> 30} GiB to download"),
        ("| archive", f"{_fetch._MAX_FILE >> 20} MiB each"),
        ("| archive", f"{_fetch._MAX_TOTAL >> 30} GiB together"),
    ],
)
def test_limits_are_those_of_the_code(row, words):
    (line,) = [line for line in TEXT.splitlines() if line.startswith(row)]
    assert words.replace(",", " ") in line.replace(",", " ")
