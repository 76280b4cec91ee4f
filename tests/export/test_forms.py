"""Sizes and ratios go out and come in as they are, or are refused with the reason."""

from dataclasses import fields

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skanchors.export import AnchorSet, default_anchors, format_anchors, parse_anchors

STYLE_OF = {
    "yolov3": "darknet",
    "yolov3-tiny": "darknet",
    "yolov4": "darknet",
    "yolov5": "yolov5",
    "yolov5-p6": "yolov5",
    "yolov7": "yolov7",
    "yolov7-tiny": "yolov7",
    "fasterrcnn_resnet50_fpn": "torchvision",
    "retinanet_resnet50_fpn": "torchvision",
    "ssd300_vgg16": "torchvision",
    "ssdlite320_mobilenet_v3_large": "torchvision",
    "detectron2-faster-rcnn-fpn": "detectron2",
    "detectron2-faster-rcnn-c4": "detectron2",
    "detectron2-retinanet": "detectron2",
    "mmdet-retinanet": "mmdetection",
    "mmdet-faster-rcnn": "mmdetection",
    "mmdet-atss": "mmdetection",
    "mmdet-yolov3": "mmdetection",
    "mmdet-ssd300": "mmdetection",
    "efficientdet-d0": "efficientdet",
    "tf-ssd-mobilenet-v2-fpn": "tensorflow",
    "paddle-yolov3": "paddle",
    "mask-rcnn-matterport": "matterport",
}

# What the tools' own files say of them, number by number.
PUBLISHED = {
    "fasterrcnn_resnet50_fpn": """
        anchor_sizes = ((32,), (64,), (128,), (256,), (512,))
        aspect_ratios = ((0.5, 1.0, 2.0),) * len(anchor_sizes)
        """,
    "retinanet_resnet50_fpn": """
        anchor_sizes = tuple(
            (x, int(x * 2 ** (1.0 / 3)), int(x * 2 ** (2.0 / 3)))
            for x in [32, 64, 128, 256, 512])
        aspect_ratios = ((0.5, 1.0, 2.0),) * len(anchor_sizes)
        """,
    "ssd300_vgg16": """DefaultBoxGenerator(
            [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
            scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
            steps=[8, 16, 32, 64, 100, 300])
        """,
    "ssdlite320_mobilenet_v3_large": (
        "DefaultBoxGenerator([[2, 3] for _ in range(6)], min_ratio=0.2, max_ratio=0.95)"
    ),
    "detectron2-faster-rcnn-fpn": """
MODEL:
  ANCHOR_GENERATOR:
    SIZES: [[32], [64], [128], [256], [512]]  # One size for each in feature map
    ASPECT_RATIOS: [[0.5, 1.0, 2.0]]  # Three aspect ratios
""",
    "detectron2-retinanet": """
MODEL:
  ANCHOR_GENERATOR:
    SIZES: !!python/object/apply:eval ["[[x, x * 2**(1.0/3), x * 2**(2.0/3) ] for x in \
[32, 64, 128, 256, 512 ]]"]
""",
    "mmdet-retinanet": """anchor_generator=dict(type='AnchorGenerator',
        octave_base_scale=4, scales_per_octave=3, ratios=[0.5, 1.0, 2.0],
        strides=[8, 16, 32, 64, 128]),""",
    "mmdet-faster-rcnn": """anchor_generator=dict(type='AnchorGenerator',
        scales=[8], ratios=[0.5, 1.0, 2.0], strides=[4, 8, 16, 32, 64]),""",
    "mmdet-atss": """anchor_generator=dict(type='AnchorGenerator', ratios=[1.0],
        octave_base_scale=8, scales_per_octave=1, strides=[8, 16, 32, 64, 128]),""",
    "mmdet-ssd300": """
input_size = 300
model = dict(bbox_head=dict(anchor_generator=dict(
    type='SSDAnchorGenerator', scale_major=False, input_size=input_size,
    basesize_ratio_range=(0.15, 0.9), strides=[8, 16, 32, 64, 100, 300],
    ratios=[[2], [2, 3], [2, 3], [2, 3], [2], [2]])))""",
    "efficientdet-d0": """
anchors_scales: '[2 ** 0, 2 ** (1.0 / 3.0), 2 ** (2.0 / 3.0)]'
anchors_ratios: '[(1.0, 1.0), (1.4, 0.7), (0.7, 1.4)]'
""",
    "tf-ssd-mobilenet-v2-fpn": """
model { ssd { anchor_generator { multiscale_anchor_generator {
  min_level: 3 max_level: 7 anchor_scale: 4.0 aspect_ratios: [1.0, 2.0, 0.5]
  scales_per_octave: 2 } }
  image_resizer { fixed_shape_resizer { height: 640 width: 640 } }
  feature_extractor { fpn { min_level: 4 max_level: 5 } } } }""",
    "mask-rcnn-matterport": """
    BACKBONE_STRIDES = [4, 8, 16, 32, 64]
    RPN_ANCHOR_SCALES = (32, 64, 128, 256, 512)
    RPN_ANCHOR_RATIOS = [0.5, 1, 2]
    """,
}


