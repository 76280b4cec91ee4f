"""The best anchors for detectors of the form of SSD."""

from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from skanchors._compat._sklearn import Interval
from skanchors.cluster._form_estimator import FormAnchors
from skanchors.cluster._layout import Layout
from skanchors.cluster._layouts import ssd_layout
from skanchors.cluster._published import published_ssds


class SSDAnchors(FormAnchors):
    """Anchor boxes of SSD: a size a level, and ratios with their reciprocals.

    A level of SSD with size s, where the next level has size t, holds a square of side
    s, one of side sqrt(s t), and for each of its ratios a box of size s with the ratio
    and one with its reciprocal. This finds the sizes and ratios that serve the boxes
    best.

    Parameters
    ----------
    strides : array-like of shape (n_levels,), default=(8, 16, 32, 64, 100, 300)
        Pixels of the network's input from one cell to the next, for each level.
        Fractions will do.

    n_ratios : int or array-like of shape (n_levels,), default=(1, 2, 2, 2, 1, 1)
        Ratios on each level, reciprocals not counted, 1 or more. A level with n ratios
        has 2 + 2 n anchors.

    ratios : {"shared", "level"}, default="shared"
        Whether all levels use the same list of ratios, each the first ones of it, or
        each has its own.

    objective : {"iou", "grid_iou", "matched"}, default="iou"
        What the anchors are best at.

        - "iou": the mean over boxes of the best IoU with any anchor, with equal
          centres. The strides matter for ``sizes="stride"`` only.
        - "grid_iou": the same where the grid of the detector puts the anchors, with
          the box anywhere, see `skanchors.metrics.grid_iou_score`.
        - "matched": the share of boxes whose best anchor on the grid reaches
          `threshold`, see `skanchors.metrics.matched_score`.

    threshold : float, default=0.5
        The IoU that counts as matched, for ``objective="matched"``.

    n_init : int, default=1
        Number of searches, of which the best is kept. One finds nearly the same
        anchors from any seed.

    max_iter : int, default=300
        The most iterations of the last descent of a search.

    tol : float, default=1e-6
        A descent has converged when five iterations together change the objective by
        no more than this share of it.

    random_state : int, RandomState instance or None, default=None
        Determines the random numbers of the search. An int gives the same anchors
        always on the same kind of processor, whatever the number of threads.

    verbose : int, default=0
        1 prints the result of the fit, 2 each iteration as well.

    Attributes
    ----------
    sizes_ : ndarray of shape (n_levels, 2)
        Size of each level and of the next one, in pixels, ascending; one row a level,
        from the smallest stride. The last row's second size belongs to no level. With
        other than two sides, sizes are geometric means of the sides.

    ratios_ : ndarray of shape (max(n_ratios),) or list of ndarray
        Ratios of at least 1, height / width, each of which stands for its reciprocal
        too. Those that the same levels use ascend. For ``ratios="level"`` one array a
        level. With other than two sides, one more axis holds the ratios of the second
        and further sides to the first.

    anchor_set_ : AnchorSet
        The anchors with their levels, strides, sizes and ratios, to be exported as they
        are. For two sides only.

    cluster_centers_ : ndarray of shape (n_anchors, n_sides)
        The anchors, from the smallest volume to the largest; those of `anchor_set_`.

    objective_value_ : float
        What the anchors reach: mean IoU, grid IoU or the share of matched boxes.

    labels_ : ndarray of shape (n_boxes,), int32
        Index of each box's nearest anchor, with equal centres.

    inertia_ : float
        Weighted sum of the boxes' distances 1 - IoU to their nearest anchor, with equal
        centres.

    mean_iou_ : float
        Weighted mean of the boxes' best IoU with an anchor, with equal centres.

    n_iter_ : int
        Number of iterations of the last descent.

    metric_params_ : dict
        Empty.

    n_features_in_ : int
        Number of sides.

    feature_names_in_ : ndarray of shape (n_sides,)
        Names of the columns, if `X` had names of type string.

    See Also
    --------
    PyramidAnchors : The same for detectors that cross sizes with ratios.
    skanchors.export.format_anchors : Writes `anchor_set_` for a detector.

    Notes
    -----
    SSD's code cuts anchors off that are wider or higher than the input; here they keep
    their sizes, as nothing is known of the input.

    See `PyramidAnchors` for the rest, which is the same.

    References
    ----------
    .. [1] W. Liu et al., "SSD: single shot multibox detector", ECCV 2016,
       https://arxiv.org/abs/1512.02325

    Examples
    --------
    >>> from skanchors import SSDAnchors
    >>> X = [[20, 40], [30, 30], [60, 30], [60, 90], [100, 80], [180, 90], [160, 160]]
    >>> ssd = SSDAnchors(strides=(16,), n_ratios=1, random_state=0)
    >>> ssd.fit(X).anchor_set_.form
    'ssd'
    >>> ssd.sizes_.shape, ssd.ratios_.shape
    ((1, 2), (1,))
    """

    _parameter_constraints = {  # noqa: RUF012 -- scikit-learn's convention
        **FormAnchors._parameter_constraints,
        "n_ratios": [Interval(Integral, 1, None, closed="left"), "array-like"],
    }

    def __init__(
        self,
        strides: ArrayLike = (8, 16, 32, 64, 100, 300),
        *,
        n_ratios: int | ArrayLike = (1, 2, 2, 2, 1, 1),
        ratios: str = "shared",
        objective: str = "iou",
        threshold: float = 0.5,
        n_init: int = 1,
        max_iter: int = 300,
        tol: float = 1e-6,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.strides = strides
        self.n_ratios = n_ratios
        self.ratios = ratios
        self.objective = objective
        self.threshold = threshold
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose

    def _counts(self, n_levels: int) -> tuple[int, ...]:
        """Ratios on each level."""
        if isinstance(self.n_ratios, Integral):
            return (int(self.n_ratios),) * n_levels
        counts = tuple(np.ravel(np.asarray(self.n_ratios, dtype=object)))
        if len(counts) != n_levels or not all(
            isinstance(n, Integral) and int(n) >= 1 for n in counts
        ):
            raise ValueError(
                "n_ratios must be a whole number of at least 1, or one a level "
                f"({n_levels}); got {self.n_ratios!r}. The default is for the six "
                "levels of SSD300."
            )
        return tuple(map(int, counts))

    _form = "ssd"

    def _layout(self, strides: np.ndarray, n_sides: int) -> Layout:
        counts = self._counts(len(strides))
        return ssd_layout(strides, n_sides, counts, shared=self.ratios == "shared")

    def _published(self, layout: Layout, unit: float) -> np.ndarray:
        counts = self._counts(len(layout.strides))
        thetas = []
        for sizes, ratios in published_ssds(layout.strides * unit, counts):
            used = [max(ratios, key=len)] if self.ratios == "shared" else ratios
            thetas.append(np.log(np.concatenate([sizes / unit, *used])))
        if layout.n_sides != 2:
            thetas = []
        return np.array(thetas).reshape(-1, layout.matrix.shape[1])

    def _set_numbers(self, layout: Layout, theta: np.ndarray, unit: float) -> list:
        sizes, ratios = (np.exp(part[0]) for part in layout.split(theta[None]))
        self.sizes_ = np.stack([sizes[:-1], sizes[1:]], axis=1) * unit
        if layout.n_sides == 2:
            ratios = ratios[:, 0]
        counts = self._counts(len(layout.strides))
        if self.ratios == "shared":
            self.ratios_ = ratios
            rows = [ratios[:n] for n in counts]
        else:
            rows = self.ratios_ = np.split(ratios, np.cumsum(counts)[:-1])
        return [row.tolist() for row in rows]
