"""Names of classes and images may hold anything; what is shown obeys none of it."""

import re

import numpy as np
import pytest

from skanchors import fit_detector
from skanchors.annotations import from_records
from skanchors.cli._verdict import verdict_text
from skanchors.inspection import anchor_report, assignment_report, dataset_report

NAMES = ("a\x1b[31mred", "b\u202etxt", "c\nnew line" + "x" * 60)
DETECTOR = "retinanet_resnet50_fpn"
# What ends a line, moves the cursor, or turns the direction of writing.
OBEYED = re.compile("[\x1b\r\u202e]|c\nnew")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    records = []
    for i in range(60):
        sides = np.minimum(rng.lognormal(4, 0.8, (6, 2)), 400)
        boxes = np.column_stack([rng.uniform(0, 200, (6, 2)), sides]).tolist()
        names = [NAMES[j] for j in rng.integers(0, 3, 6)]
        image = {"width": 640, "height": 640, "file_name": f"{i}\u202e\x1b"}
        records.append(image | {"objects": {"bbox": boxes, "category": names}})
    return from_records(records)


def test_what_is_printed(table, tmp_path):
    fit = fit_detector(table, DETECTOR, random_state=0)
    assert "objects of class " in fit.verdict_ or "class " in str(fit.comparison_)
    sizes = table.sizes("letterbox", 640)
    of_anchors = anchor_report(
        sizes,
        [[10, 20], [300, 400]],
        labels=table.label,
        image_ids=table.image_id,
        paths=table.path,
    )
    of_assignment = assignment_report(table, DETECTOR)
    for shown in (fit, fit.comparison_, of_anchors, of_assignment, table):
        assert not OBEYED.search(str(shown))
        assert not OBEYED.search(shown._repr_html_())
    assert not OBEYED.search(verdict_text(fit.comparison_))
    assert not OBEYED.search(fit.verdict_)
    page = tmp_path / "page.html"
    dataset_report(table, DETECTOR).to_html(page)
    assert not OBEYED.search(page.read_text(encoding="utf-8"))
    # Data are as they are.
    assert {row["group"] for row in of_assignment.content["classes"]} == set(NAMES)
