"""Centre rules: where the anchor of one cluster goes.

Each rule is a function of the boxes of one cluster, shape (n_boxes, n_sides), their
weights, the current centre and the problem; it returns the new centre, shape
(n_sides,). `CENTERS` is the one table of them.
"""

from typing import Any

import numpy as np

from skanchors.cluster import _tuning as tuning


def _mean(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    return _average(boxes, weight)


def _average(rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """As np.average, which takes three times as long for the boxes of one cluster."""
    return (rows * weight[:, None]).sum(axis=0) / weight.sum()


def _median(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    """The middle of each side; the mean of the two middle ones where the weight ties.

    A box of weight 3 counts as three boxes, so this is the plain median of them.
    """
    order = np.argsort(boxes, axis=0, kind="stable")
    sides = np.take_along_axis(boxes, order, axis=0)
    cumulated = np.cumsum(weight[order], axis=0)
    half = cumulated[-1] / 2
    columns = np.arange(boxes.shape[1])
    # Sums of weights that are not whole numbers round, and so does their half.
    slack = 1e-12 * cumulated[-1]
    lower = (cumulated < half - slack).sum(axis=0)
    upper = np.minimum((cumulated <= half + slack).sum(axis=0), len(boxes) - 1)
    return sides[lower, columns] / 2 + sides[upper, columns] / 2


def _geometric_mean(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    with np.errstate(divide="ignore"):
        logs = np.log(boxes)
    return np.exp(_average(logs, weight))


def _normalized_mean(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    """Mean of the directions, at the mean length: what the cosine distance asks for."""
    scale = boxes.max()
    if not scale > 0:
        return boxes[0]
    # So that squares neither overflow nor vanish.
    boxes = boxes / scale
    lengths = np.linalg.norm(boxes, axis=1)
    directions = boxes / np.where(lengths > 0, lengths, 1)[:, None]
    direction = _average(directions, weight)
    length = np.average(lengths, weights=weight)
    # The scale comes last: a length can be larger than any side.
    return direction * (length / np.linalg.norm(direction)) * scale


def _geometric_median(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    """Point of least summed Euclidean distance, by Weiszfeld's iteration.

    Started from the mean, or from the current centre if that is better, it only goes
    down; where it meets a box, that box is a minimum or the iteration steps past it
    (Vardi and Zhang, "The multivariate L1-median and associated data depth", PNAS 97,
    2000).
    """
    scale = boxes.max()
    if not scale > 0:
        return boxes[0]
    # Inside the range of the boxes the centre is nearer to all of them.
    current = np.clip(current, boxes.min(axis=0), boxes.max(axis=0))
    boxes = boxes / scale
    center = _better(boxes, weight, current / scale, _mean(boxes, weight, None, None))
    for _ in range(200):
        offset = boxes - center
        distance = np.linalg.norm(offset, axis=1)
        apart = distance > 1e-15
        if not apart.any():
            break
        pull = np.zeros_like(weight)
        np.divide(weight, distance, out=pull, where=apart)
        step = pull @ offset
        held = weight[~apart].sum()
        strength = np.linalg.norm(step)
        if strength <= held:
            break
        moved = center + step / pull.sum() * (1 - held / strength)
        if np.abs(moved - center).max() <= 1e-12:
            break
        center = moved
    return center * scale


def _better(
    boxes: np.ndarray, weight: np.ndarray, one: np.ndarray, other: np.ndarray
) -> np.ndarray:
    def cost(center: np.ndarray) -> float:
        return np.sum(weight * np.linalg.norm(boxes - center, axis=1))

    return one if cost(one) < cost(other) else other


def _medoid(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    """The box of the cluster with the least summed distance to the others.

    In a large cluster only the boxes nearest to the medians of its sides are tried,
    as the cost of trying all grows with the square of their number.
    """
    candidates = boxes
    if len(boxes) > tuning.MEDOID_BOXES:
        median = _median(boxes, weight, None, None)[None]
        nearest = problem.distances(median, boxes)[0]
        candidates = boxes[
            np.argsort(nearest, kind="stable")[: tuning.MEDOID_CANDIDATES]
        ]
    costs = np.empty(len(candidates))
    step = max(1, 4_000_000 // len(boxes))
    for start in range(0, len(candidates), step):
        rows = slice(start, start + step)
        distances = problem.distances(candidates[rows], boxes)
        costs[rows] = np.sum(distances * weight, axis=1)
    return candidates[costs.argmin()]


def _search(
    boxes: np.ndarray, weight: np.ndarray, current: Any, problem: Any
) -> np.ndarray:
    """Least summed distance under any metric, by a pattern search in log size.

    Starts from the best of the current centre, the mean and the median, and tries
    larger and smaller sides, alone and together, in ever finer steps. It never goes
    up, which is all that the clustering needs of it.
    """

    def costs(centers: np.ndarray) -> np.ndarray:
        return np.sum(problem.distances(centers, boxes) * weight, axis=1)

    starts = np.array(
        [
            current,
            _mean(boxes, weight, None, None),
            _median(boxes, weight, None, None),
        ]
    )
    start_costs = costs(starts)
    best = start_costs.argmin()
    center, cost = starts[best], start_costs[best]
    moves = _directions(boxes.shape[1])
    step = 0.2
    largest = boxes.max(axis=0)
    while step > 1e-4:
        with np.errstate(over="ignore"):
            trials = np.minimum(center * np.exp(step * moves), largest)
        trial_costs = costs(trials)
        best = trial_costs.argmin()
        if trial_costs[best] < cost:
            center, cost = trials[best], trial_costs[best]
        else:
            step /= 2
    return center


def _directions(n_sides: int) -> np.ndarray:
    """Each side alone, all together, and each pair of sides against each other."""
    single = np.eye(n_sides)
    pairs = [
        single[i] + sign * single[j]
        for i in range(n_sides)
        for j in range(i)
        for sign in (1, -1)
        if n_sides <= 3
    ]
    rows = np.array([*single, np.ones(n_sides), *pairs])
    return np.concatenate([rows, -rows])


CENTERS = {
    "mean": _mean,
    "median": _median,
    "geometric_mean": _geometric_mean,
    "normalized_mean": _normalized_mean,
    "geometric_median": _geometric_median,
    "medoid": _medoid,
    "search": _search,
}
