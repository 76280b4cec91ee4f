"""Configurations as they come: whole files, variables, re-dumped, several sets."""

import numpy as np
import pytest

from skanchors.export import AnchorSet, default_anchors, format_anchors, parse_anchors

YOLOV3 = default_anchors("yolov3")
RETINANET = default_anchors("mmdet-retinanet")

C4 = """
norm_cfg = dict(type='BN', requires_grad=False)
model = dict(
    type='FasterRCNN',
    backbone=dict(type='ResNet', depth=50, strides=(1, 2, 2), dilations=(1, 1, 1)),
    rpn_head=dict(
        type='RPNHead',
        anchor_generator=dict(
            type='AnchorGenerator',
            scales=[2, 4, 8, 16, 32],
            ratios=[0.5, 1.0, 2.0],
            strides=[16])),
    roi_head=dict(bbox_roi_extractor=dict(featmap_strides=[16])))
train_pipeline = [dict(type='Resize', scales=[(1333, 800)], ratios=[9.0])]
"""


def test_the_strides_are_those_of_the_generator_not_of_the_backbone():
    found = parse_anchors(C4)
    assert found.strides == (16,)
    assert found.sizes == ((32, 64, 128, 256, 512),)
    assert found.ratios == (0.5, 1, 2)


def test_names_stand_for_what_they_were_given():
    text = """
strides = [8, 16, 32, 64, 128]
ratios = (0.5, 1.0, 2.0)
model = dict(bbox_head=dict(anchor_generator=dict(
    type='AnchorGenerator', octave_base_scale=4, scales_per_octave=3, ratios=ratios,
    strides=strides)), backbone=dict(strides=(1, 2, 2, 2)))
"""
    np.testing.assert_array_equal(parse_anchors(text).anchors, RETINANET.anchors)


@pytest.mark.parametrize(
    "strides", ["[(8, 8), (16, 16)]", "(8, 16)", "[8.0, 16.0]", "[s for s in (8, 16)]"]
)
def test_spellings_of_strides(strides):
    text = (
        "anchor_generator=dict(type='AnchorGenerator', scales=[8], ratios=[1.0], "
        f"strides={strides})"
    )
    assert parse_anchors(text).strides == (8, 16)


@pytest.mark.parametrize(
    "text",
    [
        "dict(type='mmdet.YOLOAnchorGenerator', {})",
        "dict(type=AnchorGenerator, {})",
        "anchor_generator = {{'type': 'AnchorGenerator', {}}}",
    ],
)
def test_other_ways_to_write_the_block(text):
    fields = "strides=[8], base_sizes=[[(10, 13), (16, 30)]]"
    if "{'" in text:
        fields = "'strides': [8], 'base_sizes': [[(10, 13), (16, 30)]]"
    found = parse_anchors(text.format(fields), "mmdetection")
    assert found.anchors.tolist() == [[10, 13], [16, 30]]
    assert found.strides == (8,)


TWO = """
rpn_head=dict(
    approx_anchor_generator=dict(type='AnchorGenerator', octave_base_scale=8,
        scales_per_octave=3, ratios=[0.5, 1.0, 2.0], strides=[4, 8]),
    square_anchor_generator=dict(type='AnchorGenerator', ratios=[1.0], scales=[8],
        strides=[4, 8]))
"""


def test_two_generators_that_differ_have_to_be_named():
    with pytest.raises(ValueError, match="approx_anchor_generator, square_anchor_gen"):
        parse_anchors(TWO)
    assert len(parse_anchors(TWO, name="square_anchor_generator")) == 2
    assert len(parse_anchors(TWO, name="approx_anchor_generator")) == 18
    with pytest.raises(ValueError, match="no anchor generator called 'other'"):
        parse_anchors(TWO, name="other")


def test_two_equal_generators_are_one():
    text = TWO.split("square")[0].rstrip().rstrip(",") + ")"
    assert len(parse_anchors(text + "\n" + text)) == 18


def test_a_generator_without_its_own_numbers_says_where_they_are():
    text = (
        "_base_ = './a.py'\nmodel = dict(backbone=dict(strides=(1, 2)), "
        "anchor_generator=dict(type='AnchorGenerator', ratios=[1.0]))"
    )
    with pytest.raises(ValueError, match="_base_ file"):
        parse_anchors(text)


def test_strides_that_differ_by_axis_are_refused():
    text = "dict(type='AnchorGenerator', scales=[8], ratios=[1.0], strides=[(8, 16)])"
    with pytest.raises(ValueError, match="strides differ by axis"):
        parse_anchors(text)


