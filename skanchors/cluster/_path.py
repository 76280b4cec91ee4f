"""Anchors for ascending k, each from the anchors for one less."""

import numpy as np

from skanchors._threads import single_threaded_blas
from skanchors.cluster._compress import variance_cuts
from skanchors.cluster._problem import Problem
from skanchors.cluster._search import recombine
from skanchors.cluster._solver import Solver
from skanchors.cluster._swap import SwapSearch
from skanchors.metrics._iou import IOU

_COARSE_BOXES = 200
_MEDIUM_BOXES = 1000
# Sets of anchors that grow, and ways in which each does.
_PARENTS = 4
_WAYS = 3
_FRESH = 4
_BEST_PLACES = 20
_GENERATIONS = 3
_FINALISTS = 6


def solve_path(boxes, weight, wanted, rng):
    """Anchors of large mean IoU for several numbers of clusters.

    A few good sets of anchors grow by one anchor at a time, on compressed boxes; the
    best set of each wanted size then descends on all boxes.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
        Distinct boxes.
    weight : ndarray of shape (n_boxes,)
    wanted : list of int
        Numbers of clusters, ascending.
    rng : RandomState

    Returns
    -------
    list of (ndarray of shape (k, n_sides), float)
        Anchors and mean IoU, which never falls.
    """
    problem = Problem(boxes, weight, IOU, {})
    solutions = []
    previous = None
    with single_threaded_blas():
        for sets in _growing_sets(problem, wanted[-1], rng):
            n_clusters = sets.shape[1]
            if n_clusters not in wanted:
                continue
            solver = Solver(
                problem, n_clusters, center="descent", max_iter=300, tol=1e-6
            )
            solution = solver.finish(solver.choose(sets[:_FINALISTS]))
            if previous is not None and solution.cost > previous.cost:
                solution = solver.finish(_pad(problem, previous.anchors, n_clusters))
            previous = solution
            solutions.append((solution.anchors, 1 - solution.cost))
    return solutions


def _growing_sets(problem, largest, rng):
    """Good sets of 1, 2, ... anchors of the compressed boxes."""
    with_volume = (problem.boxes > 0).all(axis=1)
    if not with_volume.any():
        raise ValueError("No box has a volume, so that no anchor has any IoU with one.")
    cuts = variance_cuts(
        problem.boxes[with_volume],
        problem.weight[with_volume],
        (max(_COARSE_BOXES, 2 * largest), max(_MEDIUM_BOXES, 5 * largest)),
    )
    coarse, medium = (problem.on(*cut) for cut in cuts)
    swaps = SwapSearch(coarse)
    distances = medium.distances(medium.boxes, medium.boxes)
    sets = []
    for n_clusters in range(1, largest + 1):
        sets = [
            np.append(parent, medium.boxes[[place]], axis=0)
            for parent in sets[:_PARENTS]
            for place in _places(medium, distances, parent, rng)
        ]
        # What grows can grow into a corner: some sets start afresh.
        sets += [
            coarse.boxes[swaps.improve(swaps.start(n_clusters, rng))[0]]
            for _ in range(_FRESH)
        ]
        sets = recombine(
            medium, np.array(sets), rng, generations=_GENERATIONS, n_children=8
        )
        yield sets


def _places(medium, distances, parent, rng):
    """The box where one more anchor helps most, and some more where it helps a lot."""
    nearest = medium.distances(parent, medium.boxes).min(axis=0)
    gain = np.maximum(nearest - distances, 0) @ medium.weight
    best = np.argsort(-gain, kind="stable")[:_BEST_PLACES]
    others = rng.permutation(best[1:])[: _WAYS - 1]
    return [best[0], *others]


def _pad(problem, anchors, n_clusters):
    """Fewer anchors and the boxes that they serve worst: not worse than before."""
    anchors = list(anchors)
    while len(anchors) < n_clusters:
        distance = problem.assign(np.array(anchors)).distance
        anchors.append(problem.boxes[np.argmax(problem.weight * distance)])
    return np.array(anchors)
