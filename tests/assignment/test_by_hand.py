"""Cases worked out by hand: four by four cells of 8 pixels, an anchor of 8 x 8 in each.

The anchors tile the image of 32 x 32 pixels, so IoU is a matter of counting pixels.
"""

import numpy as np
import pytest

from skanchors.assignment import ATSS, BestAnchor, GridCells, MaxIoU, SideRatio, assign
from skanchors.assignment import SSDMatch as SSD
from skanchors.detectors import Detector
from skanchors.detectors._detector import Spec
from skanchors.export import AnchorSet

CORNER = (0, 0, 8, 8)  # fills the first cell
INSIDE = (1, 1, 7, 7)  # 36 of its 64 pixels, IoU 0.5625
SMALL = (3, 3, 5, 5)  # 4 of them, IoU 1/16, with the centre of the anchor inside
ASIDE = (5, 5, 6, 6)  # 1 of them, without the centre
WHOLE = (0, 0, 32, 32)  # 1024 pixels, IoU 1/16 with each of the 16 anchors
HUGE = (-16, -16, 48, 48)  # twice the input, IoU 1/64 with each
TIED = (
    4,
    0,
    12,
    8,
)  # half of two cells, IoU 1/3 with both; its centre is in the second
CROSS = (12, 1, 20, 9)  # its centre is at x = 16, the border of two cells

ANCHOR = {"low_quality": "anchor"}
OBJECT = {"low_quality": "object"}
NEVER = {"low_quality": False}


def _detector(anchors=((8, 8),)):
    return Detector(
        name="by hand",
        scaling="pixels",
        input_size=None,
        strides=(8,),
        form=Spec("free", {"n_anchors": len(anchors)}),
        rule=Spec("MaxIoU", {}),
        offset=0.5,
        default_anchors=AnchorSet(anchors, levels=[range(len(anchors))]),
    )


# Boxes, then what each gets, which have it by force only, and how many ignored.
CASES = [
    (MaxIoU(), [CORNER], [1], [0], 0),
    (MaxIoU(), [SMALL], [1], [1], 0),
    (MaxIoU(**NEVER), [SMALL], [0], [0], 0),
    (MaxIoU(**OBJECT, min_low_quality=0.1), [SMALL], [0], [0], 0),
    (MaxIoU(), [WHOLE], [16], [1], 0),
    (MaxIoU(), [HUGE], [16], [1], 0),
    (MaxIoU(), [TIED], [2], [1], 0),
    (MaxIoU(0.5, 0.3, **NEVER), [TIED], [0], [0], 2),
    (MaxIoU(1.0, 0.5), [CORNER, INSIDE], [1, 0], [0, 0], 0),
    # The anchor stays with the object that it overlaps best, or goes to who calls last.
    (MaxIoU(**ANCHOR), [CORNER, INSIDE], [1, 0], [0, 0], 0),
    (MaxIoU(**OBJECT), [CORNER, INSIDE], [0, 1], [0, 1], 0),
    (MaxIoU(**OBJECT), [INSIDE, CORNER], [0, 1], [0, 0], 0),
    (MaxIoU(**ANCHOR), [CORNER, CORNER], [1, 0], [0, 0], 0),
    # Weak matches: the anchors of WHOLE have better objects, though below 0.4.
    (MaxIoU(**ANCHOR), [TIED, WHOLE], [2, 14], [1, 1], 0),
    (MaxIoU(**OBJECT), [TIED, WHOLE], [0, 16], [0, 1], 0),
    (SSD(), [CORNER], [1], [0], 0),
    (SSD(), [SMALL], [1], [1], 0),
    (SSD(), [WHOLE], [1], [1], 0),
    (SSD(), [HUGE], [1], [1], 0),
    (SSD(), [TIED], [1], [1], 0),
    (SSD(), [CORNER, INSIDE], [0, 1], [0, 1], 0),
    (SSD(winner="first"), [CORNER, INSIDE], [1, 0], [0, 0], 0),
    (ATSS(4), [CORNER], [1], [0], 0),
    (ATSS(4), [CORNER, INSIDE], [1, 0], [0, 0], 0),
    (ATSS(4), [SMALL], [1], [0], 0),
    (ATSS(4), [ASIDE], [0], [0], 0),
    (ATSS(4), [WHOLE], [4], [0], 0),  # all four candidates tie at the mean
    (ATSS(16), [HUGE], [16], [0], 0),
    (ATSS(1), [(5, 0, 13, 8)], [1], [0], 0),  # nearer to the second cell, not in it
    (ATSS(4), [TIED], [0], [0], 0),  # 1/3, 1/3, 0, 0: threshold 0.359
    (ATSS(2), [TIED], [0], [0], 0),  # centres lie on its border, not inside
    (GridCells(), [CORNER], [1], [0], 0),
    (GridCells(), [CORNER, INSIDE], [0, 1], [0, 1], 0),
    (GridCells(), [SMALL], [1], [1], 0),
    (GridCells(), [WHOLE], [1], [1], 0),
    (GridCells(), [HUGE], [1], [1], 0),
    (GridCells(), [TIED], [1], [1], 0),  # only the cell of its centre
    # With both cells open it takes the tied anchor of the other object as well.
    (GridCells(), [CORNER, TIED], [0, 2], [0, 1], 0),
    (GridCells(), [TIED, CORNER], [1, 1], [1, 0], 0),
    (GridCells(0.1), [(6, 0, 14, 8)], [1], [0], 1),  # 0.6 with its cell, 1/7 beside
    # IoU of exactly the threshold is not above it: forced, and the other not ignored.
    (GridCells(), [(0, 0, 8, 16)], [1], [1], 0),
    (SideRatio(), [CORNER], [1], [0], 0),  # at the middle: no neighbour
    (SideRatio(), [(9, 9, 17, 17)], [3], [0], 0),  # right and below
    (SideRatio(), [(8, 8, 16, 16)], [1], [0], 0),  # the middle again
    (SideRatio(), [(4, 1, 12, 9)], [3], [0], 0),  # x = 8: itself twice, but not left
    (SideRatio(), [CROSS], [4], [0], 0),  # itself twice, left, below
    (SideRatio(), [CORNER, INSIDE], [1, 1], [0, 0], 0),
    (SideRatio(), [SMALL], [0], [0], 0),  # exactly four times: not below
    (SideRatio(4.1), [SMALL], [1], [0], 0),
    (SideRatio(), [WHOLE], [0], [0], 0),
    (SideRatio(4.1), [WHOLE], [5], [0], 0),  # itself three times, left, above
]


