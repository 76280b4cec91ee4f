"""Whether anchors are judged on the images that they were fitted to."""

import numpy as np
import pytest

from skanchors.annotations import read_annotations
from skanchors.cli import _fitted_on
from skanchors.cli._fitted_on import share_seen, sketch
from skanchors.datasets import load_sample_paths


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


@pytest.mark.parametrize("kept", [20, 500])
def test_the_share_of_images(table, kept, monkeypatch):
    monkeypatch.setattr(_fitted_on, "_KEPT", kept)
    fitted = table.take_images(np.arange(80))
    assert share_seen(fitted, sketch(fitted)) == 1
    assert share_seen(table.take_images(np.arange(80, 120)), sketch(fitted)) == 0
    half = share_seen(table.take_images(np.arange(40, 120)), sketch(fitted))
    assert half == pytest.approx(0.5, abs=0.05 if kept == 500 else 0.3)


def test_the_order_and_the_scaling_do_not_matter(table):
    order = np.random.default_rng(0).permutation(len(table))
    assert sketch(table[order]) == sketch(table)


def test_another_box_is_another_image(table):
    other = table[:]
    other.width = table.width + 1
    assert share_seen(other, sketch(table)) == 0


@pytest.mark.parametrize(
    "content",
    [None, 3, {}, {"hashes": "zz", "n_images": 1}, {"hashes": "", "n_images": 0}],
)
def test_what_is_no_sketch(table, content):
    assert share_seen(table, content) == 0


def test_no_boxes(table):
    assert share_seen(table[:0], sketch(table[:0])) == 0


def test_one_image_of_many_is_chance(table):
    """Two data sets may share an image that holds one usual box."""
    one = sketch(table.take_images(np.array([79])))
    assert share_seen(table.take_images(np.arange(50, 120)), one) == 0
    assert 0.02 < share_seen(table.take_images(np.arange(79, 119)), one) < 0.03
