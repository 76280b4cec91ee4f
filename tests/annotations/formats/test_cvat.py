import numpy as np
import pytest

IMAGE = '<image id="0" name="a/b.jpg" width="200" height="100">{}</image>'


def xml(*shapes):
    return f"<annotations>{IMAGE.format(''.join(shapes))}</annotations>"


@pytest.mark.parametrize(
    ("shape", "size", "low"),
    [
        ('<box label="x" xtl="1.5" ytl="2" xbr="11.5" ybr="22"/>', (10, 20), (1.5, 2)),
        (
            '<box label="x" xtl="40" ytl="40" xbr="60" ybr="50" rotation="90"/>',
            (10, 20),
            (45, 35),
        ),
        (
            '<box label="x" xtl="40" ytl="40" xbr="50" ybr="50" rotation="45"/>',
            (10 * np.sqrt(2), 10 * np.sqrt(2)),
            (45 - 5 * np.sqrt(2), 45 - 5 * np.sqrt(2)),
        ),
        ('<polygon label="x" points="1.0,2.0;21.0,2.0;11.0,32.0"/>', (20, 30), (1, 2)),
        ('<ellipse label="x" cx="50" cy="50" rx="10" ry="20"/>', (20, 40), (40, 30)),
        (
            '<ellipse label="x" cx="50" cy="50" rx="5" ry="20" rotation="90"/>',
            (40, 10),
            (30, 45),
        ),
        (
            '<mask label="x" rle="1,2" left="3" top="4" width="5" height="6"/>',
            (5, 6),
            (3, 4),
        ),
    ],
)
def test_shapes(read_text, boxes, shape, size, low):
    table = read_text(xml(shape), "a.xml", on_invalid="raise")
    assert boxes(table) == [pytest.approx(size)]
    assert (table.xmin[0], table.ymin[0]) == pytest.approx(low)
    assert (table.label[0], table.image_id[0]) == ("x", "a/b")


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ('<points label="x" points="1,2"/>', "shape encloses no area: points"),
        ('<skeleton label="x"><points points="1,2"/></skeleton>', "no area: skeleton"),
        ('<box label="x" xtl="1"/>', "coordinate of the box is missing"),
        ('<box xtl="1_0" ytl="2" xbr="11" ybr="22"/>', "no number: '1_0'"),
        ('<polygon label="x" points="1,2,3"/>', "coordinate of the polygon"),
        ('<polygon label="x" points=""/>', "coordinate of the polygon"),
        ('<box xtl="nan" ytl="2" xbr="11" ybr="22"/>', "coordinate is not finite"),
        (
            '<box xtl="1" ytl="2" xbr="11" ybr="22" rotation="inf"/>',
            "coordinate is not finite",
        ),
    ],
)
def test_shapes_of_no_use(read_text, shape, reason):
    good = '<tag label="t"/><box label="x" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    table = read_text(xml(shape, good), "a.xml")
    assert len(table) == 1
    ((_, number, found),) = table.dropped
    assert number == 1
    assert reason in found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<annotations><track id="0" label="x"/></annotations>', "CVAT for video"),
        ("<annotations><image>", "not well-formed XML"),
        ("<annotations/>", "not CVAT for images: it has no image"),
        ("<annotations><annotation><object/></annotation></annotations>", "no image"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', "declarations are refused"),
        ("<annotations>" + "<a>" * 200, "nested more than 100 deep"),
        (b'<?xml version="1.0" encoding="nope"?><annotations/>', "not supported|unkno"),
    ],
)
def test_files_of_no_use(read_text, text, reason):
    with pytest.raises(ValueError, match=reason):
        read_text(text, "a.xml", format="cvat", on_invalid="raise")


def test_other_xml_by_name(read_text):
    with pytest.raises(ValueError, match="not a CVAT file: the root is <html>"):
        read_text("<html/>", "a.xml", format="cvat", on_invalid="raise")


def test_sizes_that_are_missing_are_asked_for(read_text):
    text = xml('<box xtl="0" ytl="0" xbr="10" ybr="10"/>').replace(' width="200"', "")
    table = read_text(text, "a.xml", image_sizes={"b": (20, 40)})
    assert table.sizes().tolist() == [[0.5, 0.25]]
    assert "size of the image" in read_text(text, "a.xml").dropped[0].reason
