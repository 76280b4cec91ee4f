"""Threads at once get what one after another gets, bit for bit and without a word."""

import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors.annotations import read_annotations
from skanchors.certify import certify_anchors
from skanchors.datasets import load_sample_paths
from skanchors.inspection import assignment_report

N_THREADS = 8


def boxes(seed):
    return np.exp(np.random.default_rng(seed).normal(4, 0.7, (150, 2))).round(1)


def anchors(estimator):
    def fit(seed):
        model = type(estimator)(**estimator.get_params()).set_params(random_state=seed)
        return model.fit(boxes(seed)).cluster_centers_.tobytes()

    return fit


def certified(seed):
    X = boxes(seed)[:40]
    found = certify_anchors(X, X[:2], tol=0.05, random_state=seed)
    return found.upper, found.anchors.tobytes()


def read(seed):
    table = read_annotations(load_sample_paths()[seed :: 2 + seed])
    return str(assignment_report(table, "yolov5")), table.width.tobytes()


def picture(seed):
    pytest.importorskip("matplotlib")
    from skanchors.inspection import BoxSizeDisplay

    display = BoxSizeDisplay(boxes(seed)).plot()
    drawn = io.BytesIO()
    display.figure_.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


@pytest.mark.parametrize(
    "work",
    [
        anchors(IoUKMeans(4, n_init=1)),
        anchors(IoUKMeans(4, n_init=1, metric="ratio")),
        anchors(IoUKMeans(4, n_init=1, metric="cityblock")),
        anchors(PyramidAnchors((16, 64), n_init=1)),
        anchors(SSDAnchors((16, 32, 64), n_ratios=3, n_init=1)),
        certified,
        read,
        picture,
    ],
    ids=["iou", "ratio", "cityblock", "pyramid", "ssd", "certify", "read", "picture"],
)
def test_eight_threads(work):
    seeds = range(N_THREADS)
    alone = [work(seed) for seed in seeds]
    start = Barrier(N_THREADS)

    def together(seed):
        start.wait()
        return work(seed)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with ThreadPoolExecutor(N_THREADS) as pool:
            found = list(pool.map(together, seeds))
    assert found == alone
    assert not caught
