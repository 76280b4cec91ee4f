"""The best anchors that there are, by brute force."""

import itertools

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.metrics import iou_distances


def best_single_cost(boxes_, weight):
    """Least summed 1 - IoU of one anchor: a grid in log size that closes in."""
    low, high = np.log(boxes_.min(axis=0)), np.log(boxes_.max(axis=0))
    for _ in range(12):
        axes = [np.linspace(a, b, 15) for a, b in zip(low, high, strict=True)]
        grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, boxes_.shape[1])
        costs = iou_distances(np.exp(grid), boxes_) @ weight
        best = grid[costs.argmin()]
        width = (high - low) / 6
        low, high = best - width, best + width
    return costs.min()


def best_cost(boxes_, weight, n_clusters):
    """Over all partitions into at most so many groups."""
    n = len(boxes_)
    single = {
        rows: best_single_cost(boxes_[list(rows)], weight[list(rows)])
        for size in range(1, n + 1)
        for rows in itertools.combinations(range(n), size)
    }

    def least(rows, k):
        if k == 1 or len(rows) == 1:
            return single[rows]
        first, *others = rows
        options = [single[rows]]
        for size in range(len(others)):
            for extra in itertools.combinations(others, size):
                group = (first, *extra)
                rest = tuple(row for row in rows if row not in group)
                options.append(single[group] + least(rest, k - 1))
        return min(options)

    return least(tuple(range(n)), n_clusters)


@pytest.mark.parametrize("n_clusters", [1, 2, 3])
@pytest.mark.parametrize("n_sides", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_the_optimum_is_reached(n_clusters, n_sides, seed):
    rng = np.random.default_rng(seed)
    X = rng.lognormal(size=(6, n_sides))
    weight = rng.random(6) + 0.2
    km = IoUKMeans(n_clusters, random_state=0).fit(X, sample_weight=weight)
    assert km.inertia_ <= best_cost(X, weight, n_clusters) + 1e-4


def test_well_separated_groups_are_found_whatever_the_metric():
    centers = np.array([[10, 10], [100, 50], [400, 900]])
    X = (
        np.repeat(centers, 40, axis=0)
        * np.random.default_rng(0).lognormal(size=(120, 2)) ** 0.05
    )
    for metric in ("iou", "giou", "ciou", "ratio", "euclidean", "cityblock"):
        km = IoUKMeans(3, metric=metric, random_state=0).fit(X)
        np.testing.assert_array_equal(km.labels_, np.repeat([0, 1, 2], 40))
        np.testing.assert_allclose(km.cluster_centers_, centers, rtol=0.15)
