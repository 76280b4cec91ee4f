"""A start near the best possible, found on compressed boxes."""

import numpy as np
from threadpoolctl import ThreadpoolController

from skanchors.cluster._compress import grid_representatives, variance_cut
from skanchors.cluster._descent import descend
from skanchors.cluster._population import recombine
from skanchors.cluster._swap import SwapSearch, evolve

# Boxes at each stage. Swaps cost the square of their number, descents are linear.
SWAP_BOXES = 300
POPULATION_BOXES = 800
FINE_BOXES = 4000
# A metric given as a Python function of two boxes is too slow for more.
SLOW_SWAP_BOXES = 100

_STARTS = 8
_FINALISTS = 2


def fine_problem(problem):
    """The boxes merged on a fine grid, or the problem itself if it is small."""
    if len(problem) <= FINE_BOXES:
        return problem
    return problem.on(*grid_representatives(problem.boxes, problem.weight, FINE_BOXES))


def search(problem, n_clusters, rng, *, use_gradient):
    """Look for the best anchors among compressed boxes.

    Parameters
    ----------
    problem : Problem
        Of at most a few thousand boxes, see `fine_problem`.
    n_clusters : int
        Fewer than there are boxes.
    rng : RandomState
    use_gradient : bool
        Whether anchors may be sizes that no box has, found by descent.

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
    """
    n_coarse = SLOW_SWAP_BOXES if problem.metric.is_slow else SWAP_BOXES
    n_coarse = max(n_coarse, 2 * n_clusters)
    coarse = problem.on(*variance_cut(problem.boxes, problem.weight, n_coarse))
    swaps = SwapSearch(coarse)
    # The matrix products are small: threads would only get in each other's way.
    with ThreadpoolController().limit(limits=1, user_api="blas"):
        if not use_gradient:
            best = evolve(swaps, n_clusters, rng, population=6, generations=20)[0]
            return coarse.boxes[list(best[1])]
        starts = {
            tuple(swaps.improve(swaps.start(n_clusters, rng))[0].tolist())
            for _ in range(_STARTS if n_clusters > 1 else 1)
        }
        starts = coarse.boxes[np.array(sorted(starts))]
        starts = starts[(starts > 0).all(axis=(1, 2))]
        if len(starts) == 0:
            return coarse.boxes[swaps.improve(swaps.start(n_clusters, rng))[0]]
        medium = problem.on(
            *variance_cut(
                problem.boxes, problem.weight, max(POPULATION_BOXES, 10 * n_clusters)
            )
        )
        finalists = recombine(medium, starts, rng, generations=4 + n_clusters // 2)
        descended = [
            descend(problem, anchors, max_iter=100, tol=1e-5)[0]
            for anchors in finalists[:_FINALISTS]
        ]
        return min(descended, key=lambda anchors: problem.assign(anchors).cost)
