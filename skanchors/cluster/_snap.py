"""Anchors whose sides are sides of boxes.

With few boxes, or many of the same few sizes, most sides of the best anchors are sides
of boxes, for there the cost has a kink. Descents come near these, and only near.
"""

import itertools
from typing import Any

import numpy as np

from skanchors._threads import product
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._breeding import TwoNearest, two_nearest_by_rows
from skanchors.metrics._shared import products_are_safe


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
    state = _State(problem, anchors)
    for _ in range(tuning.SNAP_ROUNDS):
        if not state.move() and not state.move(by_all=True):
            break
    return state.anchors


def best_snapped(problem: Any, sets: np.ndarray) -> np.ndarray:
    """The best of sets of shape (n_sets, n_clusters, n_sides) once they are snapped.

    What helps only by further boxes takes half of the time to find, and is left to
    whoever goes on from there.
    """
    states = [_State(problem, anchors) for anchors in sets]
    for state in states:
        for _ in range(tuning.SNAP_ROUNDS):
            if not state.move():
                break
    return min(states, key=lambda state: state.cost).anchors


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
    """Anchors, and how near they are to the boxes.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
    """

    def __init__(self, problem: Any, anchors: np.ndarray) -> None:
        self.problem = problem
        self.moves = _moves(anchors.shape[1])
        self.weight = problem.weight
        self.columns = np.ascontiguousarray(problem.boxes.T)[:, None, :]
        # No size, where there is none next to one.
        self.sizes = [
            np.pad(np.unique(column[column > 0]), 1) for column in problem.boxes.T
        ]
        self.is_safe = products_are_safe(problem.boxes)
        self.anchors = anchors
        self.distances = problem.distances_to(anchors)
        self.cost = self._cost(self.distances)

    def move(self, *, by_all: bool = False) -> bool:
        """Make all moves that help alone at once, or else the best of them.

        Parameters
        ----------
        by_all : bool, default=False
            Whether all boxes are asked what helps. Mostly those that an anchor has
            already tell, in place of others that could become its own.

        Returns
        -------
        bool
            Whether that lowered the cost; if not, nothing has moved.
        """
        trials = _trials(self.anchors, self.sizes, self.moves)
        changes_of = self._changes_of_all if by_all else self._changes_of_own
        changes = changes_of(trials, two_nearest_by_rows(self.distances))
        best = changes.argmin(axis=1)
        gains = changes[np.arange(len(best)), best]
        helps = np.flatnonzero(gains < 0)
        helps = helps[np.argsort(gains[helps], kind="stable")]
        # Where one move helps, all and the best are the same.
        for some in (helps, helps[:1])[: len(helps)]:
            moved = trials[some, best[some]]
            distances = self.distances.copy()
            distances[some] = self.problem.distances_to(moved)
            cost = self._cost(distances)
            if cost < self.cost:
                self.anchors = self.anchors.copy()
                self.anchors[some] = moved
                self.distances, self.cost = distances, cost
                return True
        return False

    def _cost(self, distances: np.ndarray) -> float:
        return float(product(distances.min(axis=0), self.weight))

    def _changes_of_own(self, trials: np.ndarray, two: TwoNearest) -> np.ndarray:
        """What each trial would add to the cost, if no anchor got further boxes.

        From shape (n_clusters, n_moves, n_sides) to (n_clusters, n_moves).
        """
        n_clusters, n_moves, _ = trials.shape
        own = np.take(trials.transpose(2, 1, 0), two.label, axis=2)
        changes = np.minimum(self._distances_of_pairs(own), two.second)
        changes -= two.nearest
        changes *= self.weight
        place = two.label + n_clusters * np.arange(n_moves)[:, None]
        sums = np.bincount(place.ravel(), changes.ravel(), n_moves * n_clusters)
        return sums.reshape(n_moves, n_clusters).T

    def _distances_of_pairs(self, own: np.ndarray) -> np.ndarray:
        """Of each box from anchors of its own, shape (n_sides, n_moves, n_boxes)."""
        metric = self.problem.metric
        if metric.correction is not None and self.is_safe and own.min() > 0:
            return metric.correction(metric.rank(self.columns, own))
        return metric.gradient(self.columns, own)[0]

    def _changes_of_all(self, trials: np.ndarray, two: TwoNearest) -> np.ndarray:
        """What each trial would add to the cost; shapes as above."""
        distances = self.problem.distances_to(trials.reshape(-1, trials.shape[2]))
        distances = distances.reshape(*trials.shape[:2], -1)
        own = two.label == np.arange(len(trials))[:, None]
        others = np.where(own, two.second, two.nearest)
        np.minimum(distances, others[:, None], out=distances)
        distances -= two.nearest
        return product(distances, self.weight)


def _trials(anchors: np.ndarray, sizes: Any, moves: np.ndarray) -> np.ndarray:
    """Each anchor after each move, shape (n_clusters, n_moves, n_sides).

    Sides beyond which boxes have none stay, and so do anchors with a side of 0. `sizes`
    are those of the boxes by side, ascending between two zeros.
    """
    trials = np.empty((len(anchors), *moves.shape))
    stays = (anchors == 0).any(axis=1)
    for side, padded in enumerate(sizes):
        column = anchors[:, side]
        between = padded[1:-1]
        ways = np.array(
            [
                padded[np.searchsorted(between, column)],
                column,
                padded[np.searchsorted(between, column, side="right") + 1],
            ]
        )
        ways = np.where((ways == 0) | stays, column, ways)
        trials[..., side] = ways[moves[:, side] + 1].T
    return trials
