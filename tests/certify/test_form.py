"""Anchors that come in something else than an array, and what they had to keep to."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors.certify import certify_anchors
from skanchors.cluster import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors.export import AnchorSet
from skanchors.metrics import mean_iou_score

BOXES = np.exp(np.random.default_rng(0).normal(3, 0.6, size=(80, 2)))


def test_a_fitted_estimator_stands_for_its_anchors():
    kmeans = IoUKMeans(3, random_state=0).fit(BOXES)
    pipeline = make_pipeline(FunctionTransformer(), kmeans)
    for holder in (kmeans, pipeline):
        certificate = certify_anchors(BOXES, holder, random_state=0)
        assert certificate.given_score == pytest.approx(kmeans.mean_iou_)
        assert certificate.restriction == ""
        assert "given anchors (" not in str(certificate)


def test_what_has_no_anchors_is_refused():
    with pytest.raises(TypeError, match="has no anchors"):
        certify_anchors(BOXES, FunctionTransformer().fit(BOXES))
    with pytest.raises(TypeError, match="a fitted estimator, an AnchorSet"):
        certify_anchors(BOXES, None)
    with pytest.raises(NotFittedError, match="call its fit first"):
        certify_anchors(BOXES, IoUKMeans(3))


def test_the_price_of_a_form_is_told():
    crossed = AnchorSet(sizes=[[10, 30], [60]], ratios=[0.5, 2.0], strides=[8, 16])
    certificate = certify_anchors(BOXES, crossed, random_state=0)
    assert len(certificate.anchors) == 6
    assert certificate.given_score == pytest.approx(
        mean_iou_score(BOXES, crossed.anchors)
    )
    first, second = str(certificate).split("\n")
    assert first.startswith("Mean IoU")
    assert "(sizes crossed with ratios)" in second
    # Rounded up, so that "at most" is true.
    price = float(second.split("at most ")[1].split(",")[0])
    assert 0 <= price - (certificate.upper - certificate.given_score) < 1e-4
    assert "sizes crossed with ratios" in certificate._repr_html_()
    free = certify_anchors(BOXES, AnchorSet(crossed.anchors), random_state=0)
    assert free.restriction == ""


@pytest.mark.parametrize(
    ("estimator", "restriction"),
    [
        (
            PyramidAnchors(strides=(8, 16), n_ratios=2, random_state=0),
            "sizes crossed with ratios",
        ),
        (
            SSDAnchors(strides=(8, 16), n_ratios=1, random_state=0),
            "sizes and ratios as SSD has them",
        ),
        (IoUKMeans(3, fixed=[[50, 50]], random_state=0), "some of them fixed"),
    ],
)
def test_what_a_form_costs_is_at_most_what_the_certificate_says(estimator, restriction):
    estimator.fit(BOXES)
    certificate = certify_anchors(BOXES, estimator, random_state=0)
    assert certificate.restriction == restriction
    assert certificate.given_score == pytest.approx(estimator.score(BOXES))
    n_anchors = len(estimator.cluster_centers_)
    free = IoUKMeans(n_anchors, random_state=0).fit(BOXES).mean_iou_
    assert estimator.score(BOXES) <= free <= certificate.upper


@pytest.mark.parametrize(
    ("attributes", "restriction"),
    [
        ({"anchor_set_": SimpleNamespace(sizes=((9,),))}, "sizes crossed with ratios"),
        ({"sizes_": np.ones((2, 1))}, "sizes crossed with ratios"),
        ({"fixed": [[9, 9]]}, "some of them fixed"),
        ({"fixed": None}, ""),
    ],
)
def test_estimators_say_what_they_had_to_keep_to(attributes, restriction):
    estimator = SimpleNamespace(
        fit=None, cluster_centers_=np.array([[9.0, 9], [20, 30]]), **attributes
    )
    assert certify_anchors(BOXES, estimator, tol=1).restriction == restriction