@pytest.mark.parametrize("rule, boxes, positive, forced, ignored", CASES)
def test_one_anchor_a_cell(rule, boxes, positive, forced, ignored, make_table):
    table = make_table([(32, 32)], boxes, [0] * len(boxes))
    found = assign(table, _detector(), rule=rule)
    assert found.n_positive.tolist() == positive
    assert found.forced.tolist() == [bool(value) for value in forced]
    assert found.totals["ignored"] == ignored
    assert found.level.tolist() == [0 if n else -1 for n in positive]
    assert found.level_positives.tolist() == [sum(positive)]


@pytest.mark.parametrize(
    "box, iou",
    [
        (CORNER, 1),
        (INSIDE, 36 / 64),
        (SMALL, 4 / 64),
        (WHOLE, 64 / 1024),
        (HUGE, 64 / 4096),
        (TIED, 1 / 3),
    ],
)
def test_best_iou(box, iou, make_table):
    found = assign(make_table([(32, 32)], [box], [0]), _detector())
    assert found.best_iou == pytest.approx([iou], rel=1e-12)


@pytest.mark.parametrize(
    "threshold, boxes, expected, lost",
    [
        (1.0, [CORNER], [1], [0]),
        (1.0, [CORNER, INSIDE], [1, 1], [1, 0]),
        (1.0, [CORNER, SMALL, WHOLE], [1, 1, 1], [1, 0, 0]),
        (1.0, [HUGE], [1], [0]),
        # 8 x 16: IoU 1/2 with 8 x 8 and with 16 x 16; the first wins the tie.
        (1.0, [(0, 0, 8, 16), (0, 0, 8, 15)], [1, 1], [0, 0]),
        (0.4, [(0, 0, 8, 16)], [2], [0]),
        (0.5, [(0, 0, 8, 16)], [1], [0]),
        # In single precision its centre lies on the end of the input: the last row.
        (1.0, [(0, 24, 8, 32), (0, 32 - 1e-7, 8, 32)], [1, 1], [1, 0]),
    ],
)
def test_best_anchor(threshold, boxes, expected, lost, make_table):
    table = make_table([(32, 32)], boxes, [0] * len(boxes))
    detector = _detector([(8, 8), (16, 16)])
    found = assign(table, detector, rule=BestAnchor(threshold))
    assert found.n_positive.tolist() == expected
    assert found.lost_slot.tolist() == [bool(value) for value in lost]
    assert found.totals == {
        "positive": sum(expected),
        "ignored": None,
        "negative": None,
    }


