"""Local search over anchors taken from a few boxes: swap one for another.

Choosing k of the boxes themselves is the k-medoids (p-median) problem. The gain of
every swap is computed at once, after Schubert and Rousseeuw, "Fast and eager
k-medoids clustering", Information Systems 101, 2021.
"""

import numpy as np

from skanchors.cluster._seeding import kmeans_plusplus


class SwapSearch:
    """Swap search on the boxes of one problem.

    Parameters
    ----------
    problem : Problem
        With few boxes: the search holds all distances between them.
    """

    def __init__(self, problem):
        # float32 halves the time; the gains that matter are far above its precision.
        # In units of the largest, as its range is smaller too.
        distances = problem.distances(problem.boxes, problem.boxes)
        distances /= distances.max() or 1
        self.distances = distances.astype(np.float32)
        self.weight = problem.weight.astype(np.float32)
        self._every = np.arange(len(problem))

    def start(self, n_clusters, rng):
        """Indices of boxes drawn by k-means++."""
        return kmeans_plusplus(
            self.weight, n_clusters, rng, lambda boxes: self.distances[boxes]
        )

    def cost(self, chosen):
        """Weighted sum of distances to the nearest chosen box, in this unit."""
        return float(self.distances[chosen].min(axis=0) @ self.weight)

    def improve(self, chosen):
        """Swap until no swap lowers the cost.

        Parameters
        ----------
        chosen : ndarray of shape (n_clusters,)
            Indices of the boxes to start from.

        Returns
        -------
        chosen : ndarray of shape (n_clusters,)
            In ascending order.
        cost : float
        """
        chosen = np.array(chosen)
        cost = self.cost(chosen)
        improved = True
        while improved:
            improved = False
            # The best candidate for each position; taking one changes what the others
            # gain, so each is measured before it is taken. That also keeps rounding
            # from sending the search in circles.
            predicted, candidates = self._best_swaps(chosen)
            for position in np.argsort(predicted):
                if predicted[position] >= 0:
                    break
                swapped = chosen.copy()
                swapped[position] = candidates[position]
                swapped_cost = self.cost(swapped)
                if swapped_cost < cost:
                    chosen, cost, improved = swapped, swapped_cost, True
        return np.sort(chosen), cost

    def merge(self, chosen, n_clusters):
        """Drop the least useful of too many chosen boxes, one after the other."""
        chosen = np.array(chosen)
        own = self.distances[chosen]
        while len(chosen) > n_clusters:
            label, nearest, second = two_nearest(own)
            loss = np.bincount(label, self.weight * (second - nearest), len(chosen))
            useless = loss.argmin()
            chosen = np.delete(chosen, useless)
            own = np.delete(own, useless, axis=0)
        return chosen

    def _best_swaps(self, chosen):
        """For each position, the change of the cost by the best swap, and its box."""
        if len(chosen) == 1:
            costs = self.distances @ self.weight
            best = costs.argmin()
            return np.array([costs[best] - costs[chosen[0]]]), np.array([best])
        label, nearest, second = two_nearest(self.distances[chosen])
        # A candidate joins and nobody leaves: each box gains, or nothing changes.
        joined = np.minimum(self.distances, nearest)
        gain = joined @ self.weight - nearest @ self.weight
        # If its anchor leaves, a box falls to its second one or to the candidate.
        left = np.minimum(self.distances, second)
        left -= joined
        members = np.zeros((len(self.weight), len(chosen)), dtype=np.float32)
        members[self._every, label] = self.weight
        change = gain[:, None] + left @ members
        candidates = change.argmin(axis=0)
        return change[candidates, np.arange(len(chosen))], candidates


def two_nearest(distances):
    """For each column, the row of the smallest entry, and the two smallest entries."""
    columns = np.arange(distances.shape[1])
    label = distances.argmin(axis=0)
    nearest = distances[label, columns]
    distances[label, columns] = np.inf
    second = distances.min(axis=0)
    distances[label, columns] = nearest
    return label, nearest, second


def evolve(search, n_clusters, rng, *, population, generations):
    """Search for the best choice by recombining good ones.

    Local optima of this problem share most of their anchors. The union of two of
    them, reduced to k again by dropping the least useful and then improved by swaps,
    is often better than both; restarts alone need many times as many tries (compare
    Resende and Werneck, "A hybrid heuristic for the p-median problem", Journal of
    Heuristics 10, 2004).

    Parameters
    ----------
    search : SwapSearch
    n_clusters : int
    rng : RandomState
    population : int
        How many local optima are kept.
    generations : int
        How many more are tried after the first `population`.

    Returns
    -------
    list of (float, tuple of int)
        Costs and indices of the boxes chosen, best first.
    """
    costs = {}

    def try_from(chosen):
        chosen, cost = search.improve(chosen)
        chosen = tuple(chosen.tolist())
        is_new = chosen not in costs
        costs[chosen] = cost
        return is_new

    for _ in range(population):
        try_from(search.start(n_clusters, rng))
    for _ in range(generations):
        kept = sorted(costs, key=costs.get)[:population]
        costs = {chosen: costs[chosen] for chosen in kept}
        if len(kept) > 1:
            one, other = rng.choice(len(kept), 2, replace=False)
            union = sorted({*kept[one], *kept[other]})
            if try_from(search.merge(union, n_clusters)):
                continue
        # Nothing new comes from inside: bring in an outsider.
        try_from(search.start(n_clusters, rng))
    return sorted((cost, chosen) for chosen, cost in costs.items())
