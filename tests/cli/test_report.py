"""The page from the command line."""

import json

import pytest

from skanchors import fit_detector
from skanchors._hold_out import hold_out
from skanchors.annotations import read_annotations
from skanchors.cli import main
from skanchors.datasets import load_sample_paths
from skanchors.inspection import dataset_report


@pytest.fixture(scope="module")
def sample():
    return read_annotations(load_sample_paths())


def test_a_page_and_a_summary(tmp_path, capsys):
    file = tmp_path / "out.html"
    assert main(["report", "--detector", "yolov5", "-o", str(file)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"page: {file}" in out
    assert "fitted on 96 images, judged on 24 others" in out.replace("\n", " ")
    text = file.read_text(encoding="utf-8")
    assert "fitted on 96 images, judged on 24 others" in text
    assert "Replace yolov5 defaults by fitted" in text
    assert "<code>nc: " in text
    assert "train with --noautoanchor" in text
    assert "<script" not in text
    assert len(text) < 2_000_000


def test_the_name_if_none_is_given(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["report", "--detector", "yolov3", "--n-worst", "0"]) == 0
    assert (tmp_path / "report.html").exists()
    assert "page: report.html" in capsys.readouterr().out


def test_json_is_the_dictionary_of_the_report(run_json, sample, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = run_json("report", "--detector", "fasterrcnn_resnet50_fpn")
    assert list(tmp_path.iterdir()) == []
    fit = fit_detector(sample, "fasterrcnn_resnet50_fpn", random_state=0)
    held = hold_out(sample, 0.2, 0).held_out
    expected = dataset_report(
        held, fit.detector_, fit.anchor_set_, data=sample, comparison=fit.comparison_
    ).to_dict()
    assert content["judged_by"] == {"n_images": 24, "n_boxes": len(held)}
    assert "AnchorGenerator(" in content["text"]
    assert content["verdict"] == fit.verdict_
    for part in ("assignment", "report", "worst", "data", "detector"):
        assert content[part] == json.loads(json.dumps(expected[part])), part


def test_json_and_a_page(run_json, tmp_path):
    file = tmp_path / "both.html"
    content = run_json("report", "--detector", "yolov5", "-o", file)
    assert content["text"] in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--input-size", "320"), "letterbox to 320 x 320"),
        (("--assignment", "SideRatio:threshold=2.5"), "SideRatio(threshold=2.5)"),
        (("-k", "6"), "nearest of 6 anchors"),
        (("--holdout", "0"), "judged on the same 120 images"),
    ],
)
def test_what_can_be_overridden(argv, said, tmp_path):
    pytest.importorskip("matplotlib")
    file = tmp_path / "page.html"
    assert main(["report", "--detector", "yolov5", *argv, "-o", str(file)]) == 0
    assert said in file.read_text(encoding="utf-8")


def test_anchors_that_exist(tmp_path, capsys):
    assert main(["fit", "--detector", "yolov5", "--json"]) == 0
    anchors = tmp_path / "mine.json"
    anchors.write_text(capsys.readouterr().out)
    page = tmp_path / "page.html"
    options = ("--detector", "yolov5", "--anchors-file", str(anchors))
    assert main(["report", *options, "-o", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "judged on all 120 images" in text
    seen = "80 % of these images were among those"
    assert seen in text
    assert "Replace yolov5 defaults by these" in text
    printed = " ".join(capsys.readouterr().out.split())
    assert seen in printed and "The text below" not in printed


def test_a_published_set(run_json):
    content = run_json("report", "--detector", "yolov5", "--preset", "yolov3")
    assert content["judged_by"]["n_images"] == 120
    assert content["comparison"]["names"] == ["these", "yolov5 defaults"]
    assert content["text"].startswith("nc: ")
    assert [10, 13] in [row["sides"] for row in content["report"]["anchors"]]


def test_the_certificate_tells_the_price_of_the_form(tmp_path, capsys):
    file = tmp_path / "page.html"
    options = ("--certify", "--max-time", "1", "--json", "-o", str(file))
    assert main(["report", "--detector", "ssd300_vgg16", *options]) == 0
    content = json.loads(capsys.readouterr().out)
    certificate = content["certificate"]
    assert certificate["given_score"] <= certificate["lower"] <= certificate["upper"]
    assert certificate["restriction"]
    text = file.read_text(encoding="utf-8")
    assert "How good any anchors could be" in text
    assert "which costs, with what is not proven, at most" in text
    assert certificate["restriction"] in text


def test_the_choice_of_k(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    file = tmp_path / "page.html"
    options = ("--detector", "yolov3-tiny", "--choose-k", "--json", "-o", str(file))
    assert main(["report", *options]) == 0
    choice = json.loads(capsys.readouterr().out)["choice"]
    numbers = [row["n_clusters"] for row in choice["scores"]]
    # As many on each of the two levels.
    assert numbers == list(range(2, 19, 2))
    assert choice["n_clusters"] in numbers
    text = file.read_text(encoding="utf-8")
    assert "<h2>How many anchors</h2>" in text
    for row in choice["scores"]:
        assert f"{row['held_out']:.4f}" in text


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        ((), 2, "Name the --detector"),
        (("--detector", "yolov5", "-o", "away/page.html"), 1, "does not exist"),
        (("--detector", "yolov5", "-o", "."), 1, "is a folder"),
        (("--detector", "yolov5", "-o", "data.xml"), 1, "must end in .html"),
        (("--detector", "yolov5", "--objective", "matched"), 2, "free anchors"),
        (("--detector", "ssd300_vgg16", "--choose-k"), 2, "whose numbers"),
        (("--detector", "yolov5", "--anchors", "1,2", "--preset", "yolov3"), 2, "not"),
    ],
)
def test_what_does_not_fit(argv, code, said, refuse, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, err = refuse("report", *argv)
    assert found == code
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_few_boxes_have_fewer_numbers_to_choose_among(tmp_path, capsys):
    for i in range(3):
        (tmp_path / f"{i}.xml").write_text(
            "<annotation><size><width>640</width><height>480</height></size>"
            + "".join(
                f"<object><name>cat</name><bndbox><xmin>{i}</xmin><ymin>20</ymin><xmax>"
                f"{i + 90}</xmax><ymax>{80 + 9 * i + 50 * j}</ymax></bndbox></object>"
                for j in range(3)
            )
            + "</annotation>"
        )
    argv = ["report", str(tmp_path), "--detector", "yolov5", "--preset", "yolov7"]
    assert main([*argv, "--choose-k", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["choice"]["n_clusters"] in (3, 6)
    assert "skanchors report: note: up to 6 anchors only" in err
