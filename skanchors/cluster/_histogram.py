"""A mergeable summary of any number of boxes."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from skanchors._boxes import check_weight, merge_equal, validate_boxes
from skanchors._compat._sklearn import Interval, fit_context
from skanchors._doc_link import DocLinkMixin

# Logarithms of doubles lie between these: cells counted from the first never end at
# one and the same place however wide they are, and one as wide as all takes in all.
_LOWEST, _HIGHEST = -746.0, 709.75


class BoxHistogram(DocLinkMixin, BaseEstimator):
    """Counts of boxes by size: exact while few sizes were seen, then on a fine grid.

    It stands for any number of boxes in bounded memory. Histograms of parts of the
    data, made anywhere, merge into that of the whole, in any order. Fit anchors with
    ``IoUKMeans().fit(histogram.sizes_, sample_weight=histogram.counts_)``.

    Parameters
    ----------
    max_boxes : int, default=200_000
        The most sizes kept. Up to this many distinct boxes nothing is lost. Beyond,
        boxes are counted in the cells of a grid in log size, whose cells double in
        width whenever more than `max_boxes` are occupied. Sides of 0 have cells of
        their own, so that at least one size is kept for each set of sides that are 0.
    cell_width : float, default=0.004
        Width of the finest grid's cells in units of the natural logarithm: 0.004
        means sides that differ by less than 0.4 %.

    Attributes
    ----------
    sizes_ : ndarray of shape (n_sizes, n_sides)
        The boxes, or the middles of the occupied cells.
    counts_ : ndarray of shape (n_sizes,)
        Number of boxes, or summed weights, of each.
    error_bound_ : float
        The most that the mean IoU of any anchors with the boxes can differ from
        their mean IoU with `sizes_` weighted by `counts_`; 0 while exact. Anchors with
        a side of 0 are not meant: nothing but an equal box overlaps with them.
    cell_width_ : float
        Width of the cells in use; 0 while exact.
    n_seen_ : int
        Number of boxes seen.
    n_features_in_ : int
        Number of sides.
    feature_names_in_ : ndarray of shape (n_sides,)
        Names of the columns, if the first input had names of type string.

    Notes
    -----
    1 - IoU of co-centred boxes obeys the triangle inequality, so replacing a box by
    another changes its IoU with any anchor by at most their distance. A box and the
    middle of its cell differ by less than the factor exp(width / 2) on each side, so
    that distance is below 1 - exp(-n_sides width / 2).

    The result depends neither on the order of the boxes nor on that of merging, up to
    the rounding of sums of weights that are not whole numbers.

    Examples
    --------
    >>> from skanchors import BoxHistogram
    >>> one = BoxHistogram().partial_fit([[2, 1], [4, 4]])
    >>> other = BoxHistogram().partial_fit([[2, 1]])
    >>> both = one.merge(other)
    >>> both.sizes_, both.counts_
    (array([[2., 1.],
           [4., 4.]]), array([2., 1.]))
    >>> both.error_bound_
    0.0
    """

    _parameter_constraints = {  # noqa: RUF012 -- scikit-learn's convention
        "max_boxes": [Interval(Integral, 1, None, closed="left")],
        "cell_width": [Interval(Real, 0, 1, closed="neither")],
    }

    sizes_: np.ndarray
    counts_: np.ndarray
    cell_width_: float
    n_seen_: int

    def __init__(self, max_boxes: int = 200_000, *, cell_width: float = 0.004) -> None:
        self.max_boxes = max_boxes
        self.cell_width = cell_width

    def fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Count boxes, forgetting those seen before.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_boxes,), default=None
            How many boxes each row stands for.

        Returns
        -------
        BoxHistogram
            The estimator itself.
        """
        if hasattr(self, "sizes_"):
            del self.sizes_
        return self.partial_fit(X, y, sample_weight)

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Count more boxes.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_boxes,), default=None
            How many boxes each row stands for.

        Returns
        -------
        BoxHistogram
            The estimator itself.
        """
        first = not hasattr(self, "sizes_")
        boxes = validate_boxes(self, X, reset=first)
        weight = check_weight(sample_weight, boxes)
        if first:
            self._start(boxes.shape[1])
        self.n_seen_ += len(boxes)
        if self.cell_width_:
            boxes = _middles(boxes, self.cell_width_)
        self._add(*merge_equal(boxes, weight))
        return self

    def merge(self, other: Any) -> Self:
        """Add the counts of another histogram with the same parameters.

        Parameters
        ----------
        other : BoxHistogram
            Not changed. One that has seen no boxes adds none.

        Returns
        -------
        BoxHistogram
            The estimator itself.

        Raises
        ------
        ValueError
            If the parameters or the numbers of sides differ.
        """
        if self.get_params() != other.get_params():
            raise ValueError(
                f"Histograms with different parameters do not merge: {self} and "
                f"{other}."
            )
        if not hasattr(other, "sizes_"):
            return self  # a part of the data without boxes
        if not hasattr(self, "sizes_"):
            self.n_features_in_ = other.n_features_in_
            if hasattr(other, "feature_names_in_"):
                self.feature_names_in_ = other.feature_names_in_
            self._start(other.n_features_in_)
        elif self.n_features_in_ != other.n_features_in_:
            raise ValueError(
                f"Histograms of boxes with {self.n_features_in_} and "
                f"{other.n_features_in_} sides do not merge."
            )
        self.n_seen_ += other.n_seen_
        sizes = other.sizes_
        if self.cell_width_ < other.cell_width_:
            self.cell_width_ = other.cell_width_
            self.sizes_ = _middles(self.sizes_, self.cell_width_)
        elif self.cell_width_ > other.cell_width_:
            sizes = _middles(sizes, self.cell_width_)
        self._add(sizes, other.counts_)
        return self

    @property
    def error_bound_(self) -> float:
        check_is_fitted(self)
        return float(-np.expm1(-self.n_features_in_ * self.cell_width_ / 2))

    def _start(self, n_sides: int) -> None:
        self.sizes_ = np.empty((0, n_sides))
        self.counts_ = np.empty(0)
        self.cell_width_ = 0.0
        self.n_seen_ = 0

    def _add(self, sizes: np.ndarray, counts: np.ndarray) -> None:
        self.sizes_, self.counts_ = merge_equal(
            np.concatenate([self.sizes_, sizes]),
            np.concatenate([self.counts_, counts]),
        )
        while (
            len(self.sizes_) > self.max_boxes and self.cell_width_ < _HIGHEST - _LOWEST
        ):
            self.cell_width_ = 2 * self.cell_width_ or self.cell_width
            self.sizes_, self.counts_ = merge_equal(
                _middles(self.sizes_, self.cell_width_), self.counts_
            )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags


def _middles(sizes: np.ndarray, width: float) -> np.ndarray:
    """Middles of the cells that the boxes fall into; a side of 0 stays 0.

    Cells of twice the width are pairs of cells, and the middle of a cell lies well
    inside it, so widening in steps gives the same as widening at once.
    """
    with np.errstate(divide="ignore"):
        cells = np.log(sizes.astype(np.float64, copy=False))
    cells -= _LOWEST
    cells /= width
    np.floor(cells, out=cells)
    cells += 0.5
    cells *= width
    cells += _LOWEST
    np.minimum(cells, _HIGHEST, out=cells)
    return np.exp(cells, out=cells)
