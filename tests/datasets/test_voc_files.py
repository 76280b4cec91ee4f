import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from skanchors.datasets import load_sample_paths, make_voc_annotations


def read(path):
    root = ET.parse(path).getroot()
    shape = [int(root.findtext(f"size/{side}")) for side in ("width", "height")]
    corners = [
        [int(box.findtext(tag)) for tag in ("xmin", "ymin", "xmax", "ymax")]
        for box in root.iterfind("object/bndbox")
    ]
    return np.array(shape), np.array(corners).reshape(-1, 4)


def test_the_shipped_sample_is_what_its_seed_gives(tmp_path):
    shipped = load_sample_paths()
    written = make_voc_annotations(tmp_path, 120, random_state=20070)
    assert len(shipped) == len(written) == 120
    for one, other in zip(shipped, written, strict=True):
        assert Path(one).read_bytes() == Path(other).read_bytes()


def test_the_sample_is_worth_clustering():
    texts = [Path(path).read_text() for path in load_sample_paths()]
    assert sum(text.count("<object>") for text in texts) > 300
    assert sum(text.count("<difficult>1") for text in texts) > 30
    assert any("<object>" not in text for text in texts)
    assert all(any(name in text for text in texts) for name in ("person", "bottle"))


def test_boxes_lie_inside_their_images(tmp_path):
    for path in make_voc_annotations(tmp_path, 60, random_state=0):
        shape, corners = read(path)
        assert (corners[:, :2] >= 1).all()
        assert (corners[:, 2:] <= shape).all()
        assert (corners[:, 2:] > corners[:, :2]).all()


def test_own_classes_and_image_shapes(tmp_path):
    paths = make_voc_annotations(
        tmp_path,
        20,
        classes=["a <b> & c", "dog"],
        image_shapes=[(8, 9)],
        difficult_share=1.0,
        random_state=0,
    )
    roots = [ET.parse(path).getroot() for path in paths]
    names = {obj.findtext("name") for root in roots for obj in root.iter("object")}
    assert names == {"a <b> & c", "dog"}
    assert {root.findtext("size/width") for root in roots} == {"8"}


def test_files_are_not_overwritten_unasked(tmp_path):
    make_voc_annotations(tmp_path, 2, random_state=0)
    before = (tmp_path / "000001.xml").read_text()
    with pytest.raises(FileExistsError, match=r"000001\.xml.*overwrite=True"):
        make_voc_annotations(tmp_path, 2, random_state=1)
    assert (tmp_path / "000001.xml").read_text() == before
    make_voc_annotations(tmp_path, 2, random_state=1, overwrite=True)
    assert (tmp_path / "000001.xml").read_text() != before


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_images": 0},
        {"objects_per_image": -1.0},
        {"objects_per_image": float("nan")},
        {"difficult_share": 1.5},
        {"difficult_share": float("nan")},
        {"classes": "dog"},
        {"classes": []},
        {"image_shapes": [(7, 9)]},
        {"image_shapes": (500, 375)},
    ],
)
def test_bad_parameters_are_refused(tmp_path, parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        make_voc_annotations(tmp_path, **parameters)
    assert not list(tmp_path.iterdir())
