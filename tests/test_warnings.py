"""Warnings point at the line of the caller, through decorators and helpers."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skanchors import IoUKMeans
from skanchors._warnings import warn


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
