"""Scales that divide an octave evenly: one of them decides the others."""

import numpy as np
import pytest

from skanchors import PyramidAnchors
from skanchors.datasets import make_boxes
from skanchors.export import default_anchors, format_anchors, parse_anchors
from skanchors.metrics import grid_iou_score, matched_score, mean_iou_score

STRIDES = (8, 16, 32, 64, 128)


@pytest.fixture(scope="module")
def X():
    return make_boxes(600, random_state=0) * 640


@pytest.mark.parametrize("n_sizes", [1, 2, 3])
def test_scales_divide_an_octave(X, n_sizes):
    form = PyramidAnchors(STRIDES, n_sizes=n_sizes, sizes="octave", random_state=0)
    form.fit(X)
    expected = form.scales_[0] * 2 ** (np.arange(n_sizes) / n_sizes)
    np.testing.assert_allclose(form.scales_, expected, rtol=1e-12)
    np.testing.assert_allclose(form.sizes_, np.outer(STRIDES, form.scales_))
    assert len(form.cluster_centers_) == 5 * n_sizes * 3


def test_between_one_scale_and_free_ones(X):
    def score(**options):
        return PyramidAnchors(STRIDES, random_state=0, **options).fit(X).score(X)

    one = score(sizes="stride", n_sizes=1)
    octave = score(sizes="octave", n_sizes=2)
    free = score(sizes="stride", n_sizes=2)
    assert one < octave <= free + 1e-6


def test_the_best_scale_by_trying_many(X):
    form = PyramidAnchors(
        STRIDES, n_sizes=2, n_ratios=1, sizes="octave", random_state=0
    ).fit(X)
    root = np.sqrt(form.ratios_[0])
    shape = np.array([1 / root, root])
    best = 0.0
    for scale in np.geomspace(1, 12, 400):
        sizes = np.outer(STRIDES, [scale, scale * 2**0.5]).ravel()
        best = max(best, mean_iou_score(X, sizes[:, None] * shape))
    assert form.mean_iou_ > best - 1e-4


@pytest.mark.parametrize("score", [mean_iou_score, grid_iou_score, matched_score])
def test_no_worse_than_the_published_set(X, score):
    published = default_anchors("tf-ssd-mobilenet-v2-fpn")
    objective = score.__name__.removeprefix("mean_").removesuffix("_score")
    form = PyramidAnchors(
        STRIDES, n_sizes=2, sizes="octave", objective=objective, random_state=0
    ).fit(X[:100])
    given = published.anchors if objective == "iou" else published
    assert form.objective_value_ >= score(X[:100], given) - 1e-12


def test_what_tensorflow_holds(X):
    form = PyramidAnchors(STRIDES, n_sizes=2, sizes="octave", random_state=0).fit(X)
    text = format_anchors(form, "tensorflow")
    read = parse_anchors(text, "tensorflow")
    np.testing.assert_allclose(read.anchors, form.anchor_set_.anchors, rtol=1e-6)
