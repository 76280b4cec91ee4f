"""torchvision: the nearest sizes x ratios and the exact cell anchors.

torchvision is no dependency of the tests, so `Generator` repeats the arithmetic of its
AnchorGenerator, in single precision as there.
"""

import ast
import re

import numpy as np
import pytest

from skanchors.export import default_anchors, format_anchors, parse_anchors

YOLOV3 = default_anchors("yolov3")
SAMPLE = """
rpn_anchor_generator = AnchorGenerator(
    sizes=((32,), (64,), (128,), (256,), (512,)),
    aspect_ratios=((0.5, 1.0, 2.0),) * 5,
)
"""


class Generator:
    """What torchvision's AnchorGenerator does with its arguments."""

    def __init__(self, sizes, aspect_ratios):
        self.sizes, self.aspect_ratios = sizes, aspect_ratios
        self.cell_anchors = [
            self.generate(np.float32(size), np.float32(ratio))
            for size, ratio in zip(sizes, aspect_ratios, strict=True)
        ]

    @staticmethod
    def generate(scales, aspect_ratios):
        h_ratios = np.sqrt(aspect_ratios)
        w_ratios = 1 / h_ratios
        ws = (w_ratios[:, None] * scales[None, :]).reshape(-1)
        hs = (h_ratios[:, None] * scales[None, :]).reshape(-1)
        return (np.stack([-ws, -hs, ws, hs], axis=1) / 2).round()

    def num_anchors_per_location(self):
        return [
            len(s) * len(a) for s, a in zip(self.sizes, self.aspect_ratios, strict=True)
        ]


def run(text):
    """Execute the text with the generator in torchvision's place."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "AnchorGenerator"
        ):
            found = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "cell_anchors"
        ):
            cells = ast.literal_eval(node.value)
    return Generator(**found), [np.array(level) for level in cells]


def sides(corners):
    return corners[:, 2:] - corners[:, :2]


def mean_iou(wanted, boxes):
    overlap = np.minimum(wanted[:, None], boxes).prod(axis=2)
    union = wanted.prod(axis=1)[:, None] + boxes.prod(axis=1) - overlap
    return (overlap / union).max(axis=1).mean()


def test_cell_anchors_are_exact():
    _, cells = run(format_anchors(YOLOV3, "torchvision"))
    for cell, wanted in zip(cells, YOLOV3.groups, strict=True):
        np.testing.assert_array_equal(sides(cell), wanted)
        np.testing.assert_array_equal(cell[:, 2:], -cell[:, :2])  # about the centre


def test_count_fits_the_cell_anchors_and_is_the_same_on_each_level():
    generator, cells = run(format_anchors(YOLOV3, "torchvision"))
    assert generator.num_anchors_per_location() == [len(cell) for cell in cells]
    assert len(set(generator.num_anchors_per_location())) == 1


def test_the_loss_named_is_that_of_torchvisions_arithmetic():
    text = format_anchors(YOLOV3, "torchvision")
    generator, _ = run(text)
    named = float(re.search(r"mean IoU ([\d.]+)", text)[1])
    lost = float(re.search(r"anchors: ([\d.]+) is lost", text)[1])
    found = np.mean(
        [
            mean_iou(wanted, sides(cell))
            for wanted, cell in zip(YOLOV3.groups, generator.cell_anchors, strict=True)
        ]
    )
    assert named == pytest.approx(found, abs=2e-4)
    assert named + lost == pytest.approx(1)
    assert 0.75 < named < 0.95


def test_what_can_be_expressed_loses_only_the_rounding_to_pixels():
    anchors = [[100, 100], [70, 140], [140, 70]]
    text = format_anchors(anchors, "torchvision", strides=32)
    generator, _ = run(text)
    (ratios,) = generator.aspect_ratios
    np.testing.assert_allclose(ratios, [0.5, 1, 2], rtol=0.03)
    assert float(re.search(r"mean IoU ([\d.]+)", text)[1]) > 0.98


def test_trap_ratio_is_height_over_width():
    generator, _ = run(format_anchors([[50, 200]], "torchvision", strides=32))
    assert generator.aspect_ratios == ((4.0,),)
    assert generator.sizes == ((100.0,),)


def test_trap_free_pairs_are_no_sizes_times_ratios():
    # As many sizes as ratios would make 9 anchors where 3 are wanted.
    generator, _ = run(format_anchors(YOLOV3, "torchvision"))
    assert generator.num_anchors_per_location() == [3, 3, 3]


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    assert [len(level) for level in found.levels] == [3] * 5
    assert found.sizes == ((32,), (64,), (128,), (256,), (512,))
    assert found.ratios == (0.5, 1, 2)
    # torchvision rounds corners to whole pixels; the numbers stay as they are here.
    expected = Generator(((32,), (64,), (128,), (256,), (512,)), ((0.5, 1.0, 2.0),) * 5)
    for group, cell in zip(found.groups, expected.cell_anchors, strict=True):
        rounded = 2 * np.round(group / 2)
        assert sorted(rounded.tolist()) == sorted(sides(cell).tolist())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "AnchorGenerator(sizes=((32,),), aspect_ratios=((1.0,),) * 2)",
            "1 levels but",
        ),
        ("cell_anchors = [[[1, 2, 3]]]", r"must be \[x1, y1, x2, y2\]"),
        ("sizes=((32,),), aspect_ratios=((-1.0,),)", "ratios must be finite"),
        ("AnchorGenerator(sizes=s, aspect_ratios=a)", "Found neither"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "torchvision")