def test_the_first_anchor_wins_a_tie_of_shapes(make_table):
    table = make_table([(32, 32)], [(0, 0, 8, 16)], [0])
    found = assign(table, _detector([(8, 8), (16, 16)]), rule=BestAnchor())
    assert found.anchor_positives.tolist() == [1, 0]


def test_lost_slots(make_table):
    table = make_table([(32, 32)], [CORNER, INSIDE, CROSS], [0, 0, 0])
    found = assign(table, _detector(), rule=SideRatio())
    assert found.n_slots.tolist() == [1, 1, 3]  # a slot that is written twice is one
    assert found.n_lost.tolist() == [1, 0, 0]
    # 6 targets in 4 slots.
    assert found.totals == {"positive": 6, "ignored": 0, "negative": 12}


TOUCHED, ALONE = (11, 3, 13, 5), (7, 7, 9, 9)  # anchors of 2 x 2 in cells of 8


@pytest.mark.parametrize(
    "rule, boxes, positive, n_lost",
    [
        # All anchors tie for it, but each stays with its own best object, which is the
        # first of the file where all are 0.
        (MaxIoU(**ANCHOR), [TOUCHED, ALONE], [16, 0], [0, 16]),
        (MaxIoU(**ANCHOR), [ALONE, TOUCHED], [15, 1], [1, 0]),
        # It takes all of them, and only later objects get theirs back.
        (MaxIoU(**OBJECT), [TOUCHED, ALONE], [0, 16], [1, 0]),
        (MaxIoU(**OBJECT), [ALONE, TOUCHED], [15, 1], [1, 0]),
        (MaxIoU(**OBJECT), [ALONE, ALONE], [0, 16], [16, 0]),
        (MaxIoU(**OBJECT, min_low_quality=0.1), [TOUCHED, ALONE], [1, 0], [0, 0]),
        (MaxIoU(**NEVER), [TOUCHED, ALONE], [1, 0], [0, 0]),
        # The very first anchor.
        (SSD(), [TOUCHED, ALONE], [1, 1], [0, 0]),
    ],
)
def test_an_object_that_no_anchor_touches(rule, boxes, positive, n_lost, make_table):
    table = make_table([(32, 32)], boxes, [0, 0])
    found = assign(table, _detector([(2, 2)]), rule=rule)
    assert found.n_positive.tolist() == positive
    assert found.n_lost.tolist() == n_lost
    assert found.best_iou.tolist() == [float(box == TOUCHED) for box in boxes]
    assert found.totals == {
        "positive": sum(positive),
        "ignored": 0,
        "negative": 16 - sum(positive),
    }


def test_images_without_objects_count(make_table):
    table = make_table([(32, 32), (64, 32), (32, 32)], [CORNER], [2])
    found = assign(table, _detector())
    assert found.n_images == 3
    assert found.totals == {"positive": 1, "ignored": 0, "negative": 16 + 32 + 15}


def test_no_object_at_all(make_table):
    found = assign(make_table([(32, 32)], [], []), _detector())
    assert len(found) == 0
    assert found.totals == {"positive": 0, "ignored": 0, "negative": 16}
    assert "0 objects of 1 image" in str(found)


def test_order_of_rows_does_not_matter_between_images(make_table):
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 20, (30, 2))
    boxes = np.concatenate([low, low + rng.uniform(2, 12, (30, 2))], axis=1)
    image = rng.integers(0, 4, 30)
    order = np.argsort(image, kind="stable")
    sizes = [(32, 32)] * 4
    found = assign(make_table(sizes, boxes, image), _detector())
    grouped = assign(make_table(sizes, boxes[order], image[order]), _detector())
    assert (found.n_positive[order] == grouped.n_positive).all()
    assert (found.best_iou[order] == grouped.best_iou).all()
