"""A start near the best possible, where the boxes are few.

Then a call of numpy costs more than its arithmetic, so that many sets at once take
hardly longer than one, and swaps are not worth their time: draws descend together, the
better ones recombine, and the best few end at the bottom of their valley.
"""

from functools import partial

import numpy as np

from skanchors.cluster import _tuning as tuning
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._problem import Problem
from skanchors.cluster._search import cross, recombine
from skanchors.cluster._seeding import draw_sets
from skanchors.cluster._snap import snap


def search_few(
    problem: Problem, n_clusters: int, rng: np.random.RandomState
) -> np.ndarray:
    """Look for the best anchors of few boxes, by a metric with a gradient.

    Parameters
    ----------
    problem : Problem
        Of up to a thousand boxes.
    n_clusters : int
        Fewer than there are boxes.
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Anchors near the best possible.
    """
    coarse, medium = problem.cuts(
        max(tuning.FEW_DRAW_BOXES, tuning.FEW_DRAW_PER_ANCHOR * n_clusters),
        max(tuning.FEW_MEDIUM_BOXES, tuning.FEW_MEDIUM_PER_ANCHOR * n_clusters),
    )
    starts = coarse.boxes[draw_sets(coarse, n_clusters, tuning.FEW_DRAWS, rng)]
    with_volume = (starts > 0).all(axis=(1, 2))
    if not with_volume.any():
        return starts[0]
    sets = _descend_best(
        coarse, starts[with_volume], tuning.FEW_DRAW_STEPS, tuning.FEW_SURVIVORS
    )
    sets = recombine(
        medium,
        sets,
        rng,
        breed=partial(cross, medium, n_children=tuning.FEW_CHILDREN),
        n_steps=tuning.FEW_CHILD_STEPS,
        size=tuning.FEW_POPULATION,
        generations=tuning.FEW_GENERATIONS,
        patience=tuning.FEW_PATIENCE,
    )
    sets = _descend_best(
        problem, sets[: tuning.FEW_FINALISTS], tuning.FEW_STEPS, tuning.FEW_SNAPPED
    )
    snapped = [snap(problem, anchors) for anchors in sets]
    return min(snapped, key=problem.cost)


def _descend_best(
    problem: Problem, sets: np.ndarray, n_steps: int, n_left: int
) -> np.ndarray:
    """The best of some sets, shape (n_sets, n_clusters, n_sides), after some steps."""
    sets, costs = descend_sets(problem, sets, max_iter=n_steps)
    return sets[np.argsort(costs, kind="stable")[:n_left]]