def test_ssd_sizes_written_out():
    text = """anchor_generator=dict(type='SSDAnchorGenerator', scale_major=False,
        strides=[16, 32], ratios=[[2, 3], [2, 0.5]], min_sizes=[48, 100],
        max_sizes=[100, 150])"""
    found = parse_anchors(text)
    assert found.form == "ssd"
    assert found.sizes == ((48, 100), (100, 150))
    assert found.ratios == ((2, 3), (2,))  # a half is there already


NAMED = """
# P5-640:
anchors_p5_640:
  - [10, 13, 16, 30, 33, 23] # P3/8 small-object anchors
  - [30, 61, 62, 45, 59, 119] # P4/16
  - [116, 90, 156, 198, 373, 326] # P5/32
anchors_p6_640:
  - [9, 11, 21, 19] # P3/8
  - [43, 32, 39, 70] # P4/16
"""


def test_named_sets():
    with pytest.raises(ValueError, match=r"anchors_p5_640, anchors_p6_640. Choose one"):
        parse_anchors(NAMED)
    for name in ("anchors_p5_640", "p5_640"):
        found = parse_anchors(NAMED, name=name)
        np.testing.assert_array_equal(found.anchors, YOLOV3.anchors)
        assert found.strides == (8, 16, 32)
        assert found.name == "anchors_p5_640"
    assert parse_anchors(NAMED, name="p6_640").strides == (8, 16)
    with pytest.raises(ValueError, match="no anchors called 'p7', but anchors_p5_640"):
        parse_anchors(NAMED, name="p7")


@pytest.mark.parametrize("flow", [None, True, False])
@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize("width", [20, 80, 1000])
def test_yaml_that_pyyaml_has_written(flow, indent, width):
    yaml = pytest.importorskip("yaml")

    def dumped(content):
        return yaml.dump(content, default_flow_style=flow, indent=indent, width=width)

    rows = [group.ravel().tolist() for group in YOLOV3.groups]
    content = {"nc": 3, "anchors": rows, "backbone": [[-1, 1, "Conv", [64, 6, 2, 2]]]}
    found = parse_anchors(dumped(content))
    np.testing.assert_array_equal(found.anchors, YOLOV3.anchors)
    assert found.levels == YOLOV3.levels
    assert found.n_classes == 3
    content = {"anchors_a": rows, "anchors_b": [[1, 2]]}
    found = parse_anchors(dumped(content), name="a")
    np.testing.assert_array_equal(found.anchors, YOLOV3.anchors)
    for name in ("detectron2-retinanet", "detectron2-faster-rcnn-fpn"):
        expected = default_anchors(name)
        generator = {
            "SIZES": [list(row) for row in expected.sizes],
            "ASPECT_RATIOS": [list(expected.ratios)],
        }
        found = parse_anchors(dumped({"MODEL": {"ANCHOR_GENERATOR": generator}}))
        assert found.sizes == expected.sizes
        assert found.ratios == expected.ratios
    head = {
        "anchors": YOLOV3.anchors.tolist(),
        "anchor_masks": [[6, 7, 8], [3, 4, 5], [0, 1, 2]],
    }
    found = parse_anchors(dumped({"YOLOv3Head": head}))
    assert found.levels == YOLOV3.levels


@pytest.mark.parametrize(
    "text",
    [
        "const float anchors[18] = {%s};",
        "std::vector<float> anchors = {%s};",
        "static constexpr float kAnchors[] = {%s};  // w, h",
        "/* one, {2} */ float ANCHORS[18]={%s};",
    ],
)
def test_flat_arrays_of_c(text):
    values = ", ".join(f"{value:.1f}f" for value in YOLOV3.anchors.ravel())
    found = parse_anchors(text % values)
    np.testing.assert_array_equal(found.anchors, YOLOV3.anchors)


def test_nested_arrays_of_c():
    text = """
#define N 2
const int strides[2] = {8, 16};
const float anchors[2][4] = { {10.f, 13.f, 16.f, 30.f}, // first
                              {30, 61, 62, 45} };
"""
    found = parse_anchors(text)
    assert found.strides == (8, 16)
    assert found.groups[1].tolist() == [[30, 61], [62, 45]]
    pairs = parse_anchors("double anchors[][2] = {{10, 13}, {16, 30}};")
    assert pairs.levels is None and len(pairs) == 2


