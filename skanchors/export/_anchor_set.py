"""Anchors with what a detector's configuration says of them."""

from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral

import numpy as np

# As good as infinite: the area could not be computed.
TOO_LARGE = 1e150


@dataclass(frozen=True, eq=False)
class AnchorSet:
    """Anchors in pixels of the network's input, small to large, and their levels.

    NumPy takes it for its anchors: ``np.asarray(anchor_set)`` has shape
    (n_anchors, 2), so it can be handed to any function that wants anchors.

    Parameters
    ----------
    anchors : array-like of shape (n_anchors, 2)
        Widths and heights in pixels. They are sorted by area, and `levels` follows.
        What `parse_anchors` reads from JSON or CSV keeps the unit of the text.
    levels : sequence of sequences of int or None, default=None
        For each level of the detector, finest first, the rows of `anchors` on it;
        None where nothing is known of levels.
    strides : sequence of int or None, default=None
        Pixels from one cell to the next for each level.
    input_size : int, (width, height) or None, default=None
        The network's input in pixels.
    n_classes : int or None, default=None
        Number of classes that the text was written for.
    name, source : str, default=""
        What the anchors are called and where they were published.

    Examples
    --------
    >>> from skanchors.export import AnchorSet
    >>> anchor_set = AnchorSet([[30, 61], [10, 13]], levels=[[1], [0]], strides=[8, 16])
    >>> anchor_set.anchors
    array([[10., 13.],
           [30., 61.]])
    >>> anchor_set.levels
    ((0,), (1,))
    """

    anchors: np.ndarray
    levels: tuple | None = None
    strides: tuple | None = None
    input_size: tuple | None = None
    n_classes: int | None = None
    name: str = ""
    source: str = ""

    def __post_init__(self):
        anchors = check_anchors(self.anchors)
        order = by_area(anchors)
        rank = np.argsort(order)
        anchors = anchors[order]
        anchors.flags.writeable = False
        levels, strides = self.levels, check_strides(self.strides)
        if levels is not None:
            levels = [_check_level(level, len(anchors)) for level in levels]
            levels = [tuple(sorted(rank[level].tolist())) for level in levels]
            if strides is not None and len(strides) != len(levels):
                raise ValueError(
                    f"There are {len(levels)} levels of anchors but {len(strides)} "
                    "strides; give one stride a level."
                )
            keys = strides or [
                np.prod(anchors[list(level)], 1).mean() for level in levels
            ]
            levels = tuple(levels[i] for i in np.argsort(keys, kind="stable"))
        set_field = object.__setattr__  # the way to set a field of a frozen dataclass
        set_field(self, "anchors", anchors)
        set_field(self, "levels", levels)
        set_field(self, "strides", None if strides is None else tuple(sorted(strides)))
        set_field(self, "input_size", check_input_size(self.input_size))
        if self.n_classes is not None:
            check_count(self.n_classes, name="n_classes")

    @classmethod
    def from_groups(cls, groups, **fields):
        """Build from one array of anchors a level, in the order of ``strides``.

        Parameters
        ----------
        groups : sequence of array-like of shape (n_on_level, 2)
            Widths and heights of the anchors of each level.
        **fields
            Further fields, such as ``strides``.

        Returns
        -------
        AnchorSet
            The anchors of all levels.
        """
        groups = [check_anchors(group) for group in groups]
        ends = np.cumsum([0, *map(len, groups)])
        levels = [range(a, b) for a, b in pairwise(ends)]
        return cls(np.concatenate(groups), levels=levels, **fields)

    @property
    def groups(self):
        """The anchors of each level, a list of arrays, finest level first."""
        levels = self.levels if self.levels is not None else [range(len(self.anchors))]
        return [self.anchors[list(level)] for level in levels]

    def __len__(self):
        return len(self.anchors)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.anchors, dtype=dtype)


def by_area(anchors):
    """The order from small to large, with ties by width."""
    return np.lexsort((anchors[:, 0], anchors.prod(axis=1)))


def check_anchors(anchors):
    """Validate anchors: float64, shape (n_anchors, 2), finite and positive.

    Raises
    ------
    ValueError
        Which also says when the array looks transposed.
    """
    try:
        anchors = np.array(anchors, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"anchors must be numbers, one row (width, height) an anchor: {error}"
        ) from None
    if anchors.ndim != 2 or anchors.shape[1] != 2 or not len(anchors):
        hint = ""
        if anchors.ndim == 2 and anchors.shape[0] == 2:
            hint = " They look transposed: pass anchors.T."
        raise ValueError(
            "anchors must have one row (width, height) an anchor, shape "
            f"(n_anchors, 2); got shape {anchors.shape}.{hint}"
        )
    bad = np.flatnonzero(~((anchors > 0) & (anchors < TOO_LARGE)).all(axis=1))
    if len(bad):
        width, height = anchors[bad[0]]
        raise ValueError(
            f"anchors must be finite and larger than 0, but anchor {bad[0]} is "
            f"{width:g} x {height:g}."
        )
    return anchors


def check_count(value, *, name):
    """Validate a whole number of at least 1."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}.")
    return int(value)


def check_strides(strides):
    """Validate strides: positive whole numbers, none twice; None stays None."""
    if strides is None:
        return None
    strides = list(strides) if hasattr(strides, "__iter__") else [strides]
    strides = tuple(check_count(stride, name="each of strides") for stride in strides)
    if not strides or len(set(strides)) < len(strides):
        raise ValueError(f"strides must differ and be at least one, got {strides}.")
    return strides


def check_input_size(input_size):
    """Validate an input size, one number or (width, height); None stays None."""
    if input_size is None:
        return None
    pair = tuple(input_size) if hasattr(input_size, "__iter__") else (input_size,) * 2
    if len(pair) != 2:
        raise ValueError(
            f"input_size must be one number or (width, height), got {input_size!r}."
        )
    return tuple(check_count(side, name="each side of input_size") for side in pair)


def _check_level(level, n_anchors):
    level = list(level) if hasattr(level, "__iter__") else [level]
    for index in level:
        if not isinstance(index, Integral) or not 0 <= index < n_anchors:
            raise ValueError(
                f"A level names anchor {index!r}, but the anchors are numbered "
                f"0 to {n_anchors - 1}."
            )
    if not level or len(set(level)) < len(level):
        raise ValueError(f"A level needs anchors, each once, got {level}.")
    return np.array(level)
