"""The table of metrics: those of this package, the user's, and scipy's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_pair
from skanchors._checks import check_names
from skanchors._compat import _scipy
from skanchors._near import did_you_mean
from skanchors.metrics._ciou import CIOU
from skanchors.metrics._fitness import FITNESS
from skanchors.metrics._giou import GIOU
from skanchors.metrics._iou import IOU
from skanchors.metrics._metric import CheckedBlock, Metric
from skanchors.metrics._ratio import RATIO

_METRICS: dict[str, Metric] = {}


def _add_metric(metric: Metric) -> None:
    """Enter a metric into the table and into scipy's under all its names."""
    names = (metric.name, *metric.aliases)
    for name in names:
        if name in _METRICS:
            raise ValueError(
                f"A metric named {name!r} is registered already; choose another name "
                f"or call unregister_metric({name!r}) first."
            )
        if name in _scipy.full_names():
            raise ValueError(
                f"{name!r} is a metric of scipy.spatial.distance, which must keep its "
                "meaning; choose another name."
            )
    _scipy.plug(metric)
    _METRICS.update(dict.fromkeys(names, metric))


for _metric in (IOU, GIOU, CIOU, RATIO, FITNESS):
    _add_metric(_metric)
_BUILT_IN = frozenset(_METRICS)


