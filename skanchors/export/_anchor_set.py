"""Anchors with what a detector's configuration says of them."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from skanchors._anchors_like import as_anchors
from skanchors._array_api import to_numpy
from skanchors._boxes import volume_order
from skanchors._checks import check_count, check_input_size, check_strides
from skanchors._regular import read_regular
from skanchors._whole_file import whole_file
from skanchors.export._form import Form, check_form, match_rows
from skanchors.export._saved import fields_of, load_json, to_json

# As good as infinite: the area could not be computed.
TOO_LARGE = 1e150


@dataclass(frozen=True, eq=False)
class AnchorSet:
    """Anchors in pixels of the network's input, small to large, and their levels.

    NumPy takes it for its anchors: ``np.asarray(anchor_set)`` has shape
    (n_anchors, 2), so it can be handed to any function that wants anchors.

    Parameters
    ----------
    anchors : array-like of shape (n_anchors, 2) or None, default=None
        Widths and heights in pixels. They are sorted by area, and `levels` follows.
        What `parse_anchors` reads from JSON or CSV keeps the unit of the text. None
        derives them from `sizes` and `ratios`.
    levels : sequence of sequences of int or None, default=None
        For each level of the detector, finest first, the rows of `anchors` on it;
        None where nothing is known of levels. With `sizes`, each row is a level.
    strides : sequence of float or None, default=None
        Pixels from one cell to the next for each level.
    input_size : int, (width, height) or None, default=None
        The network's input in pixels.
    n_classes : int or None, default=None
        Number of classes that the text was written for.
    name, source : str, default=""
        What the anchors are called and where they were published.
    sizes : sequence of sequences of float or None, default=None
        For a detector that crosses sizes with ratios: the sizes in pixels, square
        roots of the areas, one row a level. In form "ssd" a row is (size, next size).
    ratios : sequence of float, or of one sequence a level, or None, default=None
        Heights divided by widths, shared by all levels or one row a level. In form
        "ssd" each stands for itself and its reciprocal.
    form : {"cross", "ssd"} or None, default=None
        How `sizes` and `ratios` make anchors. "cross", the default where they are
        given, has every size with every ratio. "ssd" has a square of the size, one of
        the geometric mean with the next size, and the size with each ratio and its
        reciprocal.

    Raises
    ------
    ValueError
        If a field is not what it should be, or `anchors` are not the boxes that
        `sizes` and `ratios` make, up to 2 % of a side: published ratios are often
        rounded, and then the anchors hold the true numbers.

    Examples
    --------
    >>> from skanchors.export import AnchorSet
    >>> anchor_set = AnchorSet([[30, 61], [10, 13]], levels=[[1], [0]], strides=[8, 16])
    >>> anchor_set.anchors
    array([[10., 13.],
           [30., 61.]])
    >>> anchor_set.levels
    ((0,), (1,))
    >>> AnchorSet(sizes=[[32], [64]], ratios=[0.25, 1], strides=[8, 16]).anchors
    array([[ 32.,  32.],
           [ 64.,  16.],
           [ 64.,  64.],
           [128.,  32.]])
    """

    anchors: Any = None
    levels: Any = None
    strides: Any = None
    input_size: Any = None
    n_classes: int | None = None
    name: str = ""
    source: str = ""
    sizes: Any = None
    ratios: Any = None
    form: str | None = None
    # Where each row given has come to, all of them and level by level: deployment may
    # depend on the order of the text.
    _text_order: tuple = field(init=False, repr=False, default=())
    _text_levels: Any = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        anchors, levels = self.anchors, self.levels
        strides = check_strides(self.strides)
        form = None
        if self.sizes is not None or self.ratios is not None:
            form = check_form(self.sizes, self.ratios, self.form)
            anchors, levels = _by_form(form, anchors, levels)
        elif self.form is not None:
            raise ValueError(f"form={self.form!r} needs sizes and ratios.")
        anchors = check_anchors(anchors)
        order = volume_order(anchors)
        rank = np.argsort(order)
        anchors = anchors[order]
        anchors.flags.writeable = False
        text_levels = None
        if levels is not None:
            rows = [_check_level(level, len(anchors)) for level in levels]
            if strides is not None and len(strides) != len(rows):
                raise ValueError(
                    f"There are {len(rows)} levels of anchors but {len(strides)} "
                    "strides; give one stride a level."
                )
            ranks = [tuple(sorted(rank[level].tolist())) for level in rows]
            keys = strides or [
                np.prod(anchors[list(level)], 1).mean() for level in ranks
            ]
            fine_to_coarse = np.argsort(keys, kind="stable")
            levels = tuple(ranks[i] for i in fine_to_coarse)
            text_levels = tuple(tuple(rank[rows[i]].tolist()) for i in fine_to_coarse)
            if form is not None:
                form = _in_order(form, fine_to_coarse)
        set_field = object.__setattr__  # the way to set a field of a frozen dataclass
        set_field(self, "_text_order", tuple(rank.tolist()))
        set_field(self, "_text_levels", text_levels)
        set_field(self, "anchors", anchors)
        set_field(self, "levels", levels)
        set_field(self, "strides", None if strides is None else tuple(sorted(strides)))
        set_field(self, "input_size", check_input_size(self.input_size))
        if form is not None:
            set_field(self, "sizes", form.sizes)
            set_field(self, "ratios", form.ratios[0] if form.shared else form.ratios)
            set_field(self, "form", form.name)
        if self.n_classes is not None:
            check_count(self.n_classes, name="n_classes")

    @classmethod
    def from_groups(cls, groups: Iterable, **fields: Any) -> "AnchorSet":
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
        if not groups:
            raise ValueError("There is no level, and so no anchor.")
        ends = np.cumsum([0, *map(len, groups)])
        levels = [range(a, b) for a, b in pairwise(ends)]
        return cls(np.concatenate(groups), levels=levels, **fields)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "AnchorSet":
        """Read what `save` wrote.

        Parameters
        ----------
        path : str or path-like
            A JSON file.

        Returns
        -------
        AnchorSet
            Equal to the one saved, to the last bit.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it is no regular file, too large, or not what `save` writes.

        Examples
        --------
        >>> import tempfile
        >>> from skanchors.export import AnchorSet, default_anchors
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     default_anchors("yolov4").save(f"{folder}/anchors.json")
        ...     AnchorSet.load(f"{folder}/anchors.json").input_size
        (608, 608)
        """
        try:
            text = read_regular(path)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)} {error}") from None
        try:
            return cls(**fields_of(load_json(text)))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{os.fspath(path)}: {error}") from None

    def save(self, path: str | os.PathLike) -> None:
        """Write everything into a JSON file, which `load` reads.

        Parameters
        ----------
        path : str or path-like
            The file; one that exists is overwritten.
        """
        text = to_json(self)
        with whole_file(path, encoding="utf-8") as file:
            file.write(text)

    @property
    def groups(self) -> list[np.ndarray]:
        """The anchors of each level, a list of arrays, finest level first."""
        levels = self.levels if self.levels is not None else [range(len(self.anchors))]
        return [self.anchors[list(level)] for level in levels]

    def __len__(self) -> int:
        return len(self.anchors)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.anchors, dtype=dtype)


def check_anchors(anchors: Any) -> np.ndarray:
    """Validate anchors: float64, shape (n_anchors, 2), finite and positive.

    Raises
    ------
    ValueError
        Which also says when the array looks transposed.
    """
    if hasattr(anchors, "fit") or isinstance(anchors, str | os.PathLike):
        anchors = as_anchors(anchors)
    try:
        anchors = np.array(to_numpy(anchors), dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
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


def _by_form(form: Form, anchors: Any, levels: Any) -> tuple[np.ndarray, list]:
    """The anchors in the order of the form's levels, and these levels.

    Parameters
    ----------
    form : Form
        The numbers.
    anchors : array-like of shape (n_anchors, 2) or None
        What must be equal to what they make; None takes that.
    levels : sequence of sequences of int or None
        Rows of `anchors` on each level of the form.
    """
    groups = form.groups
    ends = np.cumsum([0, *map(len, groups)])
    ranges = [range(a, b) for a, b in pairwise(ends)]
    if anchors is None:
        if levels is not None:
            raise ValueError("levels are rows of anchors, which are not given.")
        return np.concatenate(groups), ranges
    anchors = check_anchors(anchors)
    if levels is None:
        return anchors[match_rows(anchors, np.concatenate(groups))], ranges
    rows = [_check_level(level, len(anchors)) for level in levels]
    if len(rows) != len(groups):
        raise ValueError(f"There are {len(rows)} levels but {len(groups)} of sizes.")
    ordered = [
        anchors[row][match_rows(anchors[row], group)]
        for row, group in zip(rows, groups, strict=True)
    ]
    return np.concatenate(ordered), ranges


def _in_order(form: Form, order: np.ndarray) -> Form:
    sizes, ratios = (
        tuple(rows[i] for i in order) for rows in (form.sizes, form.ratios)
    )
    return form._replace(sizes=sizes, ratios=ratios)


def _check_level(level: Any, n_anchors: int) -> np.ndarray:
    rows: Sequence = list(level) if hasattr(level, "__iter__") else [level]
    for index in rows:
        if not isinstance(index, int | np.integer) or not 0 <= index < n_anchors:
            raise ValueError(
                f"A level names anchor {index!r}, but the anchors are numbered "
                f"0 to {n_anchors - 1}."
            )
    if not rows or len(set(rows)) < len(rows):
        raise ValueError(f"A level needs anchors, each once, got {rows}.")
    return np.array(rows)
