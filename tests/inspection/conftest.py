"""Boxes, and tables of annotations, that are known."""

import numpy as np
import pytest

from skanchors.annotations import AnnotationTable


@pytest.fixture
def plain_figures(monkeypatch):
    """Figures take most of the time of a page; where others are looked at, none."""
    monkeypatch.setattr("skanchors.inspection._dataset_page.drawn", lambda draw: {})


@pytest.fixture(scope="session")
def make_table():
    """A function from sizes, images and labels to a table; positions are drawn."""

    def make(sizes, images, labels=None, *, side=640, seed=0):
        sizes = np.asarray(sizes, dtype=float)
        n = len(sizes)
        corner = np.random.default_rng(seed).uniform(size=(n, 2)) * (side - sizes)
        names = np.array([f"{i:04d}" for i in images], dtype=object)
        labels = ["a"] * n if labels is None else labels
        no = np.zeros(n, dtype=bool)
        return AnnotationTable(
            "folder/" + names + ".xml",
            names,
            np.asarray(labels, dtype=object),
            *sizes.T,
            np.full(n, float(side)),
            np.full(n, float(side)),
            no,
            no,
            no,
            no,
            xmin=corner[:, 0],
            ymin=corner[:, 1],
        )

    return make


@pytest.fixture(scope="session")
def report_data():
    """Boxes with what `anchor_report` can be told of them."""
    rng = np.random.default_rng(0)
    n_boxes = 200
    X = rng.lognormal(4, 1, size=(n_boxes, 2)).clip(1, 450)
    return {
        "X": X,
        "labels": rng.choice(["cat", "dog"], size=n_boxes),
        "image_ids": np.arange(n_boxes) // 3,
        "paths": [f"Annotations/{i // 3:06d}.xml" for i in range(n_boxes)],
    }