def test_sections_of_an_ini():
    text = """
[other]
sizes = 1 2
[anchor_parameters]
# Sizes should correlate to how the network processes an image
sizes   = 32 64 128 256 512
strides = 8 16 32 64 128
ratios  = 0.5 1 2 3 ; h/w
scales  = 1 1.2 1.6
[more]
scales = 7
"""
    found = parse_anchors(text)
    assert found.ratios == (0.5, 1, 2, 3)
    np.testing.assert_allclose(found.sizes[0], [32, 38.4, 51.2])
    with pytest.raises(ValueError, match="lack scales"):
        parse_anchors(text.split("scales")[0])


def test_detectron2_in_python():
    text = """model.anchor_generator = L(DefaultAnchorGenerator)(
        sizes=[[32], [64]], aspect_ratios=[0.5, 1.0, 2.0], strides=[4, 8])"""
    found = parse_anchors(text)
    assert found.sizes == ((32,), (64,)) and found.strides == (4, 8)
    assert found.ratios == (0.5, 1, 2)


def test_torchvision_cell_anchors_lose_no_digits():
    anchors = [[10.123456789, 13.3], [16, 30.000000001], [33.1, 23]]
    text = format_anchors(anchors, "torchvision", strides=[8])
    np.testing.assert_allclose(parse_anchors(text).anchors, anchors, rtol=1e-15)


def test_grid_anchor_generator_of_tensorflow():
    text = """first_stage_anchor_generator { grid_anchor_generator {
        scales: [0.25, 0.5, 1.0, 2.0] aspect_ratios: [0.5, 1.0, 2.0]
        height_stride: 16 width_stride: 16 } }
        image_resizer { keep_aspect_ratio_resizer { min_dimension: 600 } }"""
    found = parse_anchors(text)
    assert found.sizes == ((64, 128, 256, 512),) and found.strides == (16,)
    assert found.ratios == (2, 1, 0.5)  # height / width


def test_input_size_of_a_whole_file_of_tensorflow():
    text = """image_resizer { fixed_shape_resizer { height: 300 width: 300 } }
        anchor_generator { ssd_anchor_generator { num_layers: 2 min_scale: 0.2
        max_scale: 0.95 aspect_ratios: 1.0 aspect_ratios: 2.0 aspect_ratios: 0.5
        reduce_boxes_in_lowest_layer: false } }"""
    found = parse_anchors(text)
    assert found.form == "ssd"
    np.testing.assert_allclose(found.sizes, [[60, 285], [285, 300]])
    assert found.ratios == ((2,), (2,))


def test_ssd512_takes_its_sizes_from_a_range():
    text = """anchor_generator=dict(type='SSDAnchorGenerator', scale_major=False,
        input_size=512, basesize_ratio_range=(0.1, 0.9),
        strides=[8, 16, 32, 64, 128, 256, 512],
        ratios=[[2], [2, 3], [2, 3], [2, 3], [2, 3], [2], [2]])"""
    found = parse_anchors(text)
    assert [row[0] for row in found.sizes] == [20, 51, 133, 215, 296, 378, 460]
    assert found.input_size == (512, 512)


def test_ssd_of_mmdetection_asks_for_the_order_that_picks_these_boxes():
    assert "scale_major=False" in format_anchors(
        default_anchors("mmdet-ssd300"), "mmdetection"
    )


def test_ssd_of_mmdetection_has_no_digits_of_binary_products():
    sizes = [[0.0682 * 300, 0.1209 * 300], [0.1209 * 300, 0.6012 * 300]]
    assert repr(sizes[0][0]) == "20.459999999999997"
    anchors = AnchorSet(sizes=sizes, ratios=[[2], [2]], strides=[8, 16], form="ssd")
    text = format_anchors(anchors, "mmdetection")
    assert "min_sizes=[20.46, 36.27]" in text
    assert "max_sizes=[36.27, 180.36]" in text
    np.testing.assert_allclose(parse_anchors(text).sizes, sizes, rtol=1e-13)


def test_ssd_in_tensorflow_ends_with_the_input():
    ssdlite = default_anchors("ssdlite320_mobilenet_v3_large")
    text = format_anchors(ssdlite, "tensorflow")
    found = parse_anchors(text)
    np.testing.assert_allclose(found.anchors, ssdlite.anchors)
    assert found.form == "ssd"
    sizes = (*ssdlite.sizes[:-1], (304, 350))
    other = AnchorSet(
        sizes=sizes, ratios=[2, 3], form="ssd", strides=ssdlite.strides, input_size=320
    )
    with pytest.raises(ValueError, match="the last the shorter side"):
        format_anchors(other, "tensorflow")
