"""Windows and sparse steps give what the whole grid gives, on any boxes and anchors."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.assignment import ATSS, GridCells, MaxIoU, SSDMatch, assign
from skanchors.assignment._anchors import resolve_anchors
from skanchors.assignment._assign import make_grid
from skanchors.detectors import Detector, get_detector
from skanchors.detectors._detector import Spec
from skanchors.export import AnchorSet


def _small(name, size):
    detector = get_detector(name)
    return replace(detector, input_size=size)


TORCHVISION = _small("fasterrcnn_resnet50_fpn", (96, 160))
MMDET = _small("mmdet-retinanet", (96, 160))
SSD = get_detector("ssd300_vgg16")
EXACT = Detector(
    name="exact",
    scaling="pixels",
    input_size=None,
    strides=(8, 16),
    form=Spec("free", {"n_anchors": 2}),
    rule=Spec("MaxIoU", {}),
    offset=0.5,
    default_anchors=AnchorSet(
        [[5, 5], [9, 14], [20, 12], [40, 50]], levels=[(0, 1), (2, 3)]
    ),
)


def whole_grid(table, detector, anchors=None):
    """For each image: rows of the table, anchors (n, 4) and shapes (n,)."""
    anchor_set = resolve_anchors(anchors, detector)
    image = table.image_index
    images = np.column_stack([table.images.width, table.images.height])
    boxes = np.column_stack([table.xmin, table.ymin, table.xmin, table.ymin])
    boxes[:, 2] += table.width
    boxes[:, 3] += table.height
    order = np.argsort(image, kind="stable")
    grid = make_grid(boxes[order], image[order], images, detector, anchor_set)
    for i in range(len(images)):
        parts, names = [], []
        for level in range(len(detector.strides)):
            n_col, n_row = grid.cells[i, level]
            shapes = np.flatnonzero(grid.shapes.level == level)
            row, col, shape = (
                a.ravel()
                for a in np.meshgrid(
                    np.arange(n_row), np.arange(n_col), shapes, indexing="ij"
                )
            )
            parts.append(_corners(grid, i, level, shape, col, row))
            names.append(shape)
        inside = np.flatnonzero(grid.image == i)
        yield (
            order[inside],
            grid.boxes[inside],
            np.concatenate(parts),
            np.concatenate(names),
            grid,
            i,
        )


def _corners(grid, i, level, shape, col, row):
    sides = []
    for corner in (grid.shapes.low, grid.shapes.high):
        for axis, cell in enumerate((col, row)):
            pitch = np.full(len(cell), grid.pitch[i, level, axis])
            extent = np.full(len(cell), grid.canvas[i, axis])
            sides.append(
                grid.framework.edges(
                    cell, corner[shape, axis], pitch, extent, grid.offset
                )
            )
    return np.stack(sides, axis=1)


def iou_matrix(boxes, anchors):
    """IoU of boxes (n, 4) with anchors (m, 4), float32."""
    low = np.maximum(boxes[:, None, :2], anchors[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], anchors[None, :, 2:])
    side = np.maximum(high - low, 0)
    inter = side[..., 0] * side[..., 1]
    areas = [(b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in (boxes, anchors)]
    union = areas[0][:, None] + areas[1] - inter
    return np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)


def plain_max_iou(iou, positive, negative, low_quality, least=0.0):
    """Owner of each anchor (-1 negative, -2 ignored), and that without the forcing."""
    best, value = iou.argmax(axis=0), iou.max(axis=0)
    owner = np.where(value >= np.float32(positive), best, -2)
    owner[value < np.float32(negative)] = -1
    before = owner.copy()
    top = iou.max(axis=1)
    for i in range(len(iou)):
        tied = iou[i] == top[i]
        if low_quality == "anchor":
            owner[tied] = best[tied]
        elif low_quality == "object" and top[i] >= np.float32(least):
            owner[tied] = i
    return owner, before


def plain_ssd(iou, threshold, winner):
    """Owner of each anchor by SSD's rule, and that without the forcing."""
    best, value = iou.argmax(axis=0), iou.max(axis=0)
    owner = np.where(value >= np.float32(threshold), best, -1)
    before = owner.copy()
    rows = range(len(iou)) if winner == "last" else range(len(iou))[::-1]
    for i in rows:
        owner[iou[i].argmax()] = i
    return owner, before


def plain_grid_cells(iou, responsible, threshold):
    """Owner of each anchor by MMDetection's rule for YOLOv3."""
    t = np.float32(threshold)
    owner = np.where(iou.max(axis=0) <= t, -1, -2)
    open_ = np.where(responsible, iou, np.float32(-1))
    best, value = open_.argmax(axis=0), open_.max(axis=0)
    owner = np.where(responsible & (value > t), best, owner)
    before = owner.copy()
    for i in range(len(iou)):
        if open_[i].max() > 0:
            owner[responsible & (open_[i] == open_[i].max())] = i
    return owner, before


def plain_atss(iou, boxes, anchors, levels, topk):
    """Owner of each anchor by ATSS."""
    centres = (anchors[:, :2] + anchors[:, 2:]) / 2
    value = np.full(iou.shape, -1, dtype=np.float32)
    for i, box in enumerate(boxes):
        middle = (box[:2] + box[2:]) / 2
        distance = np.sqrt(((centres - middle) ** 2).sum(axis=1))
        chosen = []
        for level in np.unique(levels):
            rows = np.flatnonzero(levels == level)
            order = np.argsort(distance[rows], kind="stable")
            chosen.append(rows[order[:topk]])
        chosen = np.concatenate(chosen)
        values = iou[i, chosen]
        spread = values.std(ddof=1) if len(values) > 1 else 0
        keep = values >= values.mean() + spread
        margins = np.concatenate([centres - box[:2], box[2:] - centres], axis=1)
        inside = margins[chosen].min(axis=1) > np.float32(0.01)
        rows = chosen[keep & inside]
        value[i, rows] = iou[i, rows]
    owner = np.where(value.max(axis=0) >= 0, value.argmax(axis=0), -1)
    return owner, owner