def assert_same(found, expected, *, but=()):
    np.testing.assert_allclose(found.anchors, expected.anchors, rtol=1e-12)
    assert found.levels == expected.levels
    for field in fields(AnchorSet):
        if field.name in ("sizes", "ratios", "strides", "form") and (
            field.name not in but
        ):
            one, other = (getattr(each, field.name) for each in (found, expected))
            if one is None or isinstance(one, str):
                assert one == other, field.name
            else:
                for row, wanted in zip(one, other, strict=True):
                    np.testing.assert_allclose(row, wanted, rtol=1e-12)


@pytest.mark.parametrize("name", STYLE_OF)
@pytest.mark.parametrize("how", ["named", "auto"])
def test_defaults_in_defaults_out(name, how):
    style, expected = STYLE_OF[name], default_anchors(name)
    text = format_anchors(expected, style)
    assert "nearest" not in text
    found = parse_anchors(text, style if how == "named" else "auto")
    # Darknet's cfg holds no strides.
    assert_same(found, expected, but=("strides",) if style == "darknet" else ())


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_text_gives_the_defaults(name):
    size = {"ssd300_vgg16": 300, "ssdlite320_mobilenet_v3_large": 320}.get(name)
    expected = default_anchors(name)
    found = parse_anchors(PUBLISHED[name], STYLE_OF[name], input_size=size)
    but = () if found.strides is not None else ("strides",)
    if name == "mask-rcnn-matterport":  # in its file the widest comes last
        but = (*but, "ratios")
    assert_same(found, expected, but=but)


RNG = np.random.default_rng(0)
FREE = AnchorSet(
    sizes=np.sort(RNG.uniform(10, 700, (5, 2)), axis=0),
    ratios=RNG.uniform(0.2, 4, 3),
    strides=(4, 8, 16, 32, 64),
)
PER_LEVEL = AnchorSet(
    sizes=np.sort(RNG.uniform(10, 700, (5, 1)), axis=0),
    ratios=RNG.uniform(0.2, 4, (5, 3)),
    strides=(4, 8, 16, 32, 64),
)
ONE_SIZE = AnchorSet(
    sizes=np.sort(RNG.uniform(10, 700, (5, 1)), axis=0),
    ratios=RNG.uniform(0.2, 4, 3),
    strides=(4, 8, 16, 32, 64),
    input_size=800,
)
SCALES = AnchorSet(
    sizes=np.multiply.outer([8, 16, 32, 64, 128], [1.7, 3.1, 7.77]),
    ratios=RNG.uniform(0.2, 4, 3),
    strides=(8, 16, 32, 64, 128),
)
FRACTIONS = AnchorSet(
    sizes=np.multiply.outer([8, 320 / 3], [1.7, 3.1]), ratios=[1], strides=(8, 320 / 3)
)
ONE_LEVEL = AnchorSet(sizes=[[64, 100.5, 333]], ratios=[0.4, 1, 3], strides=[16])
SSD = AnchorSet(
    sizes=[[31.7, 60.2], [60.2, 111.1], [111.1, 222.2]],
    ratios=[[1.7], [2.2, 3.3], []],
    strides=(8, 16, 320 / 3),
    form="ssd",
    input_size=320,
)


@pytest.mark.parametrize(
    ("anchor_set", "styles"),
    [
        (FREE, ["torchvision", "detectron2", "paddle"]),
        (PER_LEVEL, ["torchvision", "detectron2", "paddle"]),
        (
            ONE_SIZE,
            [
                "torchvision",
                "detectron2",
                "paddle",
                "mmdetection",
                "keras-retinanet",
                "matterport",
                "tensorflow",
            ],
        ),
        (
            SCALES,
            [
                "torchvision",
                "detectron2",
                "paddle",
                "mmdetection",
                "keras-retinanet",
                "efficientdet",
            ],
        ),
        (FRACTIONS, ["mmdetection", "torchvision", "efficientdet"]),
        (ONE_LEVEL, ["tensorflow", "torchvision", "detectron2", "mmdetection"]),
        (SSD, ["mmdetection", "torchvision"]),
    ],
    ids=["free", "per-level", "one-size", "scales", "fractions", "one-level", "ssd"],
)
def test_any_form_comes_back_as_it_was(anchor_set, styles):
    for style in styles:
        text = format_anchors(anchor_set, style)
        assert "nearest" not in text
        assert_same(parse_anchors(text), anchor_set)