def register_metric(
    name: str,
    func: Callable,
    *,
    pairwise: Callable | None = None,
    center: str | None = None,
    aliases: str | Sequence[str] = (),
    gradient: Callable | None = None,
    rank: Callable | None = None,
    correction: Callable | None = None,
) -> None:
    """Make a metric known to `IoUKMeans` and to `scipy.spatial.distance`.

    Afterwards ``IoUKMeans(metric=name)``, ``pairwise_box_distances(X, Y, name)``,
    ``scipy.spatial.distance.cdist(X, Y, name)`` and ``pdist(X, name)`` all use it.

    Parameters
    ----------
    name : str
        A new name; scipy compares names in lower case, so it must be lower case.
        It is then found in any case.
    func : callable
        ``func(u, v) -> float``, the distance of two boxes, each an ndarray of shape
        (n_sides,). Symmetric, 0 for equal boxes, never negative, always finite.
    pairwise : callable, default=None
        ``pairwise(X, Y) -> ndarray of shape (n_X, n_Y)``, all distances at once. It
        is called on blocks of rows. By default `func` is called for every pair, which
        is slow.
    center : str, default=None
        What ``IoUKMeans(center="auto")`` uses as the centre of a cluster. Choose the
        rule that minimises the summed distance, or ``"search"``, which minimises any
        metric numerically. See `IoUKMeans` for the names. None is ``"descent"`` with a
        `gradient` and ``"median"`` without.
    aliases : sequence of str, default=()
        Further names.
    gradient : callable, default=None
        ``gradient(x, a) -> (distance, gradient)`` of pairs of boxes, sides first:
        arrays of shape (n_sides, ...) that broadcast, where `a` has the shape of the
        result, in single or double precision. `distance` has the shape ``a.shape[1:]``;
        `gradient`, that of `a`, is the derivative of the distance by the logarithm of
        each side of `a`. With it, ``center="descent"`` and the search that "iou" has
        are open to the metric.
    rank : callable, default=None
        ``rank(x, a) -> ndarray`` of pairs, sides first as above: numbers, 0 or larger,
        that cost less than the distance and order the anchors of any one box as the
        distance does; **the smaller, the nearer**. As the squared distance for the
        Euclidean one, which scikit-learn calls `rdist`. It is called in single
        precision, so its relative error must be that of a few roundings, as that of
        sums, products and quotients of sides is and that of their differences is not;
        where two anchors come out within 1e-5 of each other, the distances decide. It
        is called only where sums and products of all sides neither overflow nor
        vanish, with all sides of `a` above 0.
    correction : callable, default=None
        ``correction(rank) -> distance``, elementwise. None computes the distances of
        the nearest anchors by `pairwise`.

    Raises
    ------
    TypeError
        If a function cannot be called, or a name is not a string.
    ValueError
        If a name is taken, here or by scipy, or is not lower case, or there is a
        `correction` without a `rank`. Later, wherever the metric is used: if it returns
        something else than finite numbers.

    See Also
    --------
    unregister_metric : Undo it.
    metric_names : All names that can be used.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.spatial.distance import cdist
    >>> from skanchors.metrics import register_metric, unregister_metric
    >>> def log_distance(u, v):
    ...     return np.abs(np.log(u) - np.log(v)).max()
    >>> register_metric("log_chebyshev", log_distance, center="search")
    >>> cdist([[1.0, 2.0]], [[2.0, 2.0], [1.0, 1.0]], "log_chebyshev").round(3)
    array([[0.693, 0.693]])
    >>> unregister_metric("log_chebyshev")

    The same with what makes it fast. The largest ratio of sides orders as its
    logarithm does, and only the side that it comes from moves the distance.

    >>> def largest_ratio(x, a):
    ...     return np.maximum(x / a, a / x).max(axis=0)
    >>> def gradient(x, a):
    ...     x = np.broadcast_to(x, a.shape)
    ...     logs = np.log(a / x)
    ...     worst = np.abs(logs).argmax(axis=0, keepdims=True)
    ...     by_side = np.zeros_like(a)
    ...     signs = np.sign(np.take_along_axis(logs, worst, axis=0))
    ...     np.put_along_axis(by_side, worst, signs, axis=0)
    ...     return np.abs(logs).max(axis=0), by_side
    >>> register_metric("log_chebyshev", log_distance, gradient=gradient,
    ...                 rank=largest_ratio, correction=np.log)
    >>> unregister_metric("log_chebyshev")
    """
    if not callable(func):
        raise TypeError(f"func must be callable as func(u, v), got {func!r}.")
    optional = {
        "pairwise": pairwise,
        "gradient": gradient,
        "rank": rank,
        "correction": correction,
    }
    for argument, function in optional.items():
        if function is not None and not callable(function):
            raise TypeError(f"{argument} must be callable or None, got {function!r}.")
    if correction is not None and rank is None:
        raise ValueError("correction turns ranks into distances: it needs rank=.")
    others = dict.fromkeys(check_names(aliases, name="aliases"))
    aliases = tuple(each for each in others if each != name)
    for each in (name, *aliases):
        if not isinstance(each, str):
            raise TypeError(f"The name of a metric must be a string, got {each!r}.")
        if not each or each != each.lower() or each.startswith("test_"):
            raise ValueError(
                f"{each!r} cannot name a metric: scipy compares names in lower case "
                "and keeps the prefix 'test_' for its slow twins."
            )
    if center is None:
        center = "median" if gradient is None else "descent"
    if not isinstance(center, str):
        raise TypeError(f"center must be the name of a rule, got {center!r}.")
    _add_metric(
        Metric(
            name=name,
            func=func,
            block=CheckedBlock(name, func, pairwise),
            center=center,
            gradient=gradient,
            rank=rank,
            correction=correction,
            aliases=aliases,
            is_slow=pairwise is None,
        )
    )


def unregister_metric(name: str) -> None:
    """Forget a metric that was registered, with all its names.

    Parameters
    ----------
    name : str
        The name or one of the aliases of a registered metric.

    Raises
    ------
    ValueError
        If no metric of this name was registered, or it is one of skanchors' own.

    Examples
    --------
    >>> from skanchors.metrics import unregister_metric
    >>> unregister_metric("no_such_metric")
    Traceback (most recent call last):
        ...
    ValueError: No metric named 'no_such_metric' is registered.
    """
    metric = _METRICS.get(name)
    if metric is None:
        raise ValueError(f"No metric named {name!r} is registered.")
    if name in _BUILT_IN:
        raise ValueError(f"{name!r} is a metric of skanchors itself and stays.")
    for each in (metric.name, *metric.aliases):
        del _METRICS[each]
    _scipy.unplug(metric)


