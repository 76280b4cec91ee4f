"""Warnings point at the line of the caller, through decorators and helpers."""

import ast
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline

import skanchors
from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors._warnings import warn
from skanchors.annotations import (
    AnnotationWarning,
    VOCBoxExtractor,
    balanced_weight,
    read_annotations,
)
from skanchors.datasets import load_sample_paths
from skanchors.export import assign_levels, format_anchors, parse_anchors
from skanchors.model_selection import refit_smallest_above, silhouette_scorer


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


FILES = sorted(Path(skanchors.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: "/".join(p.parts[-2:]))
def test_nobody_counts_frames(path):
    """What warns goes through `skanchors._warnings.warn`."""
    if path.name == "_warnings.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.keyword) and node.arg == "stacklevel")
        assert not (
            isinstance(node, ast.Attribute)
            and node.attr in ("warn", "warn_explicit")
            and isinstance(node.value, ast.Name)
            and node.value.id == "warnings"
        )


def test_called_from_outside():
    with pytest.warns(UserWarning, match="here") as caught:
        warn("here")
    assert caught[0].filename == __file__


BOXES = np.random.default_rng(0).uniform(10, 300, (50, 2))
SAME = np.ones((6, 2))
TWO = [[10, 10], [300, 300]]
NEAR = [[20, 20], [20.1, 20]]
MASKS = "[net]\nwidth=416\nheight=416\n[yolo]\nmask=0\nanchors=10,13, 16,30\n"
REVERSED = "anchors:\n  - [116,90, 156,198] # P3/8\n  - [10,13, 16,30] # P4/16\n"


def search_for(mean_iou):
    refit = refit_smallest_above("score", mean_iou)
    grid = GridSearchCV(IoUKMeans(), {"n_clusters": [1, 2]}, refit=refit, cv=2)
    grid.fit(BOXES)


def searched(estimator, X):
    return GridSearchCV(estimator, {}, cv=2).fit(X)


@pytest.mark.parametrize("fit", [lambda pipe, X: pipe.fit(X), searched])
def test_in_a_pipeline(tmp_path, fit):
    path = tmp_path / "a.xml"
    path.write_text("no annotation")
    pipe = make_pipeline(VOCBoxExtractor(), IoUKMeans(2))
    with pytest.warns(AnnotationWarning, match="Left out") as caught:
        fit(pipe, [*load_sample_paths(), str(path)])
    assert {each.filename for each in caught} == {__file__}


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
        (
            "were merged",
            lambda: balanced_weight(read_annotations(load_sample_paths())),
        ),
        ("not defined", lambda: silhouette_scorer(IoUKMeans(1).fit(BOXES), BOXES)),
        ("number of clusters reaches", lambda: search_for(0.99)),
        ("distinct clusters", lambda: searched(IoUKMeans(3), SAME)),
        (
            "not defined",
            lambda: cross_validate(IoUKMeans(1), BOXES, scoring=silhouette_scorer),
        ),
    ],
)
def test_every_room(message, call):
    with pytest.warns(UserWarning) as caught:
        call()
    found = [each for each in caught if message in str(each.message)]
    assert found, [str(each.message) for each in caught]
    assert {each.filename for each in caught} == {__file__}
