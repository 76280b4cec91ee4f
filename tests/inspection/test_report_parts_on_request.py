"""Parts of the page that somebody asks for, and what the page shares with JSON."""

import base64
import io
import json

import numpy as np
import pytest

from skanchors import fit_detector
from skanchors.annotations import Finding, read_annotations
from skanchors.certify import certify_anchors
from skanchors.datasets import load_sample_paths
from skanchors.inspection import dataset_report
from skanchors.inspection._thumbnails import thumbnail
from skanchors.model_selection import choose_n_clusters

ANCHORS = [[20, 30], [60, 90], [200, 200]]


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


@pytest.fixture(scope="module")
def report(table):
    sizes = table.sizes("letterbox", 640)
    return dataset_report(
        table,
        "yolov5",
        ANCHORS,
        choice=choose_n_clusters(sizes, range(1, 4), random_state=0),
        certificate=certify_anchors(sizes, ANCHORS, max_time=1, random_state=0),
        text="anchors: 1",
        notes=("Noted.",),
        n_worst=3,
    )


def test_choice_and_certificate_stand_in_the_dictionary(report):
    content = report.to_dict()
    assert content["choice"] == report.choice.to_dict()
    found = content["certificate"]
    assert found["given_score"] == pytest.approx(report.certificate.given_score)
    assert json.loads(json.dumps(content)) == content
    assert str(report.choice) in str(report)
    assert str(report.certificate) in str(report)


def test_the_page_shows_the_figures_of_the_dictionary(report):
    pytest.importorskip("matplotlib")
    content, page = report.to_dict(), report.to_html()
    data, compared = content["data"], content["comparison"]
    matched = compared["criteria"]["matched"].values()
    shown = [
        f"{data['n_boxes']:,} boxes of {data['n_images']:,} images",
        content["detector"]["rule"],
        *content["notes"],
        content["text"],
        *(f">{name}</td>" for name in data["classes"]),
        *(f"{compared['mean_iou'][name]:.4f}" for name in compared["names"]),
        *(f"{value['value']:.4f}" for value in matched),
        *(f"{100 * row['matched']:.1f} %" for row in content["assignment"]["classes"]),
        *(f"{row['n_positive']:,}" for row in content["assignment"]["levels"]),
        *(f"{row['mean_iou']:.4f}" for row in content["report"]["anchors"]),
        *(f"{row['iou']:.3f}" for row in content["worst"]),
        *(f"{row['held_out']:.4f}" for row in content["choice"]["scores"]),
        f"{content['certificate']['lower']:.4f}",
    ]
    for text in shown:
        assert text in page, text


@pytest.mark.usefixtures("plain_figures")
def test_without_them_the_page_has_no_such_parts(table):
    report = dataset_report(table, "yolov5", n_worst=0)
    content = report.to_dict()
    assert content["choice"] is None and content["certificate"] is None
    assert "How many anchors" not in report.to_html()


def test_what_was_left_out_is_named(table):
    part = table[:50]
    part.dropped.append(Finding("a.xml", 3, "no width"))
    part.dropped.append(Finding("b.xml", None, "no XML"))
    part.clipped.append(Finding("c.xml", 1, "outside"))
    report = dataset_report(part, "yolov5", n_worst=0)
    data = report.to_dict()["data"]
    assert data["dropped"] == [
        {"path": "a.xml", "object": 3, "reason": "no width"},
        {"path": "b.xml", "object": None, "reason": "no XML"},
    ]
    assert data["clipped"] == [{"path": "c.xml", "object": 1, "reason": "outside"}]
    page = report.to_html()
    for text in ("a.xml", "no width", ">all</td>", "no XML", "c.xml", "outside"):
        assert text in page


def test_names_keep_their_beginning_and_paths_their_end(table):
    part = table[:60]
    part.label[:] = ["first of all " + "long " * 20] * 60
    part.path[:] = ["/folder" * 20 + "/last.xml"] * 60
    page = dataset_report(part, "yolov5", n_worst=2).to_html()
    assert "first of all long long lo..." in page
    assert "/last.xml" in page


def test_the_fit_of_a_detector_in_a_notebook(table):
    fit = fit_detector(table, "yolov3-tiny", random_state=0)
    page = fit._repr_html_()
    assert fit.verdict_ in page
    assert "Fitted on 96 images" in page
    assert page.count("<table") == len(fit.comparison_.criteria)
    assert fit.text_.splitlines()[0] in page


def test_an_object_that_fills_its_image_has_an_outline(tmp_path):
    images = pytest.importorskip("PIL.Image")
    pytest.importorskip("matplotlib")
    images.new("RGB", (300, 200), (0, 0, 250)).save(tmp_path / "a.png")
    source = thumbnail(str(tmp_path / "a.png"), (0, 0, 300, 200))
    content = base64.b64decode(source.partition(",")[2])
    red = np.asarray(images.open(io.BytesIO(content)).convert("RGB"))[..., 0]
    row, column = red[red.shape[0] // 2], red[:, red.shape[1] // 2]
    for edge in (row[:6], row[-6:], column[:6], column[-6:]):
        # Yellow, which the image does not have.
        assert edge.max() > 150


def test_one_box_is_not_boxes(table):
    page = dataset_report(table[:1], "yolov5", n_worst=0).to_html()
    assert "1 box of" in page
    assert "1 boxes of" not in page
