"""What the parameters of IoUKMeans ask of the solver."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_boxes
from skanchors._warnings import warn
from skanchors.cluster._centers import CENTERS


def resolve_center(metric: Any, center: str) -> str:
    """Name of the centre rule; "auto" is the metric's own."""
    if center == "auto":
        center = metric.center
    if center == "descent" and metric.gradient is None:
        raise ValueError(
            f"center='descent' needs a metric with a gradient, which "
            f"{metric.name!r} does not have; use center='search'."
        )
    if center != "descent" and center not in CENTERS:
        raise ValueError(
            f"The metric {metric.name!r} was registered with the unknown centre "
            f"rule {center!r}. Choose one of {', '.join(sorted(CENTERS))}."
        )
    return center


def count_runs(init: Any, n_init: int | str) -> int:
    """How many runs `init` and `n_init` ask for; a search is one."""
    if not isinstance(init, str) and not callable(init):
        return 1
    if n_init == "auto":
        return 1 if isinstance(init, str) and init == "k-means++" else 10
    return int(n_init)


def choose_starts(
    solver: Any,
    unit: float,
    rng: np.random.RandomState,
    *,
    init: Any,
    n_init: int | str,
) -> list[np.ndarray] | None:
    """Anchors to start each run from, in the solver's unit; None for the search."""
    runs = range(count_runs(init, n_init))
    if isinstance(init, str):
        if n_init == "auto" and init == "k-means++":
            return None
        return [solver.seeds(init, rng) for _ in runs]
    shape = (solver.n_clusters, solver.problem.boxes.shape[1])
    if callable(init):
        boxes = solver.problem.boxes * unit
        drawn = [init(boxes, solver.n_clusters, random_state=rng) for _ in runs]
        return [_check_init(anchors, shape, "init(...)") / unit for anchors in drawn]
    if n_init not in ("auto", 1):
        warn(
            "Explicit initial center position passed: performing only one init "
            f"instead of n_init={n_init}.",
            RuntimeWarning,
        )
    return [_check_init(init, shape, "init") / unit]


def check_fixed(
    fixed: ArrayLike | None, X: np.ndarray, n_clusters: int, unit: float = 1.0
) -> np.ndarray:
    """The fixed anchors as they will be stored, in a unit of sides.

    Parameters
    ----------
    fixed : array-like of shape (n_fixed, n_sides) or None
    X : ndarray of shape (n_boxes, n_sides)
    n_clusters : int
    unit : float, default=1.0

    Returns
    -------
    ndarray of shape (n_fixed, n_sides), float64
        Maybe no rows.
    """
    if fixed is None:
        return np.empty((0, X.shape[1]))
    fixed = check_boxes(fixed, name="fixed")
    if fixed.shape[1] != X.shape[1]:
        raise ValueError(
            f"fixed has {fixed.shape[1]} sides an anchor but X has {X.shape[1]}."
        )
    if len(fixed) > n_clusters:
        raise ValueError(
            f"fixed has {len(fixed)} anchors, more than n_clusters={n_clusters}, among "
            "which they count."
        )
    with np.errstate(over="ignore"):
        fixed = fixed.astype(X.dtype).astype(np.float64) / unit
    if not np.isfinite(fixed).all():
        raise ValueError(
            "fixed has anchors too large for boxes as small as those of X; give "
            "both in the same unit."
        )
    return fixed


def _check_init(init: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    init = check_boxes(init, name=name).astype(np.float64)
    for of, given, needed in zip(
        ("clusters", "features of the data"), init.shape, shape, strict=True
    ):
        if given != needed:
            raise ValueError(
                f"The shape of the initial centers {name}, {init.shape}, does not "
                f"match the number of {of} {needed}: {shape} is needed."
            )
    return init


def middling_unit(boxes: np.ndarray) -> float:
    """A power of two between the smallest and the largest side."""
    if not boxes.any():
        return 1.0
    # Exponents are whole: the unit of twice the boxes is twice the unit.
    smallest = int(np.frexp(np.min(boxes, where=boxes > 0, initial=np.inf))[1])
    largest = int(np.frexp(boxes.max())[1])
    if largest - smallest > 1900:
        return 1.0  # next to no unit holds both, and dividing could lose one
    # Exponents of the powers of two that divide exactly: subnormal ones may overflow.
    return float(np.ldexp(1.0, int(np.clip((smallest + largest) // 2, -1022, 1023))))


def repeat_boxes(boxes: np.ndarray, weight: np.ndarray, n_clusters: int) -> np.ndarray:
    """All boxes, and the most frequent ones again until there are enough."""
    order = np.argsort(-weight, kind="stable")
    return boxes[np.resize(order, n_clusters)]
