import pytest
from voc_parts import write_voc

from skanchors.annotations import AnnotationWarning, Finding, read_annotations
from skanchors.annotations._findings import describe
from skanchors.datasets import load_sample_paths


@pytest.fixture
def dirty(tmp_path):
    write_voc(tmp_path / "a.xml", (10, 10), [(1, 1, 5, 5), (1, 1, 1, 5), (5, 5, 90, 9)])
    write_voc(tmp_path / "b.xml", (10, 10), [(5, 1, 1, 5)])
    (tmp_path / "c.xml").write_text("<annotation>")
    write_voc(tmp_path / "d.xml", (10, 10), [(1, 1, 5, 5)])
    return [str(tmp_path / f"{name}.xml") for name in "abcd"]


def test_one_warning_says_how_many_why_and_where(dirty):
    with pytest.warns(AnnotationWarning) as caught:
        table = read_annotations(dirty)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    text = str(caught[0].message)
    for part in (
        "Left out 2 of 5 objects and 1 of 4 files.",
        f"zero area: 1 ({dirty[0]})",
        f"inverted, a side is negative: 1 ({dirty[1]})",
        f"not well-formed XML: 1 ({dirty[2]})",
        f"Cut 1 of 5 boxes to their image. reaches beyond the image: 1 ({dirty[0]})",
    ):
        assert part in text
    assert table.sizes("pixels").tolist() == [[4, 4], [5, 4], [4, 4]]
    assert [finding[:2] for finding in table.dropped] == [
        (dirty[0], 2),
        (dirty[1], 1),
        (dirty[2], None),
    ]
    assert table.clipped == [Finding(dirty[0], 3, "reaches beyond the image")]


def test_the_warning_stays_short(tmp_path):
    paths = [tmp_path / f"{i:04d}.xml" for i in range(500)]
    for path in paths:
        path.write_text("")
    with pytest.warns(AnnotationWarning) as caught:
        table = read_annotations(paths)
    assert len(str(caught[0].message)) < 800 + 3 * len(str(tmp_path))
    assert "500 of 500 files" in str(caught[0].message)
    assert "and 497 more" in str(caught[0].message)
    assert len(table.dropped) == 500


def test_raise_stops_at_the_first(dirty):
    match = r"a\.xml, object 2: zero area\. .*on_invalid='warn'"
    with pytest.raises(ValueError, match=match):
        read_annotations(dirty, on_invalid="raise")
    with pytest.raises(ValueError, match=r"c\.xml: not well-formed XML: no element"):
        read_annotations(dirty[2:], on_invalid="raise")
    with pytest.raises(ValueError, match="on_invalid must be one of"):
        read_annotations(dirty, on_invalid="drop")


def test_ignore_is_silent(dirty):
    with pytest.warns(AnnotationWarning):
        warned = read_annotations(dirty)
    ignored = read_annotations(dirty, on_invalid="ignore")
    assert ignored.dropped == warned.dropped
    assert ignored.sizes().tolist() == warned.sizes().tolist()


@pytest.mark.parametrize("on_invalid", ["warn", "raise", "ignore"])
def test_wrong_paths_are_errors_whatever_is_done_about_findings(tmp_path, on_invalid):
    good = load_sample_paths()[0]
    for bad, error in (
        (tmp_path / "nowhere.xml", FileNotFoundError),
        (tmp_path, IsADirectoryError),
    ):
        with pytest.raises(error, match=str(bad)):
            read_annotations([good, bad], format="voc", on_invalid=on_invalid)


def test_findings_are_counted_by_reason_the_most_frequent_first():
    findings = [
        Finding("a.xml", 1, "coordinate is missing: xmin"),
        Finding("b.xml", None, "not well-formed XML: line 1"),
        Finding("b.xml", 2, "coordinate is missing: ymax"),
    ]
    assert describe(findings) == (
        "coordinate is missing: 2 (a.xml, b.xml) - such as xmin; "
        "not well-formed XML: 1 (b.xml) - line 1."
    )
    assert str(findings[0]) == "a.xml (1): coordinate is missing: xmin"
    assert str(findings[1]) == "b.xml: not well-formed XML: line 1"


def test_the_first_detail_is_told(tmp_path):
    text = "0 .5 .5 .1 .2\n0 .5 o.5 .1 .2\n7 .5 .5 .1 .2"
    (tmp_path / "a.txt").write_text(text)
    match = r"\(.*a\.txt\) - 'o\.5'; class .* - 7\."
    with pytest.warns(AnnotationWarning, match=match):
        read_annotations([tmp_path / "a.txt"], class_names=["cat"])
