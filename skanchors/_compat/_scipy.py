"""The plug into scipy.spatial.distance.

scipy has no public way to add a metric by name, and its tables are private.
tests/metrics/test_scipy.py guards what is taken for granted about them and says with
which versions of scipy that was seen to hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import distance

from skanchors._boxes import check_boxes, check_pair

# Squares of larger sizes, and sums of them, are not finite.
_LARGEST = 1e150


def full_names() -> dict[str, str]:
    """The full name by every name and alias of scipy's own metrics."""
    return {
        name: info.canonical_name
        for name, info in distance._METRIC_ALIAS.items()
        if not isinstance(info.cdist_func, _Cdist)
    }


def function(name: str) -> Callable[..., Any]:
    """The scalar function of one of scipy's own metrics."""
    return distance._METRICS[name].dist_func


def block(name: str) -> Callable[..., np.ndarray]:
    """``block(X, Y, **params)`` of one of scipy's own metrics, all of it finite.

    Some of them divide by 0, as the cosine of a box with no size at all. Such a
    pair counts as 0 apart if the boxes are equal, and as 1 apart if they are not.
    What overflows is an error: the sizes compared would have no effect.
    """

    def cdist(X: np.ndarray, Y: np.ndarray, **params: Any) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            D = distance.cdist(X, Y, name, **params)
        if np.isfinite(D).all():
            return D
        i, j = np.nonzero(~np.isfinite(D))
        largest = max(float(X.max()), float(Y.max()))
        if largest > _LARGEST:
            raise ValueError(
                f"The {name} distance of boxes as large as {largest:.3g} overflows: "
                "divide the sizes by the largest."
            )
        D[i, j] = (X[i] != Y[j]).any(axis=1)
        return D

    return cdist


def plug(metric: Any) -> None:
    """Enter a metric of this package, and its slow twin, into scipy's tables."""
    info = distance.MetricInfo(
        canonical_name=metric.name,
        aka={metric.name, *metric.aliases},
        dist_func=metric.func,
        cdist_func=_Cdist(metric),
        pdist_func=_Pdist(metric),
    )
    distance._METRICS[metric.name] = info
    distance._METRIC_ALIAS.update(dict.fromkeys(info.aka, info))
    distance._TEST_METRICS[f"test_{metric.name}"] = info


def unplug(metric: Any) -> None:
    """Undo `plug`."""
    del distance._METRICS[metric.name]
    for name in (metric.name, *metric.aliases):
        del distance._METRIC_ALIAS[name]
    del distance._TEST_METRICS[f"test_{metric.name}"]


@dataclass(frozen=True)
class _Cdist:
    """What scipy's ``cdist`` calls: raw arrays and ``out`` come in as the user gave."""

    metric: Any

    def __call__(
        self, XA: np.ndarray, XB: np.ndarray, *, out: Any = None
    ) -> np.ndarray:
        XA, XB = check_pair(XA, XB, names=("XA", "XB"))
        return self.metric.pairwise(XA, XB, out=out)


@dataclass(frozen=True)
class _Pdist:
    """What scipy's ``pdist`` calls."""

    metric: Any

    def __call__(self, X: np.ndarray, *, out: Any = None) -> np.ndarray:
        X = check_boxes(X)
        n = len(X)
        n_pairs = n * (n - 1) // 2
        if out is None:
            out = np.empty(n_pairs, dtype=X.dtype)
        elif out.shape != (n_pairs,):
            raise ValueError(f"out has shape {out.shape}; {(n_pairs,)} is needed.")
        start = 0
        for i in range(n - 1):
            stop = start + n - 1 - i
            self.metric.pairwise(X[i : i + 1], X[i + 1 :], out=out[None, start:stop])
            start = stop
        return out
