"""Anchors whose sides are sides of boxes.

With few boxes, or many of the same few sizes, most sides of the best anchors are sides
of boxes, for there the cost has a kink. Descents come near these, and only near.
"""

import itertools
from typing import Any

import numpy as np

from skanchors._threads import product
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._breeding import two_nearest


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
    if not is_worth_snapping(problem, anchors):
        return anchors
    state = _State(problem, anchors, _moves(anchors.shape[1]))
    for _ in range(tuning.SNAP_ROUNDS):
        if not state.move():
            break
    return state.anchors


def is_worth_snapping(problem: Any, anchors: np.ndarray) -> bool:
    """Whether `snap` looks around: not at sides of means, nor at those of very many."""
    if problem.is_condensed:
        return False
    work = len(problem) * len(anchors) * len(_moves(anchors.shape[1]))
    repeats = problem.n_unmerged / len(problem)
    return work <= tuning.SNAP_WORK * min(repeats, tuning.MOST_SNAP_REPEATS)


def _moves(n_sides: int) -> np.ndarray:
    """-1, 0 or 1 for each side: to the next smaller size, none, to the next larger."""
    if n_sides > tuning.SNAP_SIDES:
        return np.concatenate([np.eye(n_sides, dtype=int), -np.eye(n_sides, dtype=int)])
    moves = np.array(list(itertools.product((-1, 0, 1), repeat=n_sides)))
    return moves[moves.any(axis=1)]


class _State:
    """Anchors, where each could move, and all distances of both to the boxes.

    What an anchor's moves would change is looked up anew each time, for its neighbours
    may have moved; distances are computed once for each place.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
    moves : ndarray of shape (n_moves, n_sides)
    """

    def __init__(self, problem: Any, anchors: np.ndarray, moves: np.ndarray) -> None:
        self.problem, self.moves = problem, moves
        self.weight = problem.weight
        self.values = [np.unique(column[column > 0]) for column in problem.boxes.T]
        self.anchors = anchors
        self.distances = problem.distances_to(anchors)
        self.cost = self._cost(self.distances)
        shape = len(anchors), len(moves)
        self.trials = np.empty((*shape, anchors.shape[1]))
        self.trial_distances = np.empty((*shape, len(problem)))
        self._look_around(np.arange(len(anchors)))

    def move(self) -> bool:
        """Make all moves that help alone at once, or else the best of them.

        Returns
        -------
        bool
            Whether that lowered the cost; if not, nothing has moved.
        """
        changes = self._changes()
        best = changes.argmin(axis=1)
        gains = changes[np.arange(len(best)), best]
        helps = np.flatnonzero(gains < 0)
        helps = helps[np.argsort(gains[helps], kind="stable")]
        # Where one move helps, all and the best are the same.
        for some in (helps, helps[:1])[: len(helps)]:
            distances = self.distances.copy()
            distances[some] = self.trial_distances[some, best[some]]
            cost = self._cost(distances)
            if cost < self.cost:
                self.anchors = self.anchors.copy()
                self.anchors[some] = self.trials[some, best[some]]
                self.distances, self.cost = distances, cost
                self._look_around(some)
                return True
        return False

    def _cost(self, distances: np.ndarray) -> float:
        return float(product(distances.min(axis=0), self.weight))

    def _look_around(self, some: np.ndarray) -> None:
        """Where these anchors could move, and how far that is from the boxes."""
        trials = _trials(self.anchors[some], self.values, self.moves)
        distances = self.problem.distances_to(trials.reshape(-1, trials.shape[2]))
        self.trials[some] = trials
        self.trial_distances[some] = distances.reshape(*trials.shape[:2], -1)

    def _changes(self) -> np.ndarray:
        """What each trial would add to the cost, of shape (n_clusters, n_moves)."""
        nearest, second, label, _ = two_nearest(self.distances.T)
        own = label == np.arange(len(self.anchors))[:, None]
        others = np.where(own, second, nearest)
        distances = np.minimum(self.trial_distances, others[:, None])
        distances -= nearest
        return product(distances, self.weight)


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
