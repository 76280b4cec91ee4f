"""Anchors whose sides are sides of boxes.

With few boxes, or many of the same few sizes, most sides of the best anchors are sides
of boxes, for there the cost has a kink. Descents come near these, and only near.
"""

import itertools
from typing import Any

import numpy as np

from skanchors._threads import product
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._population import two_nearest


def snap(problem: Any, anchors: np.ndarray) -> np.ndarray:
    """Set sides to those of the boxes next to them, while that lowers the cost.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Not worse than the start.
    """
    moves = _moves(anchors.shape[1])
    if len(problem) * len(anchors) * len(moves) > tuning.SNAP_WORK:
        return anchors
    values = [np.unique(column[column > 0]) for column in problem.boxes.T]
    cost = problem.cost(anchors)
    for _ in range(tuning.SNAP_ROUNDS):
        moved, moved_cost = _round(problem, anchors, cost, values, moves)
        if not moved_cost < cost:
            break
        anchors, cost = moved, moved_cost
    return anchors


def _moves(n_sides: int) -> np.ndarray:
    """-1, 0 or 1 for each side: to the next smaller size, none, to the next larger."""
    if n_sides > tuning.SNAP_SIDES:
        return np.concatenate([np.eye(n_sides, dtype=int), -np.eye(n_sides, dtype=int)])
    moves = np.array(list(itertools.product((-1, 0, 1), repeat=n_sides)))
    return moves[moves.any(axis=1)]


def _round(
    problem: Any, anchors: np.ndarray, cost: float, values: Any, moves: np.ndarray
) -> tuple[np.ndarray, float]:
    """Make all moves that help alone at once, or else the best of them.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
    cost : float
    values : list of ndarray
        For each side, the sizes that boxes have, ascending.
    moves : ndarray of shape (n_moves, n_sides)

    Returns
    -------
    anchors : ndarray of shape (n_clusters, n_sides)
    cost : float
        Not below that of before if no move helps.
    """
    trials = _trials(anchors, values, moves)
    changes = _changes(problem, anchors, trials)
    best = changes.argmin(axis=1)
    every = np.arange(len(anchors))
    gains = changes[every, best]
    helps = np.flatnonzero(gains < 0)
    helps = helps[np.argsort(gains[helps], kind="stable")]
    # Where one move helps, all and the best are the same.
    for some in (helps, helps[:1])[: len(helps)]:
        moved = anchors.copy()
        moved[some] = trials[some, best[some]]
        moved_cost = problem.cost(moved)
        if moved_cost < cost:
            return moved, moved_cost
    return anchors, cost


def _trials(anchors: np.ndarray, values: Any, moves: np.ndarray) -> np.ndarray:
    """Each anchor after each move, shape (n_clusters, n_moves, n_sides).

    Sides beyond which boxes have none stay, and so do anchors with a side of 0.
    """
    trials = np.repeat(anchors[:, None], len(moves), axis=1)
    with_volume: np.ndarray = np.all(anchors, axis=1)
    for side, sizes in enumerate(values):
        if not len(sizes):
            continue
        column = anchors[:, side, None]
        below = np.searchsorted(sizes, column)
        above = np.searchsorted(sizes, column, side="right")
        move = moves[:, side]
        place = np.where(move < 0, below - 1, above)
        found = (move != 0) & (place >= 0) & (place < len(sizes))
        found &= with_volume[:, None]
        place = np.minimum(np.maximum(place, 0), len(sizes) - 1)
        trials[..., side] = np.where(found, sizes[place], trials[..., side])
    return trials


def _changes(problem: Any, anchors: np.ndarray, trials: np.ndarray) -> np.ndarray:
    """What each trial would add to the cost, of shape (n_clusters, n_moves)."""
    nearest, second, label, _ = two_nearest(problem.distances_to(anchors).T)
    distances = problem.distances_to(trials.reshape(-1, trials.shape[2]))
    distances = distances.reshape(*trials.shape[:2], -1)
    own = label == np.arange(len(anchors))[:, None]
    others = np.where(own, second, nearest)
    np.minimum(distances, others[:, None], out=distances)
    distances -= nearest
    return product(distances, problem.weight)
