"""Warnings point at the line of the caller, through decorators and helpers."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors._warnings import warn
from skanchors.export import assign_levels, format_anchors, parse_anchors


@pytest.mark.parametrize("method", ["fit", "partial_fit", "fit_predict"])
def test_fewer_boxes_than_anchors(method):
    with pytest.warns(ConvergenceWarning, match="distinct clusters") as caught:
        getattr(IoUKMeans(3), method)(np.ones((5, 2)))
    assert [each.filename for each in caught] == [__file__]


def test_an_init_that_is_run_once():
    X = np.random.default_rng(0).random((20, 2))
    with pytest.warns(RuntimeWarning, match="Explicit initial") as caught:
        IoUKMeans(2, init=X[:2], n_init=3).fit(X)
    assert [each.filename for each in caught] == [__file__]


def test_called_from_outside():
    with pytest.warns(UserWarning, match="here") as caught:
        warn("here")
    assert caught[0].filename == __file__


BOXES = np.random.default_rng(0).uniform(10, 300, (50, 2))
TWO = [[10, 10], [300, 300]]
NEAR = [[20, 20], [20.1, 20]]
MASKS = "[net]\nwidth=416\nheight=416\n[yolo]\nmask=0\nanchors=10,13, 16,30\n"
REVERSED = "anchors:\n  - [116,90, 156,198] # P3/8\n  - [10,13, 16,30] # P4/16\n"


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("distinct boxes", lambda: PyramidAnchors([8, 16]).fit(BOXES[:2])),
        (
            "distinct boxes",
            lambda: SSDAnchors([8, 16], n_ratios=1).fit_predict(BOXES[:1]),
        ),
        ("corners", lambda: IoUKMeans(1).fit(np.hstack([BOXES, BOXES + 1]))),
        ("No anchor", lambda: assign_levels([[20, 20]], (8, 16), rule="size")),
        ("strides large", lambda: assign_levels(TWO, (8, 16))),
        ("strides large", lambda: format_anchors(TWO, "yolov5", strides=[8, 16])),
        (
            "than the input",
            lambda: format_anchors(TWO, "yolov5", strides=[8, 32], input_size=256),
        ),
        (
            "become equal",
            lambda: format_anchors(NEAR, "yolov5", strides=[8], precision=0),
        ),
        ("In the masks", lambda: parse_anchors(MASKS, "darknet")),
        ("be reversed", lambda: parse_anchors(REVERSED)),
    ],
)
def test_every_room(message, call):
    with pytest.warns(UserWarning) as caught:
        call()
    found = [each for each in caught if message in str(each.message)]
    assert found, [str(each.message) for each in caught]
    assert {each.filename for each in caught} == {__file__}
