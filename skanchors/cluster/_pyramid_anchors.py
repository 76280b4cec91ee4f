"""The best anchors for detectors that cross sizes with ratios, level by level."""

from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from skanchors._compat._sklearn import Interval, StrOptions
from skanchors.cluster._form_estimator import FormAnchors
from skanchors.cluster._layout import Layout
from skanchors.cluster._layouts import cross_layout, octave_steps
from skanchors.cluster._published import published_crosses


class PyramidAnchors(FormAnchors):
    """Anchor boxes that are sizes crossed with aspect ratios on each level.

    Faster R-CNN, RetinaNet, EfficientDet and their like cannot hold free anchors: each
    level of the feature pyramid crosses its sizes with aspect ratios. This finds the
    sizes and ratios that serve the boxes best.

    Parameters
    ----------
    strides : array-like of shape (n_levels,), default=(4, 8, 16, 32, 64)
        Pixels of the network's input from one cell to the next, for each level of the
        feature pyramid. Fractions will do.

    n_sizes : int, default=1
        Sizes on each level. The size of an anchor is the square root of its area.

    n_ratios : int, default=3
        Aspect ratios on each level.

    sizes : {"free", "stride", "octave"}, default="free"
        Whether each level has sizes of its own; or all have the same scales, which the
        stride of the level multiplies; or these scales besides divide an octave evenly,
        so that one of them decides the others, which is all that TensorFlow holds.

    ratios : {"shared", "level"}, default="shared"
        Whether all levels have the same ratios, or each its own.

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
    sizes_ : ndarray of shape (n_levels, n_sizes)
        Sizes in pixels, ascending; one row a level, from the smallest stride. With
        other than two sides, the geometric mean of the sides.

    scales_ : ndarray of shape (n_sizes,)
        Sizes in strides, ascending. For ``sizes="stride"`` and ``"octave"`` only.

    ratios_ : ndarray of shape (n_ratios,) or (n_levels, n_ratios)
        Heights divided by widths, ascending; one row a level for ``ratios="level"``.
        With other than two sides, one more axis holds the ratios of the second and
        further sides to the first.

    anchor_set_ : AnchorSet
        The anchors with their levels, strides, sizes and ratios, to be exported as they
        are. For two sides only.

    cluster_centers_ : ndarray of shape (n_levels * n_sizes * n_ratios, n_sides)
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
    SSDAnchors : The same for SSD.
    IoUKMeans : Free anchors, which the YOLO family can hold.
    skanchors.export.format_anchors : Writes `anchor_set_` for a detector.

    Notes
    -----
    In log size, the anchors are linear in the logarithms of sizes and ratios. So the
    gradient of the objective by the sides of all anchors is one by sizes and ratios,
    and these descend together. The sizes and ratios that detectors of the same form are
    published with are among the starts, or among the candidates at the end: on its own
    objective no fit is worse than they are.

    `score` is the mean IoU with equal centres, whatever the objective.

    Equal boxes are merged first. Therefore `sample_weight` does the same as repeating
    rows, and the anchors do not depend on the order of the rows, to the last bit.

    References
    ----------
    .. [1] T.-Y. Lin et al., "Focal loss for dense object detection", ICCV 2017,
       https://arxiv.org/abs/1708.02002

    Examples
    --------
    >>> from skanchors import PyramidAnchors
    >>> X = [[20, 40], [30, 30], [60, 30], [60, 90], [100, 80], [180, 90]]
    >>> pyramid = PyramidAnchors(strides=(8, 16), n_ratios=2, random_state=0).fit(X)
    >>> pyramid.sizes_.round()
    array([[28.],
           [85.]])
    >>> pyramid.ratios_.round(2)
    array([0.89, 2.  ])
    >>> round(pyramid.score(X), 3)
    0.738
    """

    _parameter_constraints = {  # noqa: RUF012 -- scikit-learn's convention
        **FormAnchors._parameter_constraints,
        "n_sizes": [Interval(Integral, 1, None, closed="left")],
        "n_ratios": [Interval(Integral, 1, None, closed="left")],
        "sizes": [StrOptions({"free", "stride", "octave"})],
    }

    def __init__(
        self,
        strides: ArrayLike = (4, 8, 16, 32, 64),
        *,
        n_sizes: int = 1,
        n_ratios: int = 3,
        sizes: str = "free",
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
        self.n_sizes = n_sizes
        self.n_ratios = n_ratios
        self.sizes = sizes
        self.ratios = ratios
        self.objective = objective
        self.threshold = threshold
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose

    _form = "cross"

    def _layout(self, strides: np.ndarray, n_sides: int) -> Layout:
        return cross_layout(
            strides,
            n_sides,
            n_sizes=self.n_sizes,
            n_ratios=self.n_ratios,
            scaled=self.sizes != "free",
            octaves=self.sizes == "octave",
            shared=self.ratios == "shared",
            levels_matter=self.objective != "iou",
        )

    def _published(self, layout: Layout, unit: float) -> np.ndarray:
        thetas = []
        found = published_crosses(layout.strides * unit, self.n_sizes, self.n_ratios)
        for sizes, ratios in found if layout.n_sides == 2 else []:
            if layout.scaled:
                scales = sizes / unit / layout.strides[:, None]
                if not np.allclose(scales, scales[0]):
                    continue
                sizes = scales[:1]
                if self.sizes == "octave":
                    if not np.allclose(scales[0], scales[0, 0] * self._steps()):
                        continue
                    sizes = scales[:1, :1]
            else:
                sizes = sizes / unit
            if self.ratios == "shared":
                ratios = ratios[:1]
            thetas.append(np.log(np.concatenate([sizes, ratios], axis=None)))
        return np.array(thetas).reshape(-1, layout.matrix.shape[1])

    def _steps(self) -> np.ndarray:
        return octave_steps(self.n_sizes)

    def _set_numbers(self, layout: Layout, theta: np.ndarray, unit: float) -> list:
        sizes, ratios = (np.exp(part[0]) for part in layout.split(theta[None]))
        n_levels = len(layout.strides)
        if layout.scaled:
            if self.sizes == "octave":
                sizes = sizes[0] * self._steps()
            self.scales_ = sizes
            sizes = np.multiply.outer(layout.strides, sizes)
        elif hasattr(self, "scales_"):
            del self.scales_
        self.sizes_ = sizes.reshape(n_levels, self.n_sizes) * unit
        shape = [self.n_ratios, *[layout.n_sides - 1] * (layout.n_sides != 2)]
        if self.ratios == "level":
            shape = [n_levels, *shape]
        self.ratios_ = ratios.reshape(shape)
        return self.ratios_.tolist()
