import csv

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from skanchors.annotations import AnnotationTable, read_annotations
from skanchors.datasets import load_sample_paths


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


def test_columns(table):
    assert len(table) == 368
    for name in ("path", "image_id", "label"):
        assert getattr(table, name).shape == (368,)
        assert all(isinstance(value, str) for value in getattr(table, name))
    for name in ("width", "height", "image_width", "image_height"):
        assert getattr(table, name).dtype == np.float64
    for name in ("difficult", "truncated", "crowd", "relative"):
        assert getattr(table, name).dtype == bool
    assert set(table.image_id) <= {f"{i:06d}" for i in range(1, 121)}
    assert table.difficult.sum() == 62
    assert repr(table).startswith("AnnotationTable(n_boxes=368, n_images=120")


def test_class_weights_of_scikit_learn(table):
    weight = compute_sample_weight("balanced", table.label)
    for label, count in table.label_counts().items():
        np.testing.assert_allclose(weight[table.label == label].sum(), 368 / 6)
        assert count == (table.label == label).sum()
    counts = list(table.label_counts().values())
    assert counts == sorted(counts, reverse=True)


def test_rows(table):
    dogs = table[table.label == "dog"]
    assert set(dogs.label) == {"dog"}
    assert dogs.n_files == 120
    np.testing.assert_array_equal(table[10:20].width, table.width[10:20])
    np.testing.assert_array_equal(table[[5, 3]].label, table.label[[5, 3]])
    for wrong in (3, "label"):
        with pytest.raises(TypeError, match=r"table\.label"):
            table[wrong]


def test_concatenation(table):
    both = AnnotationTable.concatenate([table[:100], table[100:]])
    np.testing.assert_array_equal(both.sizes(), table.sizes())
    assert both.n_objects == 2 * table.n_objects
    with pytest.raises(ValueError, match="tables is empty"):
        AnnotationTable.concatenate([])


def test_pandas(table):
    pytest.importorskip("pandas")
    frame = table.to_pandas()
    assert frame.shape == (368, 13)
    assert frame["width"].tolist() == table.width.tolist()
    assert frame["label"].tolist() == table.label.tolist()


def test_csv(table, tmp_path):
    path = tmp_path / "table.csv"
    table[:5].to_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == table.label[:5].tolist()
    assert [float(row["width"]) for row in rows] == table.width[:5].tolist()
    assert {row["difficult"] for row in rows} <= {"0", "1"}


def test_summary(table, tmp_path):
    text = table.summary()
    assert "120 files, 120 images, 368 boxes, 62 difficult" in text
    assert "6 classes" in text
    assert "width in pixels" in text
    assert "left out" not in text
    (tmp_path / "a.xml").write_text("")
    empty = read_annotations([tmp_path / "a.xml"], on_invalid="ignore")
    assert "left out: not well-formed XML: 1 (" in empty.summary()
    assert "0 boxes" in empty.summary()


def test_sizes_are_those_of_the_scaling(table):
    pixels = table.sizes("pixels")
    image = np.column_stack([table.image_width, table.image_height])
    np.testing.assert_array_equal(table.sizes(), pixels / image)
    factor = np.minimum(640 / image[:, 0], 384 / image[:, 1])
    np.testing.assert_allclose(
        table.sizes("letterbox", (640, 384)), pixels * factor[:, None]
    )
