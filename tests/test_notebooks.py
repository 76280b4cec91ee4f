"""What notebooks show of tables and estimators."""

from xml.etree import ElementTree

import pytest
from sklearn.base import BaseEstimator

from skanchors import (
    BoxHistogram,
    COCOBoxExtractor,
    IoUKMeans,
    PyramidAnchors,
    SSDAnchors,
    VOCBoxExtractor,
    YOLOBoxExtractor,
)
from skanchors.annotations import read_annotations
from skanchors.cost import head_cost
from skanchors.datasets import load_sample_paths

ESTIMATORS = [
    BoxHistogram,
    COCOBoxExtractor,
    IoUKMeans,
    PyramidAnchors,
    SSDAnchors,
    VOCBoxExtractor,
    YOLOBoxExtractor,
]


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_diagrams_link_to_the_page_of_the_estimator(estimator):
    name = estimator.__name__
    page = f"/generated/skanchors.{name}.html"
    assert estimator()._get_doc_link().endswith(page)
    assert page in estimator()._repr_html_()


def test_subclasses_elsewhere_have_no_page():
    class Mine(IoUKMeans, BaseEstimator):
        pass

    Mine.__module__ = "elsewhere"
    assert Mine()._get_doc_link() == ""


def test_a_table_of_annotations():
    table = read_annotations(load_sample_paths())
    table.label[0] = "<script>alert(1)</script>"
    page = table._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert page.count("<tr>") == 11
    assert "368 boxes" in page and "358 more boxes" in page
    ElementTree.fromstring(page)
    ElementTree.fromstring(table[:0]._repr_html_())
    assert "more boxes" not in table[:10]._repr_html_()


def test_costs():
    table = head_cost(9, 80, 416)
    root = ElementTree.fromstring(table._repr_html_())
    cells = ["".join(cell.itertext()) for cell in root.iter("td")]
    assert len(cells) == 4 * len(table.columns)
    assert f"{table.total.predictions:,}" in cells
    # The total has no stride.
    assert cells[-len(table.columns) + 1] == ""
