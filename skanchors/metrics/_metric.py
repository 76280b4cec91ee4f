"""A metric and its kernels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from skanchors._tables import excerpt

# Rows of X in one block are chosen so that a block of distances has about this many
# entries: temporaries stay in the second-level cache, and memory stays bounded.
BLOCK_ENTRIES = 32_768


def _no_params(X: np.ndarray, weight: np.ndarray) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Metric:
    """One metric between co-centred boxes.

    Attributes
    ----------
    name : str
        Lower case, unique.
    func : callable
        ``func(u, v) -> float`` of two boxes.
    block : callable
        ``block(X, Y) -> ndarray of shape (n_X, n_Y)``, given valid arrays of one
        dtype; called on few rows at a time.
    center : str
        Name of the rule that `skanchors.cluster` uses for ``center="auto"``.
    gradient : callable or None
        ``gradient(x, a) -> (distance, gradient)`` of pairs, sides first: arrays of
        shape (n_sides, ...) that broadcast; `a` has the shape of the result.
        `gradient` is the derivative of the distance by the logarithm of each side of
        `a`.
    blurred : callable or None
        ``blurred(x, a, width) -> (distance, gradient)``, as `gradient`, of boxes whose
        sides are not known better than to this share of them. It has no kinks, which
        searches on boxes that stand for others make use of. All sides are above 0.
    rank : callable or None
        ``rank(x, a)`` of pairs, sides first as above: numbers, 0 or larger, that order
        the anchors `a` of any one box `x` as the distance does (the smaller, the
        nearer) and cost less. Their relative error must be that of a few roundings: it
        is called in single precision, and where two anchors come out alike the
        distances decide. It is called only where sums and products of the sides
        neither overflow nor vanish and all sides of `a` are above 0.
    correction : callable or None
        ``correction(rank) -> distance``, elementwise; it may work in place.
    fit_params : callable
        ``fit_params(X, weight) -> dict`` of further arguments of `block` that depend
        on the data, such as the variances of the standardised Euclidean distance.
    aliases : tuple of str
        Other names.
    is_slow : bool
        Whether each pair costs a call of a Python function.
    """

    name: str
    func: Callable
    block: Callable
    center: str = "descent"
    gradient: Callable | None = None
    blurred: Callable | None = None
    rank: Callable | None = None
    correction: Callable | None = None
    fit_params: Callable = _no_params
    aliases: tuple = ()
    is_slow: bool = False

    def pairwise(
        self,
        X: np.ndarray,
        Y: np.ndarray,
        *,
        out: np.ndarray | None = None,
        **params: Any,
    ) -> np.ndarray:
        """All distances between the valid boxes `X` and `Y`, block by block."""
        shape = (len(X), len(Y))
        if out is None:
            out = np.empty(shape, dtype=np.result_type(X, Y))
        elif out.shape != shape:
            raise ValueError(f"out has shape {out.shape}; {shape} is needed.")
        step = max(1, BLOCK_ENTRIES // max(1, len(Y)))
        for start in range(0, len(X), step):
            out[start : start + step] = self.block(X[start : start + step], Y, **params)
        return out


# How far below 0 rounding may bring the distance of equal boxes.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class CheckedBlock:
    """The block function of a metric that a user brought: what it returns is checked.

    Parameters
    ----------
    name : str
    func : callable
        ``func(u, v) -> float``.
    pairwise : callable or None
        ``pairwise(X, Y)``, all distances at once; None calls `func` for each pair.
    """

    name: str
    func: Callable
    pairwise: Callable | None = None

    def __call__(self, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        X, Y = _read_only(X), _read_only(Y)  # they may be the user's own boxes
        if self.pairwise is None:
            found = [[self.func(u, v) for v in Y] for u in X]
        else:
            found = self.pairwise(X, Y)
        try:
            table = np.asarray(found, dtype=X.dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"The metric {self.name!r} must return numbers, got "
                f"{excerpt(repr(found))}."
            ) from error
        if table.shape != (len(X), len(Y)):
            raise ValueError(
                f"pairwise of the metric {self.name!r} must return an array of shape "
                f"(n_X, n_Y) = {(len(X), len(Y))}, got {table.shape}."
            )
        # Written so that NaN is wrong; and sums of such must not overflow.
        largest = np.sqrt(np.finfo(table.dtype).max)
        right = (table >= -_ROUNDING) & (table <= largest)
        if not right.all():
            i, j = np.argwhere(~right)[0]
            # In the table None is NaN, too.
            returned = np.asarray(found, dtype=object)[i, j]
            raise ValueError(
                f"The metric {self.name!r} returned {returned} for the boxes "
                f"{X[i].tolist()} and {Y[j].tolist()}; a distance must be finite, 0 or "
                f"larger, and below {largest:.0e}."
            )
        return table


def _read_only(boxes: np.ndarray) -> np.ndarray:
    view = boxes.view()
    view.flags.writeable = False
    return view
