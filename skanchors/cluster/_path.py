"""Anchors for ascending k, each from the anchors for one less."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from skanchors._threads import single_threaded_blas
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._breeding import cross
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._population import evolve
from skanchors.cluster._problem import Problem
from skanchors.cluster._solver import Solver
from skanchors.cluster._swap import SwapSearch
from skanchors.metrics._iou import IOU


def solve_path(
    boxes: np.ndarray,
    weight: np.ndarray,
    wanted: list[int],
    rng: np.random.RandomState,
    effort: tuning.PathEffort | None = None,
) -> list[tuple[np.ndarray, float]]:
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
    effort : PathEffort or None, default=None
        None is the whole one.

    Returns
    -------
    list of (ndarray of shape (k, n_sides), float)
        Anchors and mean IoU, which never falls.
    """
    effort = effort or tuning.PathEffort()
    problem = Problem(boxes, weight, IOU, {})
    solutions = []
    previous: Any = None
    with single_threaded_blas():
        for sets in _growing_sets(problem, wanted[-1], rng, effort):
            n_clusters = sets.shape[1]
            if n_clusters not in wanted:
                continue
            solver = Solver(
                problem,
                n_clusters,
                center="descent",
                max_iter=effort.max_iter,
                tol=effort.tol,
            )
            finalists = sets[: effort.finalists]
            chosen = solver.choose(finalists) if len(finalists) > 1 else finalists[0]
            solution = solver.finish(chosen)
            if previous is not None and solution.cost > previous.cost:
                solution = solver.finish(_pad(problem, previous.anchors, n_clusters))
            previous = solution
            solutions.append((solution.anchors, 1 - solution.cost))
    return solutions


def _growing_sets(
    problem: Problem,
    largest: int,
    rng: np.random.RandomState,
    effort: tuning.PathEffort,
) -> Iterator[np.ndarray]:
    """Good sets of 1, 2, ... anchors of the compressed boxes."""
    with_volume = (problem.boxes > 0).all(axis=1)
    if not with_volume.any():
        raise ValueError("No box has a volume, so that no anchor has any IoU with one.")
    solid = problem.on(problem.boxes[with_volume], problem.weight[with_volume])
    coarse, medium = solid.cuts(
        max(tuning.PATH_COARSE_BOXES, 2 * largest),
        max(tuning.PATH_MEDIUM_BOXES, 5 * largest),
    )
    swaps = SwapSearch(coarse)
    distances = medium.distances(medium.boxes, medium.boxes)
    sets: Any = []
    for n_clusters in range(1, largest + 1):
        sets = [
            np.append(parent, medium.boxes[[place]], axis=0)
            for parent in sets[: effort.parents]
            for place in _places(medium, distances, parent, rng, effort.ways)
        ]
        # What grows can grow into a corner: some sets start afresh.
        sets += [
            coarse.boxes[swaps.improve(swaps.start(n_clusters, rng))[0]]
            for _ in range(effort.fresh)
        ]
        sets, _ = evolve(
            np.array(sets),
            rng,
            improve=partial(descend_sets, medium, max_iter=tuning.PATH_CHILD_STEPS),
            breed=partial(cross, coarse, n_children=tuning.PATH_CHILDREN),
            describe=np.log,
            size=max(tuning.PATH_POPULATION, len(sets)),
            generations=effort.generations,
            patience=max(1, n_clusters // 6),
        )
        yield sets


def _places(
    medium: Problem,
    distances: np.ndarray,
    parent: np.ndarray,
    rng: np.random.RandomState,
    ways: int,
) -> list[int]:
    """The box where one more anchor helps most, and some more where it helps a lot.

    Parameters
    ----------
    medium : Problem
    distances : ndarray of shape (n_boxes, n_boxes)
    parent : ndarray of shape (n_clusters, n_sides)
    rng : RandomState
    ways : int
        How many boxes.
    """
    nearest = medium.distances(parent, medium.boxes).min(axis=0)
    gain = np.maximum(nearest - distances, 0) @ medium.weight
    best = np.argsort(-gain, kind="stable")[: tuning.PATH_PLACES]
    others = rng.permutation(best[1:])[: ways - 1]
    return [best[0], *others]


def _pad(problem: Problem, anchors: Any, n_clusters: int) -> np.ndarray:
    """Fewer anchors and the boxes that they serve worst: not worse than before."""
    anchors = list(anchors)
    while len(anchors) < n_clusters:
        distance = problem.assign(np.array(anchors)).distance
        anchors.append(problem.boxes[np.argmax(problem.weight * distance)])
    return np.array(anchors)
