"""Tables made of arrays, and readers of real annotations that share no code."""

import json
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

SIDES = ("xmin", "ymin", "xmax", "ymax")


def make_table(images, boxes, image):
    """A table of boxes, corners in pixels, in images given by (width, height)."""
    images = np.asarray(images, dtype=float).reshape(-1, 2)
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    return SimpleNamespace(
        xmin=boxes[:, 0],
        ymin=boxes[:, 1],
        width=boxes[:, 2] - boxes[:, 0],
        height=boxes[:, 3] - boxes[:, 1],
        relative=np.zeros(len(boxes), dtype=bool),
        image_index=np.asarray(image, dtype=np.intp),
        images=SimpleNamespace(
            width=images[:, 0],
            height=images[:, 1],
            path=np.array([f"{i}.xml" for i in range(len(images))], dtype=object),
        ),
    )


@pytest.fixture(scope="session", name="make_table")
def make_table_fixture():
    return make_table


@pytest.fixture(scope="session")
def read_reference(shared_data):
    """Tables as the reference counts were made: coordinates as they are in the file."""

    def read(name):
        if name == "coco_mini":
            folder = shared_data(name)
            files = sorted(folder.rglob("*train*.json")) + sorted(
                folder.rglob("*val*.json")
            )
            return _coco(files)
        archive = "voc2007_trainval" if name.startswith("voc2007") else name
        files = sorted(shared_data(archive).rglob("*.xml"))
        return _voc(files[:300] if name.endswith("_300") else files)

    return read


def _voc(files):
    names, images, boxes, image = [], [], [], []
    for file in files:
        root = ElementTree.parse(file).getroot()
        images.append([float(root.findtext(f"size/{s}")) for s in ("width", "height")])
        for node in root.iter("bndbox"):
            corners = [float(node.findtext(side)) for side in SIDES]
            if (corners[2] - corners[0]) * (corners[3] - corners[1]) > 0:
                boxes.append(corners)
                image.append(len(names))
        names.append(file.stem)
    return names, make_table(images, boxes, image)


def _coco(files):
    names, images, boxes, image = [], [], [], []
    for file in files:
        content = json.loads(file.read_text())
        row = {}
        for entry in content["images"]:
            row[entry["id"]] = len(names)
            names.append(entry["file_name"].rsplit(".", 1)[0])
            images.append([entry["width"], entry["height"]])
        for entry in content["annotations"]:
            x, y, w, h = entry["bbox"]
            if not entry.get("iscrowd") and w * h > 0:
                boxes.append([x, y, x + w, y + h])
                image.append(row[entry["image_id"]])
    return names, make_table(images, boxes, image)
