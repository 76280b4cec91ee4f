"""Anchors however they come."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors import BoxHistogram, IoUKMeans, PyramidAnchors, fit_detector
from skanchors._anchors_like import as_anchors
from skanchors.annotations import balanced_weight, read_annotations
from skanchors.assignment import assign
from skanchors.certify import certify_anchors
from skanchors.datasets import load_sample_paths, make_boxes
from skanchors.export import AnchorSet, assign_levels, default_anchors, format_anchors
from skanchors.inspection import anchor_report, assignment_report, compare_anchors
from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    grid_iou_score,
    matched_score,
    mean_iou_score,
)
from skanchors.model_selection import choose_n_clusters

X = make_boxes(60, random_state=0)


def test_estimators():
    model = IoUKMeans(3, random_state=0).fit(X)
    search = GridSearchCV(IoUKMeans(random_state=0), {"n_clusters": [3]}, cv=2).fit(X)
    pipe = make_pipeline(FunctionTransformer(), IoUKMeans(3, random_state=0)).fit(X)
    for fitted in (model, search, pipe):
        np.testing.assert_array_equal(as_anchors(fitted), model.cluster_centers_)
    other = KMeans(2, random_state=0).fit(X)
    assert as_anchors(other) is other.cluster_centers_


def test_sets_arrays_and_names():
    anchor_set = AnchorSet([[30, 61], [10, 13]])
    np.testing.assert_array_equal(as_anchors(anchor_set), anchor_set.anchors)
    sizes = [[1, 2]]
    assert as_anchors(sizes) is sizes
    named = as_anchors("yolov3")
    np.testing.assert_array_equal(named, default_anchors("yolov3").anchors)

    class Fit:
        anchor_set_ = anchor_set

    np.testing.assert_array_equal(as_anchors(Fit()), anchor_set.anchors)


@pytest.mark.parametrize(
    "estimator",
    [
        IoUKMeans(3),
        make_pipeline(FunctionTransformer(), IoUKMeans(3)),
        GridSearchCV(IoUKMeans(), {"n_clusters": [3]}),
        GridSearchCV(IoUKMeans(n_init=1), {"n_clusters": [2]}, refit=False, cv=2).fit(
            X
        ),
    ],
    ids=["estimator", "pipeline", "search", "search without refit"],
)
def test_what_is_not_fitted_says_so(estimator):
    with pytest.raises(NotFittedError, match=r"mine is a .* call its fit first"):
        as_anchors(estimator, name="mine")


def test_estimators_without_anchors():
    with pytest.raises(TypeError, match="has no anchors"):
        as_anchors(FunctionTransformer().fit(X))


@pytest.mark.parametrize("wrong", [None, 3, {"a": 1}, [IoUKMeans()], object()])
def test_what_are_no_anchors_is_described(wrong):
    with pytest.raises(TypeError, match=r"must be sizes of shape .*; got"):
        as_anchors(wrong)


def test_names_that_are_none():
    with pytest.raises(ValueError, match=r"called 'yolo3'; did you mean yolov3"):
        as_anchors("yolo3")


FORM = PyramidAnchors((8, 16, 32), random_state=0)
TABLE = read_annotations(load_sample_paths())
PIXELS = TABLE.sizes("letterbox", 416)
TAKERS = {
    "report": lambda a: anchor_report(PIXELS, a).to_dict()["mean_iou"],
    "comparison": lambda a: compare_anchors(
        PIXELS, {"mine": a, "default": "yolov2"}, random_state=0
    ).mean_iou["mine"],
    "comparison for a detector": lambda a: compare_anchors(
        TABLE, {"mine": a, "default": None}, detector="yolov3", random_state=0
    ).mean_iou["mine"],
    "text": lambda a: format_anchors(a, "yolov5"),
    "certificate": lambda a: (
        certify_anchors(PIXELS, a, max_time=0, random_state=0).given_score
    ),
    "assignment": lambda a: assign(TABLE, "yolov3", a).best_iou.tolist(),
    "report of the assignment": lambda a: assignment_report(
        TABLE, "yolov3", a
    ).to_dict(),
    "mean IoU": lambda a: mean_iou_score(PIXELS, a),
    "recall": lambda a: best_possible_recall_score(PIXELS, a, threshold=2),
    "above": lambda a: anchors_above_threshold_score(PIXELS, a),
}


@pytest.mark.parametrize("take", TAKERS.values(), ids=list(TAKERS))
def test_whatever_takes_anchors_takes_all_kinds(take):
    anchors = default_anchors("yolov3").anchors
    model = IoUKMeans(9, init=anchors, max_iter=1).fit(anchors)
    np.testing.assert_allclose(model.cluster_centers_, anchors)
    expected = take(anchors)
    for kind in (anchors.tolist(), AnchorSet(anchors), model):
        assert take(kind) == expected
    # The published set has levels, which the text says too.
    assert take("yolov3") == take(default_anchors("yolov3"))


def test_scores_on_the_grid_take_a_name_and_an_estimator():
    model = FORM.fit(PIXELS)
    for score in (grid_iou_score, matched_score):
        assert score(PIXELS, model) == score(PIXELS, model.anchor_set_)
        assert score(PIXELS, "yolov3") == score(PIXELS, default_anchors("yolov3"))
    with pytest.raises(ValueError, match="must say where its anchors lie"):
        matched_score(PIXELS, IoUKMeans(3, random_state=0).fit(PIXELS))


def test_pixels_of_an_input_and_fractions_meet():
    fractions, expected = TABLE.sizes(), mean_iou_score(416 * TABLE.sizes(), "yolov3")
    for boxes in (fractions, TABLE):
        assert mean_iou_score(boxes, "yolov3") == pytest.approx(expected)
        report = anchor_report(boxes, "yolov3").to_dict()
        assert report["mean_iou"] == pytest.approx(expected)


def test_tables_where_boxes_are():
    """They stand for fractions of the images, as from an extractor by default."""
    model = IoUKMeans(3, random_state=0).fit(TABLE)
    fractions = TABLE.sizes()
    other = IoUKMeans(3, random_state=0).fit(fractions)
    np.testing.assert_array_equal(model.cluster_centers_, other.cluster_centers_)
    np.testing.assert_array_equal(model.predict(TABLE), model.predict(fractions))
    assert model.score(TABLE) == model.score(fractions)
    assert BoxHistogram().fit(TABLE).n_seen_ == len(TABLE)
    by_table = choose_n_clusters(TABLE, [2, 3, 4], random_state=0)
    by_sizes = choose_n_clusters(
        fractions, [2, 3, 4], image_ids=TABLE.image_index, random_state=0
    )
    assert by_table.rows == by_sizes.rows
    sets = {"mine": model, "other": "yolov3"}
    compared = [
        compare_anchors(boxes, sets, image_ids=images, random_state=0)
        for boxes, images in ((TABLE, None), (fractions, TABLE.image_index))
    ]
    assert compared[0] == compared[1]
    content = anchor_report(TABLE, model).to_dict()
    assert {row["class"] for row in content["classes"]} == set(TABLE.label)
    assert content["worst"][0]["path"] in set(TABLE.path)


@pytest.mark.parametrize(
    "call",
    [
        lambda model: anchor_report(TABLE, model),
        lambda model: compare_anchors(TABLE, {"a": model, "b": "yolov3"}),
        lambda model: mean_iou_score(TABLE, model.cluster_centers_.tolist()),
        lambda model: certify_anchors(TABLE, model),
        lambda model: model.predict(TABLE),
        lambda model: FORM.fit(TABLE),
    ],
)
def test_a_table_is_never_taken_for_pixels(call):
    """A table does not say how the detector scales."""
    model = IoUKMeans(3, random_state=0).fit(PIXELS)
    with pytest.raises(TypeError, match=r"Pass table\.sizes"):
        call(model)


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


@pytest.mark.parametrize(
    ("name", "scaling", "size"),
    [
        ("yolov3", "stretch", (416, 416)),
        ("yolov5", "letterbox", (640, 640)),
        ("yolov5-p6-1280", "letterbox", (1280, 1280)),
        ("yolov5-p7", "letterbox", (640, 640)),
        ("fasterrcnn_resnet50_fpn", "shortest_edge", (800, 1333)),
        ("yolo9000", "stretch", (544, 544)),
    ],
)
def test_a_table_is_scaled_as_the_detector_of_a_set_does(name, scaling, size, table):
    sizes, anchors = table.sizes(scaling, size), default_anchors(name)
    expected = mean_iou_score(sizes, anchors.anchors)
    assert mean_iou_score(table, name) == pytest.approx(expected)
    assert mean_iou_score(table, anchors) == pytest.approx(expected)
    report = anchor_report(table, name)
    assert report.content["mean_iou"] == pytest.approx(expected)
    certificate = certify_anchors(table, name, max_time=0)
    assert certificate.given_score == pytest.approx(expected)


def test_the_report_on_a_table_says_how_it_was_scaled(table):
    assert "Boxes scaled by letterbox to 640 x 640\n" in str(
        anchor_report(table, "yolov5")
    )
    plain = anchor_report(table, [[0.1, 0.2], [0.5, 0.5]])
    assert "Boxes as fractions of the images, as if stretched\n" in str(plain)
    # Sizes by COCO's bounds are of the image, whatever the input.
    assert plain.content["sizes"][0]["n_boxes"] == 3
    assert "scaling" not in anchor_report(X, X[:3]).content


def test_a_fit_for_a_detector_knows_its_scaling(table):
    fit = fit_detector(table, "yolov5", random_state=0)
    sizes = table.sizes("letterbox", 640)
    expected = mean_iou_score(sizes, fit.anchor_set_.anchors)
    assert mean_iou_score(table, fit) == pytest.approx(expected)
    compared = compare_anchors(table, {"mine": fit, "usual": "yolov5"}, random_state=0)
    assert compared.mean_iou["mine"] == pytest.approx(expected)
    assert compared.scaling == "scaled by letterbox to 640 x 640"
    assert compared.scaling in str(compared).replace("\n", " ")


def test_sets_of_several_scalings_are_compared_as_if_stretched(table):
    sets = {"three": "yolov3", "five": "yolov5"}
    compared = compare_anchors(table, sets, random_state=0)
    expected = mean_iou_score(table.sizes(), default_anchors("yolov5").anchors / 640)
    assert compared.mean_iou["five"] == pytest.approx(expected)
    said = "the detector of five scales by letterbox: pass detector="
    assert said in str(compared).replace("\n", " ")
    assert compare_anchors(X, {"a": X[:2], "b": X[2:4]}).scaling == ""


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_with_anchors(kind, tmp_path):
    saved = default_anchors("yolov5")
    saved.save(tmp_path / "mine.json")
    (tmp_path / "mine.yaml").write_text(format_anchors("yolov5", "yolov5"))
    for name in ("mine.json", "mine.yaml"):
        file = kind(tmp_path / name)
        np.testing.assert_allclose(as_anchors(file), saved.anchors)
        assert format_anchors(file, "darknet") == format_anchors(saved, "darknet")
        assert anchor_report(X * 640, file).content["n_anchors"] == 9
    (tmp_path / "none.txt").write_text("nothing")
    with pytest.raises(ValueError, match=r"none\.txt: "):
        as_anchors(kind(tmp_path / "none.txt"))
    with pytest.raises((ValueError, FileNotFoundError), match=r"lost\.json"):
        as_anchors(kind(tmp_path / "lost.json"))


def test_names_that_are_nearly_right():
    for call, meant in (
        (lambda: format_anchors("yolov5", "yolo5"), "yolov5"),
        (lambda: IoUKMeans(metric="iuo").fit(X), "iou"),
        (lambda: assign(TABLE, "yolov5", rule="MaxIou"), "MaxIoU"),
        (lambda: assign(TABLE, "yolov5", scaling="letterbx"), "letterbox"),
        (lambda: TABLE.sizes("strech"), "stretch"),
        (lambda: balanced_weight(TABLE, "lable"), "label"),
        (lambda: fit_detector(TABLE, "mmdet-retinanet", objective="match"), "matched"),
    ):
        with pytest.raises(ValueError, match=f"Did you mean {meant}"):
            call()


def test_what_is_no_number_of_boxes_is_named():
    with pytest.raises(TypeError, match="not a path, 'labels'"):
        anchor_report("labels", X[:3])
    with pytest.raises(TypeError, match="n_clusters must be numbers"):
        choose_n_clusters(X, 5)
    with pytest.raises(ValueError, match="holdout must be from 0"):
        fit_detector(TABLE, "yolov5", holdout="a fifth")


@pytest.mark.parametrize(
    "use",
    [
        default_anchors,
        lambda name: anchor_report([[10, 20]], name),
        lambda name: compare_anchors([[10, 20]], {"a": name, "b": "yolov3"}),
        lambda name: format_anchors([[10, 20]] * 3, name),
        assign_levels,
    ],
)
@pytest.mark.parametrize("name", ["yolov8", "YOLO11", "detr"])
def test_detectors_without_anchors_are_no_typing_error(use, name):
    with pytest.raises(ValueError, match=f"'{name}' has no anchors: it predicts"):
        use(name)


def test_levels_take_what_holds_anchors():
    anchors = default_anchors("yolov5")
    expected = assign_levels(anchors.anchors)
    assert assign_levels("yolov5") == assign_levels(anchors) == expected


def test_anchors_that_lie_nowhere_are_not_said_to_be_missing():
    model = IoUKMeans(2, random_state=0).fit([[1, 2], [3, 4], [5, 9]])
    with pytest.raises(ValueError, match="and has no levels and strides: pass"):
        grid_iou_score([[10, 20]], model)
