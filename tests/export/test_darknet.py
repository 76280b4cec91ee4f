"""Darknet cfg of YOLOv3 and YOLOv4."""

import configparser

import numpy as np
import pytest

from skanchors.export import default_anchors, format_anchors, parse_anchors

YOLOV3 = [
    [10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90], [156, 198],
    [373, 326],
]  # fmt: skip

SECTION = """
[convolutional]
size=1
stride=1
pad=1
filters=255
activation=linear

[yolo]
mask = {mask}
anchors = {anchors}
classes=80
num=9
jitter=.3
ignore_thresh = .7
"""
V3_LINE = "10,13,  16,30,  33,23,  30,61,  62,45,  59,119,  116,90,  156,198,  373,326"
V4_LINE = (
    "12, 16, 19, 36, 40, 28, 36, 75, 76, 55, 72, 146, 142, 110, 192, 243, 459, 401"
)


def cfg(line, masks=("6,7,8", "3,4,5", "0,1,2"), head="[net]\nwidth=416\nheight=416\n"):
    return head + "".join(SECTION.format(mask=m, anchors=line) for m in masks)


def sections_of(text):
    """The heads, by the standard library's reader of such files."""
    for block in text.split("\n\n# stride"):
        parser = configparser.ConfigParser()
        parser.read_string(block[block.index("[") :])
        yield parser


def test_reads_yolov3_cfg():
    found = parse_anchors(cfg(V3_LINE))
    np.testing.assert_array_equal(found.anchors, YOLOV3)
    assert found.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    assert found.input_size == (416, 416)
    assert found.n_classes == 80


def test_reads_yolov4_cfg_whose_finest_level_comes_first():
    found = parse_anchors(cfg(V4_LINE, ("0,1,2", "3,4,5", "6,7,8"), head=""))
    np.testing.assert_array_equal(found.anchors, default_anchors("yolov4").anchors)
    assert found.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))


@pytest.mark.parametrize(
    "line", [V3_LINE, V3_LINE.replace(",  ", ", "), V3_LINE.replace(" ", ""),
             V3_LINE.replace(",", " , "), V3_LINE + ",", V3_LINE + "  # k = 9"],
)  # fmt: skip
def test_trap_spaces_after_commas_do_not_matter(line):
    np.testing.assert_array_equal(parse_anchors(cfg(line)).anchors, YOLOV3)
    np.testing.assert_array_equal(parse_anchors(f"anchors = {line}").anchors, YOLOV3)


def test_trap_pixels_are_whole_numbers_unless_asked():
    assert "anchors = 10,13,  31,40,  60,70\n" in format_anchors(
        [[10.4, 12.6], [30.7, 40.2], [60, 70]], "darknet"
    )
    assert "anchors = 10.4,12.6,  30.7,40.2,  60.0,70.0\n" in format_anchors(
        [[10.4, 12.6], [30.7, 40.2], [60, 70]], "darknet", precision=1
    )


def test_writes_masks_filters_and_num():
    text = format_anchors(YOLOV3, "darknet", n_classes=80)
    heads = list(sections_of(text))
    assert [head["yolo"]["mask"] for head in heads] == ["6,7,8", "3,4,5", "0,1,2"]
    for head in heads:
        assert head["yolo"]["anchors"] == V3_LINE
        assert head["yolo"]["num"] == "9"
        assert head["yolo"]["classes"] == "80"
        assert head["convolutional"]["filters"] == str((80 + 5) * 3)


def test_filters_follow_the_mask_not_the_number_of_anchors():
    text = format_anchors(YOLOV3, "darknet", n_classes=20, rule="size")
    found = {
        h["yolo"]["mask"]: h["convolutional"]["filters"] for h in sections_of(text)
    }
    assert found == {"6,7,8": "75", "4,5": "50", "0,1,2,3": "100"}


def test_without_classes_the_formula_stands_in_a_comment():
    text = format_anchors(YOLOV3, "darknet")
    assert text.count("# filters=(classes+5)*3\n") == 3
    assert parse_anchors(text).n_classes is None


def test_unsorted_anchors_keep_their_masks():
    line = "373,326, 10,13, 156,198, 16,30, 33,23, 116,90"
    text = cfg(line, ("1,3,4", "0,2,5"), head="").replace("num=9", "num=6")
    found = parse_anchors(text)
    assert found.levels == ((0, 1, 2), (3, 4, 5))
    assert found.groups[1].tolist() == [[116, 90], [156, 198], [373, 326]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (cfg(V3_LINE[:-5]), "17 numbers; anchors come in pairs"),
        (cfg(V3_LINE.replace("33,23,  ", "")), "num=9 but its anchors line holds 8"),
        (cfg(V3_LINE.replace("33", "x")), "holds 'x', not a number"),
        (cfg(V3_LINE) + SECTION.format(mask="0", anchors=V4_LINE), "different anchors"),
        (cfg(V3_LINE, ["9,10,11"]), "names anchor 9"),
        (cfg(V3_LINE).replace("num=9", "num=nine"), "num=nine, not a whole"),
        ("[yolo]\nmask=0,1\n", r"no \[yolo\] section with an anchors line"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "darknet")


def test_trap_a_line_that_lost_its_last_digits_is_not_noticed_but_one_number_is():
    with pytest.raises(ValueError, match="pairs"):
        parse_anchors("anchors = 10,13,  156,198,  373\n")


def test_whole_cfg_of_real_length_is_read_past_its_other_sections():
    filler = (
        "[convolutional]\nfilters=32\nsize=3\n# anchors = 1,2\n; anchors=3,4\n\n" * 50
    )
    np.testing.assert_array_equal(
        parse_anchors(filler + cfg(V3_LINE, head="")).anchors, YOLOV3
    )
