"""From a table, a detector and anchors to an assignment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from skanchors._checks import check_choice, check_input_size
from skanchors._threads import effective_n_threads
from skanchors.annotations import AnnotationTable
from skanchors.assignment._anchors import resolve_anchors
from skanchors.assignment._assignment import Assignment
from skanchors.assignment._counts import Counts, count_block
from skanchors.assignment._grid import Grid
from skanchors.assignment._rule import make_rule
from skanchors.detectors import Detector, get_detector
from skanchors.detectors._detector import SCALINGS
from skanchors.export import AnchorSet


def assign(
    table: AnnotationTable,
    detector: str | Detector,
    anchors: Any = None,
    *,
    rule: Any = None,
    scaling: str | None = None,
    input_size: Any = None,
) -> Assignment:
    """Simulate what a detector's training would do with anchors.

    Annotations, anchors and the rule of the detector are all that it takes.

    Boxes are scaled, rounded, padded and compared as the detector's own code does it,
    in single precision; augmentation is left out. Only anchors about the objects are
    computed, so that time grows with the objects.

    Parameters
    ----------
    table : AnnotationTable
        The boxes, with their positions. Every row counts, also difficult ones and
        crowds: choose with ``table.select`` before.
    detector : str or Detector
        A name of `skanchors.detectors.detector_names`, or a detector.
    anchors : AnchorSet, fitted estimator or array-like of shape (n, 2), default=None
        Anchors in pixels of the input. None takes the published ones. Those without
        levels are shared out from small to large, as many to each level as the
        published ones, or evenly.
    rule : rule or str, default=None
        Overrides the rule of the detector, such as ``MaxIoU(0.6, 0.4)``.
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default=None
        Overrides how images are scaled.
    input_size : int, (int, int) or None, default=None
        Overrides the size of the input, or the shortest and longest side.

    Returns
    -------
    Assignment
        For each row the number of positives and more.

    Raises
    ------
    TypeError
        If `table` is no table, or `rule` no rule.
    ValueError
        If a detector or a rule is not known, anchors do not fit the levels, or the size
        of an image is needed and unknown.

    See Also
    --------
    skanchors.detectors.get_detector : What is known of a detector.

    Notes
    -----
    An object that the detector's loader drops, as Darknet does below one pixel, has no
    positive.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.assignment import assign
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> found = assign(table, "yolov3")
    >>> found.totals
    {'positive': 368, 'ignored': None, 'negative': None}
    >>> few = [[30, 60], [90, 90], [200, 250]]
    >>> fewer = assign(table, "yolov3", few)
    >>> bool(fewer.best_iou.mean() < found.best_iou.mean())
    True
    """
    if not hasattr(table, "image_index") or not hasattr(table, "images"):
        raise TypeError(
            "table must be an AnnotationTable, which holds the positions of the boxes; "
            f"got {type(table).__name__}. read_annotations makes one."
        )
    if table.xmin is None or table.ymin is None:
        raise ValueError(
            "This table was made without positions; give it xmin and ymin, or read the "
            "files with read_annotations."
        )
    found = _override(get_detector(detector), scaling, input_size)
    image = np.asarray(table.image_index)
    images = np.column_stack([table.images.width, table.images.height]).astype(float)
    boxes = np.column_stack([table.xmin, table.ymin, table.xmin, table.ymin])
    boxes[:, 2] += table.width
    boxes[:, 3] += table.height
    lacking = _unknown_sizes(images, found.scaling, np.asarray(table.relative), image)
    if lacking.any():
        raise ValueError(
            f"scaling={found.scaling!r} needs the sizes of the images, but "
            f"{int(lacking.sum())} have none, the first of "
            f"{table.images.path[lacking][0]}. Pass image_sizes= when reading, or "
            "have the images beside the annotations."
        )
    images[images[:, 0] == 0] = 1  # the boxes of these are fractions
    return assign_boxes(boxes, image, images, found, anchors, rule)


def assign_boxes(
    boxes: np.ndarray,
    image: np.ndarray,
    images: np.ndarray,
    detector: Detector,
    anchors: Any = None,
    rule: Any = None,
) -> Assignment:
    """Assign boxes that come as arrays.

    Parameters
    ----------
    boxes : ndarray of shape (n_objects, 4)
        Low x, low y, high x, high y in pixels of the image.
    image : ndarray of shape (n_objects,)
        Row of `images`. Within an image objects come in the order of the file.
    images : ndarray of shape (n_images, 2)
        Widths and heights.
    detector : Detector
        What scales, places and assigns.
    anchors, rule : object, default=None
        As in `assign`.
    """
    rule = make_rule(detector.rule if rule is None else rule)
    anchor_set = resolve_anchors(anchors, detector)
    order = np.argsort(image, kind="stable")
    grid = make_grid(boxes[order], image[order], images, detector, anchor_set)
    counts = Counts(grid)
    blocks = list(grid.blocks()) or [(slice(0, 0), grid)]
    # Blocks are added in their order, so that threads make no difference.
    with ThreadPoolExecutor(effective_n_threads()) as pool:
        for rows, part in pool.map(partial(count_block, rule), blocks):
            counts.add(rows, part)
    back = np.argsort(order)
    strong, total = counts.n_strong[back], counts.by_level[back].sum(axis=1)
    level = np.where(total > 0, counts.by_level[back].argmax(axis=1), -1)
    return Assignment(
        n_positive=total,
        forced=(total > 0) & (strong == 0),
        best_iou=counts.best_iou[back],
        level=level,
        n_slots=counts.n_slots[back],
        n_lost=counts.n_lost[back],
        boxes=grid.boxes[back],
        image_index=image,
        level_positives=counts.by_level.sum(axis=0),
        anchor_positives=counts.by_anchor,
        totals=counts.totals(),
        n_images=len(images),
        anchor_set=anchor_set,
        detector=detector,
        rule=rule,
    )


def make_grid(
    boxes: np.ndarray,
    image: np.ndarray,
    images: np.ndarray,
    detector: Detector,
    anchor_set: AnchorSet,
) -> Grid:
    """Scale boxes, sorted by image, and lay the grids; arguments as `assign_boxes`."""
    framework = detector.framework
    fixed = detector.scaling in ("stretch", "letterbox")
    place = framework.place(images, detector.scaling, detector.input_size)
    return Grid(
        framework.boxes(boxes, image, images, place),
        framework.relative(boxes, image, images, place),
        image,
        place,
        framework.shapes(anchor_set, detector.input_size if fixed else None),
        anchor_set.anchors,
        detector.strides,
        detector.offset,
        framework,
    )


def _override(detector: Detector, scaling: str | None, input_size: Any) -> Detector:
    """The detector with another scaling or input size."""
    changes: dict[str, Any] = {}
    if scaling is None:
        scaling = detector.scaling
    check_choice(scaling, SCALINGS, name="scaling")
    if scaling != detector.scaling:
        changes["scaling"] = scaling
        fixed = {"stretch", "letterbox"}
        if scaling == "pixels":
            changes["input_size"] = None
        elif input_size is None and not {scaling, detector.scaling} <= fixed:
            raise ValueError(
                f"{detector.name} has scaling={detector.scaling!r}, so that "
                f"scaling={scaling!r} needs an input_size of its own."
            )
    if input_size is not None:
        if changes.get("scaling", detector.scaling) == "pixels":
            raise ValueError("scaling='pixels' has no input_size.")
        changes["input_size"] = check_input_size(input_size)
    return replace(detector, **changes) if changes else detector


def _unknown_sizes(
    images: np.ndarray, scaling: str, relative: np.ndarray, image: np.ndarray
) -> np.ndarray:
    """Which images lack a size that is needed, bool of shape (n_images,)."""
    unknown = (images == 0).any(axis=1)
    if scaling != "stretch":
        return unknown
    # Fractions need none, and an image without boxes has the input's grid anyway.
    absolute = np.zeros(len(images), dtype=bool)
    absolute[image[~relative]] = True
    return unknown & absolute