@pytest.mark.parametrize(
    ("anchor_set", "style", "reason"),
    [
        (PER_LEVEL, "tensorflow", "all its levels share the ratios"),
        (PER_LEVEL, "mmdetection", "all its levels share the ratios"),
        (PER_LEVEL, "keras-retinanet", r"PyramidAnchors\(ratios='shared'\)"),
        (PER_LEVEL, "matterport", "all its levels share the ratios"),
        (FREE, "keras-retinanet", "not in the same proportion on each level"),
        (FREE, "mmdetection", "one base size each and share the scales"),
        (FREE, "efficientdet", r"PyramidAnchors\(sizes='stride'\)"),
        (FREE, "matterport", "one size each"),
        (SCALES, "tensorflow", "octaves of one scale times the stride"),
        (SSD, "detectron2", "SSD's form is another"),
        (SSD, "tensorflow", "all its levels share the ratios"),
        (
            AnchorSet(sizes=[[8], [16, 20]], ratios=[1], strides=[4, 8]),
            "torchvision",
            "as many anchors on each level, but there are 1 and 2",
        ),
    ],
)
def test_what_a_detector_cannot_hold_is_refused_with_the_reason(
    anchor_set, style, reason
):
    with pytest.raises(ValueError, match=f"Style '{style}' cannot hold.*{reason}"):
        format_anchors(anchor_set, style)


def test_styles_of_pairs_write_the_anchors_of_a_form():
    text = format_anchors(ONE_SIZE, "json")
    np.testing.assert_allclose(parse_anchors(text).anchors, ONE_SIZE.anchors)
    found = parse_anchors(format_anchors(ONE_SIZE, "yolov5"))
    np.testing.assert_allclose(found.anchors.sum(), ONE_SIZE.anchors.sum(), atol=10)


def test_precision_rounds_when_it_is_given():
    text = format_anchors(ONE_SIZE, "detectron2", precision=1)
    sizes = np.round(np.array(ONE_SIZE.sizes), 1)
    np.testing.assert_array_equal(parse_anchors(text).sizes, sizes)


def test_other_strides_of_as_many_levels_keep_the_form():
    text = format_anchors(ONE_SIZE, "mmdetection", strides=(8, 16, 32, 64, 128))
    found = parse_anchors(text)
    assert found.strides == (8, 16, 32, 64, 128)
    np.testing.assert_allclose(found.sizes, ONE_SIZE.sizes)


@pytest.mark.parametrize(
    "style",
    [
        "torchvision",
        "detectron2",
        "tensorflow",
        "keras-retinanet",
        "efficientdet",
        "matterport",
    ],
)
def test_free_anchors_are_told_first_how_to_get_a_better_form(style):
    first = format_anchors(default_anchors("yolov3"), style).split("\n")[:3]
    assert "A form fitted to the boxes is better" in first[0]
    assert "PyramidAnchors" in first[1]
    assert "is lost" in first[2]


def test_torchvision_has_five_levels_unless_told():
    anchors = np.multiply.outer(np.geomspace(20, 500, 15), [1, 1.3])
    text = format_anchors(anchors, "torchvision")
    assert "# 5 levels of strides 4, 8, 16, 32, 64\n" in text
    assert "fasterrcnn_resnet50_fpn has these" in text
    assert len(parse_anchors(text).levels) == 5
    nine = format_anchors(anchors[:9], "torchvision")  # five cannot share nine
    assert "3 levels" in nine and "fasterrcnn_resnet50_fpn has 5" in nine


class Fitted:
    """What is needed of an estimator."""

    def fit(self, X):
        self.cluster_centers_ = np.array([[30.0, 61], [10, 13], [90, 100]])
        return self


def test_fitted_estimators_are_taken_for_their_anchors():
    model = Fitted().fit(None)
    assert format_anchors(model, "dlib") == "10x13\n30x61\n90x100\n"
    model.anchor_set_ = ONE_SIZE
    assert format_anchors(model, "detectron2") == format_anchors(ONE_SIZE, "detectron2")
    with pytest.raises(NotFittedError, match="has no anchors"):
        format_anchors(Fitted(), "dlib")


def test_ratios_are_written_back_as_they_stood():
    """0.104 is not the reciprocal of the number that is nearest to its reciprocal."""
    text = (
        "BACKBONE_STRIDES = [4, 8]\nRPN_ANCHOR_SCALES = (32, 64)\n"
        "RPN_ANCHOR_RATIOS = [0.104, 1, 0.228]  # width / height\n"
    )
    assert format_anchors(parse_anchors(text), "matterport") == text
