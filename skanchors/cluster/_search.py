"""A start near the best possible, found on fewer boxes.

Draws descend together, the better ones recombine, and the best few descend on more
boxes. All but the last are blurred (see `Problem.blur`): smooth costs take half the
steps, and what blurring hides are mostly kinks that the boxes themselves do not have.
"""

from functools import partial

import numpy as np

from skanchors.cluster import _tuning as tuning
from skanchors.cluster._breeding import splice
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._population import compete, keep_best
from skanchors.cluster._problem import Problem
from skanchors.cluster._seeding import draw_sets
from skanchors.cluster._snap import best_snapped, is_worth_snapping
from skanchors.cluster._tuning import SearchEffort


def _effort(problem: Problem, n_clusters: int) -> SearchEffort:
    if problem.metric.is_slow:
        return tuning.SLOW_EFFORT
    if len(problem) <= tuning.FEW_BOXES:
        most = min(most for most in tuning.FEW_EFFORTS if n_clusters <= most)
        return tuning.FEW_EFFORTS[most]
    if _have_many_valleys(problem, n_clusters):
        return tuning.MANY_EFFORT
    if len(problem) * n_clusters <= tuning.CHEAP:
        return tuning.CHEAP_EFFORT
    return tuning.EFFORT


def _have_many_valleys(problem: Problem, n_clusters: int) -> bool:
    n_boxes = problem.n_unmerged
    if n_boxes * n_clusters <= tuning.MANY:
        return False
    return n_boxes > min(tuning.MANY_BOXES, tuning.MANY_REPEATS * len(problem))


def search_by_descent(
    problem: Problem, n_clusters: int, rng: np.random.RandomState
) -> np.ndarray:
    """Look for the best anchors, whatever their sizes, by a metric with a gradient.

    Parameters
    ----------
    problem : Problem
        Of up to some ten thousand boxes.
    n_clusters : int
        Fewer than there are boxes.
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Anchors near the best possible, not yet at the bottom of their valley.
    """
    effort = _effort(problem, n_clusters)
    fine = problem.representatives(effort.fine_boxes)
    share = n_clusters / tuning.USUAL_CLUSTERS
    coarse, medium, *larger = fine.cuts(
        max(
            int(tuning.DRAW_BOXES / min(1, share)),
            tuning.DRAW_BOXES_PER_ANCHOR * n_clusters,
        ),
        int(effort.n_boxes * max(share, 1 / share)),
        *(phase.n_boxes for phase in effort.phases if phase.n_boxes),
        own_blur=min(tuning.OWN_BLUR * n_clusters, tuning.MOST_OWN_BLUR),
    )
    more_sets = np.sqrt(np.clip(share, *tuning.SHARES))
    # Boxes that are not there leave the time for more sets and steps, and rounds.
    more = np.clip(effort.n_boxes / len(medium), 1, tuning.MOST_MORE)
    n_draws = max(int(effort.n_draws * more_sets * more), 3 * n_clusters)
    sets = coarse.boxes[draw_sets(coarse, n_clusters, n_draws, rng)]
    with_volume = (sets > 0).all(axis=(1, 2))
    if not with_volume.any():
        return sets[0]
    sets = _descend(coarse, sets[with_volume], tuning.DRAW_STEPS)
    sizes = [int(phase.n_kept * more_sets * more) for phase in effort.phases]
    sizes.append(int(effort.n_finalists * max(1, more_sets)))
    more_rounds = more if share <= 1 else 1
    sets = sets[: sizes[0]]
    more_boxes = iter(larger)
    for phase, n_kept in zip(effort.phases, sizes[1:], strict=True):
        on = next(more_boxes) if phase.n_boxes else medium
        sets, costs = compete(
            sets,
            rng,
            improve=partial(descend_sets, on, max_iter=int(effort.child_steps * more)),
            breed=splice,
            rounds=max(1, int((phase.rounds + n_clusters // 2) * more_rounds)),
        )
        sets, _ = keep_best(n_kept, sets, costs, np.log, same=tuning.SAME_BLURRED)
    finalists = _descend(fine, sets, effort.fine_steps)
    if fine is not problem:
        costs, _ = problem.gradients_function(finalists, np.float32)(finalists)
        finalists = finalists[np.argsort(costs, kind="stable")]
    is_few = len(problem) <= tuning.FEW_BOXES
    shares = problem.n_unmerged >= tuning.SNAP_REPEATS * len(problem)
    if not (is_few or shares) or not is_worth_snapping(problem, finalists[0]):
        return finalists[0]
    # Only then is it known which one is the best.
    n_snapped = effort.n_snapped or max(1, n_clusters // tuning.PER_SNAPPED)
    return best_snapped(problem, finalists[:n_snapped])


def _descend(problem: Problem, sets: np.ndarray, n_steps: int) -> np.ndarray:
    """Sets of shape (n_sets, n_clusters, n_sides) after some steps, best first."""
    sets, costs = descend_sets(problem, sets, max_iter=n_steps)
    return sets[np.argsort(costs, kind="stable")]