@st.composite
def tables(draw, make):
    """Images of up to 120 pixels with up to six boxes, some of them alike."""
    n = draw(st.integers(1, 3))
    sides = st.integers(20, 120)
    images = [(draw(sides), draw(sides)) for _ in range(n)]
    boxes, image = [], []
    for i, (width, height) in enumerate(images):
        for _ in range(draw(st.integers(0, 6))):
            x = sorted(
                draw(st.lists(st.integers(0, 2 * width), min_size=2, max_size=2))
            )
            y = sorted(
                draw(st.lists(st.integers(0, 2 * height), min_size=2, max_size=2))
            )
            if x[0] < x[1] and y[0] < y[1]:
                boxes.append([x[0] / 2, y[0] / 2, x[1] / 2, y[1] / 2])
                image.append(i)
        if boxes and image[-1] == i and draw(st.booleans()):
            boxes.append(boxes[-1])
            image.append(i)
    return make(images, boxes, image)


def _compare(table, detector, rule, owners_of):
    found = assign(table, detector, rule=rule)
    n = len(table.width)
    positive, strong = np.zeros(n, dtype=int), np.zeros(n, dtype=int)
    best, totals = np.zeros(n), {"ignored": 0, "negative": 0}
    for rows, boxes, anchors, shapes, grid, i in whole_grid(table, detector):
        if not len(rows):
            totals["negative"] += len(anchors)
            continue
        iou = iou_matrix(boxes, anchors)
        owner, before = owners_of(iou, boxes, anchors, shapes, grid, i)
        positive[rows] = np.bincount(owner[owner >= 0], minlength=len(rows))
        kept = owner[(owner >= 0) & (owner == before)]
        strong[rows] = np.bincount(kept, minlength=len(rows))
        best[rows] = iou.max(axis=1)
        totals["ignored"] += int((owner == -2).sum())
        totals["negative"] += int((owner == -1).sum())
    assert found.n_positive.tolist() == positive.tolist()
    assert found.forced.tolist() == ((positive > 0) & (strong == 0)).tolist()
    assert np.allclose(found.best_iou, best, atol=1e-5)
    assert found.totals == {"positive": int(positive.sum()), **totals}


@pytest.mark.parametrize("low_quality", ["anchor", "object", False])
@pytest.mark.parametrize("detector", [TORCHVISION, MMDET, EXACT], ids=lambda d: d.name)
def test_max_iou(detector, low_quality, make_table):
    rule = MaxIoU(0.6, 0.3, low_quality=low_quality)

    @settings(max_examples=60, deadline=None)
    @given(tables(make_table))
    def check(table):
        _compare(
            table,
            detector,
            rule,
            lambda iou, *_: plain_max_iou(iou, 0.6, 0.3, low_quality),
        )

    check()


def test_max_iou_with_a_least_quality(make_table):
    rule = MaxIoU(0.6, 0.4, low_quality="object", min_low_quality=0.3)

    @settings(max_examples=60, deadline=None)
    @given(tables(make_table))
    def check(table):
        _compare(
            table,
            EXACT,
            rule,
            lambda iou, *_: plain_max_iou(iou, 0.6, 0.4, "object", 0.3),
        )

    check()


@pytest.mark.parametrize("winner", ["first", "last"])
@pytest.mark.parametrize("detector", [SSD, EXACT], ids=lambda d: d.name)
def test_ssd(detector, winner, make_table):
    @settings(max_examples=60, deadline=None)
    @given(tables(make_table))
    def check(table):
        _compare(
            table,
            detector,
            SSDMatch(0.5, winner=winner),
            lambda iou, *_: plain_ssd(iou, 0.5, winner),
        )

    check()


@pytest.mark.parametrize("topk", [1, 4, 9])
def test_atss(topk, make_table):
    # Boxes on odd places, so that no two anchors are equally near.
    def owners_of(iou, boxes, anchors, shapes, grid, i):
        levels = grid.shapes.level[shapes]
        return plain_atss(iou, boxes, anchors, levels, topk)

    @settings(max_examples=60, deadline=None)
    @given(tables(make_table))
    def check(table):
        table.xmin = table.xmin + 0.137 * np.arange(1, len(table.xmin) + 1) ** 0.5
        table.ymin = table.ymin + 0.0911 * np.arange(2, len(table.ymin) + 2) ** 0.5
        _compare(table, EXACT, ATSS(topk), owners_of)

    check()


def test_grid_cells(make_table):
    def owners_of(iou, boxes, anchors, shapes, grid, i):
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        middles = (anchors[:, :2] + anchors[:, 2:]) / 2
        level = grid.shapes.level[shapes]
        stride = np.array(EXACT.strides)[level][:, None]
        cells = np.round(middles / stride - 0.5)
        responsible = np.zeros(len(anchors), dtype=bool)
        for centre in centres:
            last = grid.cells[i, level] - 1
            own = np.minimum(np.floor(centre / stride), last)
            responsible |= (own == cells).all(axis=1)
        return plain_grid_cells(iou, responsible, 0.5)

    @settings(max_examples=100, deadline=None)
    @given(tables(make_table))
    def check(table):
        _compare(table, EXACT, GridCells(0.5), owners_of)

    check()
