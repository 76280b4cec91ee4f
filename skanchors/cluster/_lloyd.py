"""Assign, update, repeat: k-means with any metric and any centre rule."""

import itertools
from typing import Any

import numpy as np

from skanchors.cluster._centers import CENTERS
from skanchors.cluster._problem import Problem


def alternate(
    problem: Problem,
    anchors: np.ndarray,
    *,
    center: str,
    max_iter: int,
    tol: float,
    on_step: Any = None,
) -> tuple[np.ndarray, int]:
    """Alternate between assigning the boxes and moving the anchors.

    A centre that does not minimise the metric, such as the median under IoU, can raise
    the cost; the iterations go on all the same, as published, and the best anchors
    met on the way are returned.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
        The start.
    center : str
        Key of `CENTERS`.
    max_iter : int
    tol : float
        Stop when an iteration changes the cost by less than this share of it.
    on_step : callable, default=None
        ``on_step(anchors, cost)`` after each iteration; a true value ends the run.

    Returns
    -------
    anchors : ndarray of shape (n_clusters, n_sides)
    n_iter : int
    """
    rule = CENTERS[center]
    labels, _, cost = problem.assign(anchors)
    best, best_cost = anchors, cost
    for n_iter in range(1, max_iter + 1):  # noqa: B007 -- it is returned
        anchors = _move(problem, anchors, labels, rule)
        previous_labels, previous_cost = labels, cost
        labels, _, cost = problem.assign(anchors)
        if cost < best_cost:
            best, best_cost = anchors, cost
        if on_step is not None and on_step(anchors, cost):
            break
        if (labels == previous_labels).all():
            break
        if abs(cost - previous_cost) <= tol * previous_cost:
            break
    return best, n_iter


def _move(
    problem: Problem, anchors: np.ndarray, labels: np.ndarray, rule: Any
) -> np.ndarray:
    """Centres of the boxes of each anchor; those without boxes stay.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
    labels : ndarray of shape (n_boxes,)
    rule : callable
        One of `CENTERS`.
    """
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(len(anchors) + 1))
    moved = anchors.copy()
    for cluster, (start, stop) in enumerate(itertools.pairwise(bounds)):
        if start < stop:
            rows = order[start:stop]
            moved[cluster] = rule(
                problem.boxes[rows], problem.weight[rows], anchors[cluster], problem
            )
    return moved


def fill_idle(problem: Problem, anchors: np.ndarray) -> np.ndarray:
    """Move anchors that serve no box to the boxes served worst, one at a time."""
    anchors = anchors.copy()
    for _ in range(2 * len(anchors)):
        labels, distance, _ = problem.assign(anchors)
        counts = np.bincount(labels, minlength=len(anchors))[: len(anchors)]
        idle = np.flatnonzero(counts == 0)
        worst = np.argmax(problem.weight * distance)
        if not idle.size or not distance[worst] > 0:
            break
        anchors[idle[0]] = problem.boxes[worst]
    return anchors
