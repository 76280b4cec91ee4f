"""Local search over anchors taken from a few boxes: swap one for another.

Choosing k of the boxes themselves is the k-medoids (p-median) problem. The gain of
every swap is computed at once, after Schubert and Rousseeuw, "Fast and eager
k-medoids clustering", Information Systems 101, 2021.
"""

from typing import Any

import numpy as np

from skanchors._threads import product
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._breeding import draw_pairs, drop_useless, two_nearest_by_rows
from skanchors.cluster._population import evolve
from skanchors.cluster._seeding import kmeans_plusplus


class SwapSearch:
    """Swap search on the boxes of one problem.

    Parameters
    ----------
    problem : Problem
        With few boxes: the search holds all distances between them.
    """

    def __init__(self, problem: Any) -> None:
        # float32 halves the time; the gains that matter are far above its precision.
        # In units of the largest, as its range is smaller too.
        distances = problem.distances_to(problem.boxes)
        distances /= distances.max() or 1
        self.distances = distances.astype(np.float32)
        self.weight = problem.weight.astype(np.float32)
        self._every = np.arange(len(problem))

    def start(self, n_clusters: int, rng: np.random.RandomState) -> np.ndarray:
        """Indices of boxes drawn by k-means++."""
        return kmeans_plusplus(
            self.weight, n_clusters, rng, lambda boxes: self.distances[boxes]
        )

    def cost(self, chosen: np.ndarray) -> float:
        """Weighted sum of distances to the nearest chosen box, in this unit."""
        return float(product(self.distances[chosen].min(axis=0), self.weight))

    def improve(self, chosen: np.ndarray) -> Any:
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

    def evolve(
        self, n_clusters: int, rng: np.random.RandomState
    ) -> tuple[np.ndarray, np.ndarray]:
        """Search for the best choices by recombining good ones.

        Returns
        -------
        choices : ndarray of shape (n_kept, n_clusters)
            Indices of boxes in ascending order; the best choice first.
        costs : ndarray of shape (n_kept,)
        """

        def improve(choices: np.ndarray) -> Any:
            improved, costs = zip(*map(self.improve, choices), strict=True)
            return np.array(improved), np.array(costs)

        def breed(population: Any, rng: np.random.RandomState) -> np.ndarray:
            # One that is new to the population and one that comes of it.
            children = [self.start(n_clusters, rng)]
            for one, other in draw_pairs(population, 1, rng):
                union = np.union1d(population[one], population[other])
                own = self.distances[union][None]
                children.append(union[drop_useless(own, self.weight, n_clusters)[0]])
            return np.array(children)

        return evolve(
            np.array(
                [self.start(n_clusters, rng) for _ in range(tuning.SWAP_POPULATION)]
            ),
            rng,
            improve=improve,
            breed=breed,
            describe=lambda choices: np.sort(choices)[..., None],
            size=tuning.SWAP_POPULATION,
            generations=tuning.SWAP_GENERATIONS,
            patience=tuning.SWAP_GENERATIONS,
        )

    def _best_swaps(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each position, the change of the cost by the best swap, and its box."""
        if len(chosen) == 1:
            costs = product(self.distances, self.weight)
            best = costs.argmin()
            return np.array([costs[best] - costs[chosen[0]]]), np.array([best])
        nearest, second, label = two_nearest_by_rows(self.distances[chosen])
        # A candidate joins and nobody leaves: each box gains, or nothing changes.
        joined = np.minimum(self.distances, nearest)
        gain = product(joined, self.weight) - product(nearest, self.weight)
        # If its anchor leaves, a box falls to its second one or to the candidate.
        left = np.minimum(self.distances, second)
        left -= joined
        members = np.zeros((len(self.weight), len(chosen)), dtype=np.float32)
        members[self._every, label] = self.weight
        change = gain[:, None] + product(left, members)
        candidates = change.argmin(axis=0)
        return change[candidates, np.arange(len(chosen))], candidates
