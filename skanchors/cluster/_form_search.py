"""The best anchors of a detector's form: a search in its sizes and ratios.

A form has few parameters, and its cost has few valleys: some draws from the boxes, a
few generations of recombination on representatives of the boxes, and descents of the
best on all boxes find the same anchors from nearly any seed.
"""

from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np

from skanchors._threads import single_threaded_blas
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._descent import descend, descend_all
from skanchors.cluster._layout import Layout
from skanchors.cluster._population import evolve


class FormSolution(NamedTuple):
    """Parameters of a form, the exact cost of their anchors, and iterations used."""

    theta: np.ndarray
    cost: float
    n_iter: int


class FormSolver:
    """One task: an objective, and the form that its anchors must have.

    Parameters
    ----------
    objective : Problem
        What to minimise.
    layout : Layout
    max_iter : int
    tol : float
    """

    def __init__(
        self, objective: Any, layout: Layout, *, max_iter: int, tol: float
    ) -> None:
        self.objective = objective
        self.effort = tuning.ROUGH_FORM if objective.is_rough else tuning.SMOOTH_FORM
        self.layout = layout
        self.limits: dict[str, Any] = {"max_iter": max_iter, "tol": tol}
        boxes, weight = objective.boxes, objective.weight
        solid = (boxes > 0).all(axis=1)
        # Boxes without a volume overlap no anchor, whatever its size.
        self.boxes, self.weight = boxes[solid], weight[solid]
        self.has_no_volume = not solid.any()
        if self.has_no_volume:
            # Any anchors will do; such as those of a detector for boxes of all sizes.
            sides = 8 * np.repeat(layout.strides[:, None], layout.n_sides, axis=1)
            self.boxes, self.weight = sides, np.ones(len(sides))
        self.form = layout.form(self.boxes)

    def best(
        self,
        rng: np.random.RandomState,
        starts: np.ndarray,
        *,
        on_step: Any = None,
    ) -> FormSolution:
        """The best parameters that the search finds.

        Parameters
        ----------
        rng : RandomState
        starts : ndarray of shape (n_starts, n_params)
            Where to start from, beside what is drawn.
        on_step : callable and context manager, default=None
            ``on_step(anchors, cost)`` after each iteration of the last descent; a true
            value ends it.
        """
        with single_threaded_blas():
            if self.has_no_volume:
                theta = self.layout.draw(self.boxes, self.weight, 1, rng)[0]
                return FormSolution(theta, self.cost(theta), 1)
            found = self._search(rng, starts)
            with on_step or nullcontext():
                return self.finish(found, on_step=on_step)

    def finish(self, theta: np.ndarray, *, on_step: Any = None) -> FormSolution:
        """Descend from one start to the bottom of its valley."""
        detailed = self.objective.representatives(self.effort.n_detailed)
        n_iter, found = 0, [theta]
        for stage in detailed.stages:
            theta, steps = descend(
                stage, self.form, theta, on_step=on_step, **self.limits
            )
            n_iter += steps
            found.append(theta)
            if getattr(on_step, "stopped", False):
                break
        if detailed is not self.objective:
            last = self.objective.stages[-1]
            found += [
                descend_all(
                    last, self.form, theta[None], max_iter=tuning.FORM_LAST_STEPS
                )[0][0]
            ]
        # What descends is not quite what counts, where a threshold does.
        found = list(self.layout.ordered(np.array(found)))
        costs = [self.cost(theta) for theta in found]
        best = int(np.argmin(costs))
        return FormSolution(found[best], costs[best], n_iter)

    def cost(self, theta: np.ndarray) -> float:
        """What the anchors cost, exactly, on all boxes."""
        return self.objective.cost(self.form.anchors(theta[None])[0])

    def _search(self, rng: np.random.RandomState, starts: np.ndarray) -> np.ndarray:
        objective, layout, form = self.objective, self.layout, self.form
        effort = self.effort
        fine = objective.representatives(effort.n_fine)
        (medium,) = fine.cuts(
            max(effort.n_population, tuning.FORM_PER_PARAMETER * form.n_params)
        )
        drawn = layout.draw(self.boxes, self.weight, effort.n_drawn, rng)
        population, _ = evolve(
            np.concatenate([starts, drawn]),
            rng,
            improve=lambda thetas: descend_all(
                medium, form, thetas, max_iter=tuning.FORM_CHILD_STEPS
            ),
            breed=lambda thetas, rng: self._breed(thetas, effort.n_children, rng),
            describe=lambda thetas: np.log(form.anchors(thetas)),
            size=tuning.FORM_POPULATION,
            generations=tuning.FORM_GENERATIONS,
            patience=tuning.SCALED_FORM_PATIENCE
            if layout.scaled
            else max(tuning.FORM_PATIENCE, form.n_params // 4),
        )
        thetas, costs = descend_all(
            fine,
            form,
            population[: tuning.FORM_FINALISTS],
            max_iter=tuning.FORM_FINE_STEPS,
        )
        thetas = thetas[np.argsort(costs, kind="stable")[: tuning.LAST_FORM_FINALISTS]]
        if len(objective) > effort.n_detailed:
            costs = np.array([self.cost(theta) for theta in thetas])
            return thetas[costs.argmin()]
        thetas, costs = descend_all(
            objective,
            form,
            thetas,
            max_iter=tuning.FORM_FULL_STEPS,
            tol=tuning.FORM_TOL,
        )
        return self._perturb(thetas[costs.argmin()], costs.min(), rng)

    def _perturb(
        self, theta: np.ndarray, cost: float, rng: np.random.RandomState
    ) -> np.ndarray:
        """Move out of shallow dents of the cost, and descend again.

        With few boxes the cost is rough, for it has a kink wherever an anchor is as
        wide or high as a box.
        """
        if not self.objective.is_rough:
            return theta
        work = len(self.objective) * self.form.n_anchors
        for _ in range(min(tuning.PERTURBED_ROUNDS, tuning.PERTURBED_WORK // work)):
            low, high = np.log(tuning.PERTURBATIONS)
            strength = np.exp(rng.uniform(low, high, size=(tuning.PERTURBED, 1)))
            moved = theta + strength * rng.normal(size=(tuning.PERTURBED, len(theta)))
            moved, costs = descend_all(
                self.objective,
                self.form,
                moved,
                max_iter=tuning.FORM_FULL_STEPS,
                tol=tuning.FORM_TOL,
            )
            if costs.min() < cost:
                theta, cost = moved[costs.argmin()], costs.min()
        return theta

    def _breed(
        self, thetas: np.ndarray, n_children: int, rng: np.random.RandomState
    ) -> np.ndarray:
        """Children: two mixed; one with something drawn anew; one moved a little."""
        n_params, strides = thetas.shape[1], self.layout.strides
        children = thetas[rng.randint(len(thetas), size=n_children)]
        mothers = thetas[rng.randint(len(thetas), size=n_children)]
        drawn = self.layout.draw(self.boxes, self.weight, n_children, rng)
        kinds = ("mix", "draw", "move", *(["shift"] if self.layout.scaled else []))
        for i, child in enumerate(children):
            kind = kinds[i % len(kinds)]
            if kind == "mix":
                mixed = np.asarray(rng.uniform(size=n_params))[self.layout.block] < 0.5
                child[mixed] = mothers[i, mixed]
            elif kind == "draw":
                new = rng.randint(n_params)
                child[new] = drawn[i, new]
            elif kind == "move":
                low, high = np.log(tuning.PERTURBATIONS)
                child += np.exp(rng.uniform(low, high)) * rng.normal(size=n_params)
            else:
                # The anchors of one level can do what another level's did.
                one, other = rng.choice(strides, 2)
                child[rng.randint(self.layout.n_sizes)] += np.log(one / other)
        return self.layout.ordered(children)
