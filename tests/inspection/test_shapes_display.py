"""The picture of anchors as boxes."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors.cluster import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.inspection import AnchorShapesDisplay

pytest.importorskip("matplotlib")

ANCHORS = np.array([[373, 326], [10, 13], [62, 45]])


def test_anchors_are_centred_boxes_in_their_order():
    display = AnchorShapesDisplay.from_boxes(ANCHORS, input_size=416)
    for shape, (width, height) in zip(display.shapes_, ANCHORS, strict=True):
        assert (shape.get_width(), shape.get_height()) == (width, height)
        assert shape.get_center() == pytest.approx((0, 0))
    texts = [text.get_text() for text in display.legend_.get_texts()]
    assert texts == [
        "0: 373 x 326, w/h 1.14",
        "1: 10 x 13, w/h 0.77",
        "2: 62 x 45, w/h 1.38",
    ]
    assert [name.get_text() for name in display.names_] == ["0", "1", "2"]
    assert display.ax_.get_title() == "3 anchors on an input of 416 x 416"
    assert display.ax_.get_aspect() == 1


def test_fractions_are_multiplied_by_a_rectangular_input():
    display = AnchorShapesDisplay.from_boxes([[0.5, 0.5]], input_size=(640, 384))
    assert display.shapes_[0].get_width() == 320
    assert display.shapes_[0].get_height() == 192
    assert display.ax_.get_title() == "1 anchor on an input of 640 x 384"
    alone = AnchorShapesDisplay.from_boxes([[0.5, 0.5]])
    assert alone.shapes_[0].get_width() == 0.5


def test_anchors_larger_than_the_input_are_in_view():
    display = AnchorShapesDisplay.from_boxes([[500, 20]], input_size=416)
    assert display.ax_.get_xlim()[0] < -250
    assert display.ax_.get_ylim()[0] < -208


def test_from_estimators():
    X = make_boxes(100, random_state=0)
    model = IoUKMeans(3, random_state=0)
    search = GridSearchCV(model, {"n_clusters": [3]}, cv=2).fit(X)
    for fitted in (model.fit(X), make_pipeline(FunctionTransformer(), model), search):
        display = AnchorShapesDisplay.from_estimator(fitted, input_size=100)
        assert len(display.shapes_) == 3


def test_bad_input():
    with pytest.raises(ValueError, match="These anchors are in pixels"):
        AnchorShapesDisplay.from_boxes(ANCHORS)
    for size in (0, -1, np.nan, (416, 0)):
        with pytest.raises(ValueError, match="input_size must be"):
            AnchorShapesDisplay.from_boxes(ANCHORS, input_size=size)
