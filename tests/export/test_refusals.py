"""What styles cannot read or hold is refused, and the message says what it is."""

import pytest

from skanchors.export import AnchorSet, format_anchors, parse_anchors

SSD = "dict(type='SSDAnchorGenerator', strides=[8, 16], {})"
GENERATOR = "dict(type='AnchorGenerator', strides=[8, 16], {})"


@pytest.mark.parametrize(
    ("style", "text", "message"),
    [
        ("c", "float ANCHORS[1][1][2] = {{{}}};", "must hold numbers, and some"),
        (
            "efficientdet",
            "anchors_scales: '[1]'\nanchors_ratios: '[1.0, 1.4]'",
            "must hold pairs",
        ),
        (
            "efficientdet",
            "anchors_scales: '[0]'\nanchors_ratios: '[(1.0, 1.0)]'",
            "must be larger than 0",
        ),
        (
            "json",
            '{"format": "skanchors.AnchorSet", "version": 1, "anchors": [[1, 2]], '
            '"name": 3}',
            "'name' of the saved AnchorSet must be text",
        ),
        (
            "mmdetection",
            GENERATOR.format("ratios=['1'], scales=[8]"),
            "ratios must hold numbers only",
        ),
        (
            "mmdetection",
            GENERATOR.format("ratios=[[1, 2, 3]], scales=[8]"),
            "ratios must be a list of numbers",
        ),
        (
            "mmdetection",
            GENERATOR.format("ratios=[1], octave_base_scale=4, scales_per_octave=1.5"),
            "scales_per_octave is 1.5",
        ),
        (
            "mmdetection",
            GENERATOR.format("ratios=[1], scales=[8], base_sizes=[4]"),
            "1 base_sizes but 2 strides",
        ),
        (
            "mmdetection",
            "a = [1, b]\n" + GENERATOR.format("ratios=a, scales=[8]"),
            "ratios is a, not understood",
        ),
        (
            "mmdetection",
            SSD.format("ratios=[[2]], min_sizes=[8, 16], max_sizes=[16, 32]"),
            "one row of ratios a level",
        ),
        (
            "mmdetection",
            SSD.format("ratios=[[2], [0]], min_sizes=[8, 16], max_sizes=[16, 32]"),
            "ratios must be finite and larger than 0",
        ),
        (
            "mmdetection",
            SSD.format("ratios=[[2], [2]], min_sizes=[8, 16], max_sizes=[16]"),
            "one number a level",
        ),
        (
            "mmdetection",
            SSD.format("ratios=[[2], [2]], min_sizes=[8]"),
            "one number a level",
        ),
        (
            "mmdetection",
            SSD.format("ratios=[[2], [2]], input_size=300"),
            "knows no sizes for input_size=300",
        ),
        ("matterport", "RPN_ANCHOR_SCALES = 1 + 'a'", "RPN_ANCHOR_SCALES"),
        (
            "tensorflow",
            "grid_anchor_generator { scales: 1.0 aspect_ratios: 1.0 height: 128 "
            "width: 256 }",
            "differs by axis",
        ),
        (
            "tensorflow",
            "image_resizer { fixed_shape_resizer { height: 300 width: 300 } } "
            "ssd_anchor_generator { num_layers: 2 scales: 0.0 scales: 0.5 "
            "aspect_ratios: 1.0 }",
            "must be larger than 0",
        ),
        ("yolov5", "anchors:\n  - [a, b]", "numbers only"),
        ("yolov5", "anchors:\n  - [10, [13]]", "mixes numbers and lists"),
    ],
)
def test_texts(style, text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, style)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"levels": [[0]], "sizes": [[8]], "ratios": [1]}, "which are not given"),
        (
            {
                "anchors": [[8, 8], [16, 16]],
                "levels": [[0, 1]],
                "sizes": [[8], [16]],
                "ratios": [1],
            },
            "1 levels but 2 of sizes",
        ),
        ({"sizes": 5, "ratios": [1]}, "sizes must be a sequence"),
        ({"sizes": [], "ratios": [1]}, "sizes is empty"),
        ({"sizes": [["x"]], "ratios": [1]}, "sizes must hold numbers"),
        ({"sizes": [[]], "ratios": [1]}, "A row of sizes is empty"),
    ],
)
def test_fields_of_a_set(fields, message):
    with pytest.raises(ValueError, match=message):
        AnchorSet(**fields)


def test_no_level():
    with pytest.raises(ValueError, match="There is no level"):
        AnchorSet.from_groups([])


@pytest.mark.parametrize(
    ("style", "fields", "message"),
    [
        (
            "mmdetection",
            {"sizes": [[16, 8], [8, 32]], "ratios": [[2], [2]]},
            "next size must be larger",
        ),
        ("torchvision", {"sizes": [[8, 16], [16, 32]], "ratios": [[2], [2]]}, "square"),
        (
            "torchvision",
            {
                "sizes": [[8, 20], [16, 32]],
                "ratios": [[2], [2]],
                "input_size": 300,
            },
            "the size of the next",
        ),
    ],
)
def test_forms_of_ssd(style, fields, message):
    anchors = AnchorSet(strides=[8, 16], form="ssd", **fields)
    with pytest.raises(ValueError, match=message):
        format_anchors(anchors, style)