def metric_names() -> list[str]:
    """Names of all metrics that `IoUKMeans` accepts.

    Returns
    -------
    list of str
        The registered metrics, then those of `scipy.spatial.distance`, each part in
        alphabetical order. Aliases work too but are not listed.

    Examples
    --------
    >>> from skanchors.metrics import metric_names
    >>> metric_names()[:5]
    ['ciou', 'fitness', 'giou', 'iou', 'ratio']
    >>> "cityblock" in metric_names()
    True
    """
    own = {metric.name for metric in _METRICS.values()}
    return sorted(own) + sorted(set(_scipy.full_names().values()))


def get_metric(metric: str | Callable) -> Metric:
    """Look a metric up by its name, or wrap a scalar callable.

    Raises
    ------
    ValueError
        If there is no metric of this name.
    """
    if callable(metric):
        name = getattr(metric, "__name__", type(metric).__name__)
        return Metric(
            name=name,
            func=metric,
            block=CheckedBlock(name, metric),
            center="search",
            is_slow=True,
        )
    name = metric.lower() if isinstance(metric, str) else None
    if name in _METRICS:
        return _METRICS[name]
    if name in _scipy.full_names():
        return _scipy_metric(_scipy.full_names()[name])
    known = metric_names()
    raise ValueError(
        f"Unknown metric {metric!r}.{did_you_mean(metric, known)} Choose one of "
        f"{', '.join(known)}, or register your own with "
        "skanchors.metrics.register_metric."
    )


def _scipy_metric(name: str) -> Metric:
    """Wrap one of scipy's metrics, with the centre rule known to minimise it."""
    return Metric(
        name=name,
        func=_scipy.function(name),
        block=_scipy.block(name),
        center=_SCIPY_CENTERS.get(name, "search"),
        fit_params=_FIT_PARAMS.get(name, Metric.fit_params),
    )


# Where a closed form minimises the summed distance; all others are minimised
# numerically.
_SCIPY_CENTERS = {
    "sqeuclidean": "mean",
    "cityblock": "median",
    "cosine": "normalized_mean",
    "euclidean": "geometric_median",
}


def _variances(X: np.ndarray, weight: np.ndarray) -> dict[str, Any]:
    """Weighted variance of each side, 1 for a side that does not vary."""
    center = np.average(X, axis=0, weights=weight)
    with np.errstate(over="ignore"):
        V = np.average((X - center) ** 2, axis=0, weights=weight)
    return {"V": np.where(V > 0, V, 1.0)}


def _inverse_covariance(X: np.ndarray, weight: np.ndarray) -> dict[str, Any]:
    """Pseudo-inverse of the weighted covariance of the sides."""
    centered = X - np.average(X, axis=0, weights=weight)
    covariance = (centered * weight[:, None]).T @ centered / weight.sum()
    return {"VI": np.linalg.pinv(covariance, hermitian=True)}


_FIT_PARAMS = {"seuclidean": _variances, "mahalanobis": _inverse_covariance}


def pairwise_box_distances(
    X: ArrayLike, Y: ArrayLike | None = None, metric: str | Callable = "iou"
) -> np.ndarray:
    """Distances between all pairs of co-centred boxes.

    Parameters
    ----------
    X : array-like of shape (n_X, n_sides)
        Sizes of boxes, 0 or larger.
    Y : array-like of shape (n_Y, n_sides), default=None
        Sizes of other boxes, such as anchors. None compares `X` with itself.
    metric : str or callable, default="iou"
        A name out of `metric_names`, or a function of two boxes.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        The distances; float32 if both inputs are.

    Raises
    ------
    ValueError
        If a size is negative or not finite, the numbers of sides differ, or there is
        no metric of this name.

    Notes
    -----
    ``"seuclidean"`` and ``"mahalanobis"`` take the variances from `X` alone.

    Examples
    --------
    >>> from skanchors.metrics import pairwise_box_distances
    >>> pairwise_box_distances([[2, 2]], [[2, 2], [1, 1], [4, 1]], metric="iou")
    array([[0.        , 0.75      , 0.66666667]])
    >>> pairwise_box_distances([[2, 2]], [[2, 2], [1, 1], [4, 1]], metric="cityblock")
    array([[0., 2., 3.]])
    """
    found = get_metric(metric)
    boxes, others = check_pair(X, Y)
    params = found.fit_params(boxes, np.ones(len(boxes)))
    return found.pairwise(boxes, others, **params)
