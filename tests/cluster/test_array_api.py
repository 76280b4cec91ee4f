"""Tensors in, tensors of the same library on the same device out.

scikit-learn dispatches only if SCIPY_ARRAY_API=1 was set before SciPy was imported.
Therefore the tests that need it are skipped in a usual run, in which the last test of
this file runs them all in a process of their own.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy
import sklearn
from sklearn.base import clone
from sklearn.utils.fixes import parse_version

from skanchors import BoxHistogram, IoUKMeans
from skanchors._array_api import like, to_numpy
from skanchors.datasets import make_boxes
from skanchors.metrics import mean_iou_score, pairwise_iou

IS_SET = os.environ.get("SCIPY_ARRAY_API") == "1"
needs_dispatch = pytest.mark.skipif(
    not IS_SET, reason="SCIPY_ARRAY_API=1 is not set; runs in a process of its own"
)
METRICS = ["iou", "ratio", "euclidean", "cosine"]


@pytest.fixture
def dispatch():
    with sklearn.config_context(array_api_dispatch=True):
        yield


@pytest.fixture(params=["array_api_strict", "array_api_strict device1", "torch"])
def library(request):
    """A function that makes tensors, each on a device of its own."""
    name, _, device = request.param.partition(" ")
    xp = pytest.importorskip(name)
    on = {"device": xp.Device(device)} if device else {}
    return lambda array: xp.asarray(array, **on)


def assert_like(result, tensor, expected):
    assert type(result) is type(tensor)
    assert result.device == tensor.device
    with sklearn.config_context(array_api_dispatch=True):
        result = to_numpy(result)
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(result, expected)


@pytest.fixture(params=["float64", "float32"])
def boxes(request):
    return make_boxes(500, random_state=0).astype(request.param)


@needs_dispatch
@pytest.mark.usefixtures("dispatch")
@pytest.mark.parametrize("metric", METRICS)
def test_predict_transform_and_score(library, boxes, metric):
    weight = np.random.default_rng(0).uniform(size=len(boxes))
    km = IoUKMeans(4, metric=metric, n_init=1, random_state=0).fit(boxes)
    X = library(boxes)
    assert_like(km.predict(X), X, km.predict(boxes))
    assert_like(km.transform(X), X, km.transform(boxes))
    score = km.score(X, sample_weight=library(weight))
    assert type(score) is float
    assert score == km.score(boxes, sample_weight=weight)


@needs_dispatch
@pytest.mark.usefixtures("dispatch")
@pytest.mark.parametrize("metric", METRICS)
def test_fit_computes_in_numpy(library, boxes, metric):
    weight = np.random.default_rng(0).uniform(size=len(boxes))
    km = IoUKMeans(4, metric=metric, n_init=1, random_state=0)
    here = clone(km).fit(boxes, sample_weight=weight)
    there = clone(km).fit(library(boxes), sample_weight=library(weight))
    for name in ("cluster_centers_", "labels_"):
        assert type(getattr(there, name)) is np.ndarray
        np.testing.assert_array_equal(getattr(there, name), getattr(here, name))
    assert (there.inertia_, there.mean_iou_) == (here.inertia_, here.mean_iou_)


@needs_dispatch
@pytest.mark.usefixtures("dispatch")
def test_starts_histograms_and_metrics(library, boxes):
    km = IoUKMeans(3, init=library(boxes[:3])).fit(boxes)
    expected = IoUKMeans(3, init=boxes[:3]).fit(boxes)
    np.testing.assert_array_equal(km.cluster_centers_, expected.cluster_centers_)

    X = library(boxes)
    weight = np.arange(1.0, len(boxes) + 1)
    histogram = BoxHistogram().fit(X, sample_weight=library(weight))
    expected = BoxHistogram().fit(boxes, sample_weight=weight)
    np.testing.assert_array_equal(histogram.sizes_, expected.sizes_)
    np.testing.assert_array_equal(histogram.counts_, expected.counts_)

    km = IoUKMeans(3, n_init=1, random_state=0).partial_fit(X)
    expected = IoUKMeans(3, n_init=1, random_state=0).partial_fit(boxes)
    np.testing.assert_array_equal(km.cluster_centers_, expected.cluster_centers_)
    anchors = km.cluster_centers_
    assert mean_iou_score(X, anchors) == km.score(boxes)
    shared = pairwise_iou(X, library(anchors))
    np.testing.assert_array_equal(shared, pairwise_iou(boxes, anchors))


@needs_dispatch
@pytest.mark.usefixtures("dispatch")
def test_bad_tensors_are_refused_as_bad_arrays_are(library):
    km = IoUKMeans(2, random_state=0).fit([[1.0, 2.0], [3.0, 1.0], [2.0, 2.0]])
    for bad, says in [
        ([[1.0, -2.0]], "Negative values"),
        ([[1.0, float("nan")]], "contains NaN"),
        ([[1.0, 2.0, 3.0]], "3 features"),
        ([1.0, 2.0], "1D array"),
    ]:
        tensor = library(np.array(bad))
        for method in (km.predict, km.transform, km.score):
            with pytest.raises(ValueError, match=says):
                method(tensor)
        np.testing.assert_array_equal(to_numpy(tensor), bad)


@needs_dispatch
@pytest.mark.usefixtures("dispatch")
def test_frames_and_lists_are_no_tensors(boxes):
    pd = pytest.importorskip("pandas")
    for X in (pd.DataFrame(boxes, columns=["width", "height"]), boxes.tolist()):
        km = IoUKMeans(3, n_init=1, random_state=0).fit(X)
        assert type(km.predict(X)) is np.ndarray
        assert type(km.transform(X)) is np.ndarray


@needs_dispatch
@pytest.mark.usefixtures("dispatch")
def test_tensors_that_record_gradients_are_refused():
    torch = pytest.importorskip("torch")
    km = IoUKMeans(2, random_state=0).fit(make_boxes(50, random_state=0))
    X = torch.ones((3, 2), requires_grad=True)
    with pytest.raises(RuntimeError, match="detach"):
        km.predict(X)
    assert type(km.predict(X.detach())) is torch.Tensor


@needs_dispatch
def test_scikit_learns_check_of_arrays_under_dispatch():
    from sklearn.utils.estimator_checks import check_array_api_input

    check_array_api_input(
        "IoUKMeans",
        IoUKMeans(3, random_state=0),
        array_namespace="numpy",
        check_values=True,
        check_sample_weight=True,
        expect_only_array_outputs=False,
    )


def test_tag_tells_that_fitted_attributes_stay_in_numpy():
    """The tag promises fitted attributes in the library of the boxes; see the docs."""
    assert not IoUKMeans().__sklearn_tags__().array_api_support


def test_without_dispatch_results_are_arrays():
    torch = pytest.importorskip("torch")
    boxes = make_boxes(100, random_state=0)
    km = IoUKMeans(3, random_state=0).fit(boxes)
    X = torch.asarray(boxes)
    for method in (km.predict, km.transform):
        assert type(method(X)) is np.ndarray
        np.testing.assert_array_equal(method(X), method(boxes))
    assert km.score(X) == km.score(boxes)


def test_arrays_pass_untouched(boxes):
    assert to_numpy(boxes) is boxes
    assert like(boxes, boxes) is boxes
    assert like(boxes, [[1, 2]]) is boxes
    assert to_numpy(None) is None


@pytest.mark.skipif(IS_SET, reason="this is that process")
@pytest.mark.skipif(
    parse_version(scipy.__version__) < parse_version("1.14"),
    reason="scikit-learn dispatches with SciPy 1.14 or newer",
)
def test_everything_in_a_process_of_its_own():
    pytest.importorskip("array_api_strict")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        cwd=Path(__file__).parents[2],
        # Options for this run, such as a minimum of coverage, are not for that one.
        env=os.environ | {"SCIPY_ARRAY_API": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    skipped = [line for line in run.stdout.splitlines() if line.startswith("SKIPPED")]
    allowed = ("torch", "pandas", "this is that process")
    assert all(any(why in line for why in allowed) for line in skipped), skipped
