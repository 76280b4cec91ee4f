"""A picture of scores over the number of anchors."""

from typing import Any, Self

import numpy as np

from skanchors._cv_results import (
    n_clusters_key,
    n_clusters_values,
    score_curve,
    split_scores,
)
from skanchors._optional import require
from skanchors._plot import get_axes, ink, set_grid, set_legend, set_title, style
from skanchors._tables import counted


class ClusterCountDisplay:
    """Scores over the number of anchors, with their spread and the chosen number.

    Use `from_cv_results` or `from_estimator` to take them from a search and draw them
    in one go.

    Parameters
    ----------
    n_clusters : array-like of shape (n_counts,)
        Numbers of anchors, rising.
    scores : dict of str to array-like of shape (n_counts,) or (n_counts, n_splits)
        Scores by name; for several splits their mean is drawn, and their range as a
        band.
    chosen : int, default=None
        The number of anchors to mark.
    rule : str, default=None
        What chose it, for the legend and the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : dict of str to Line2D
        The mean of each score.
    bands_ : dict of str to PolyCollection
        The range of each score that has several splits.
    chosen_line_ : Line2D or None
        The mark of the chosen number.
    legend_ : Legend or None

    See Also
    --------
    skanchors.model_selection.refit_elbow : A rule that chooses the number.

    Examples
    --------
    >>> from skanchors.inspection import ClusterCountDisplay
    >>> scores = {"mean IoU": [0.5, 0.6, 0.64, 0.66]}
    >>> display = ClusterCountDisplay(n_clusters=[2, 3, 4, 5], scores=scores, chosen=3)
    >>> display.plot().ax_.get_xlabel()
    'number of anchors'
    """

    def __init__(
        self,
        *,
        n_clusters: Any,
        scores: dict[str, Any],
        chosen: int | None = None,
        rule: str | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.scores = scores
        self.chosen = chosen
        self.rule = rule

    @classmethod
    def from_estimator(
        cls, search: Any, *, metrics: Any = None, ax: Any = None, legend: bool = True
    ) -> Self:
        """Draw what a fitted search found, and mark what it chose.

        Parameters
        ----------
        search : GridSearchCV or similar
            Fitted, over a parameter whose name ends in ``n_clusters``.
        metrics : sequence of str, default=None
            See `from_cv_results`.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        ClusterCountDisplay

        Raises
        ------
        ValueError
            If the search was not over the number of clusters.
        """
        results = search.cv_results_
        index = getattr(search, "best_index_", None)
        chosen = None if index is None else results[n_clusters_key(results)][index]
        return cls.from_cv_results(
            results,
            metrics=metrics,
            chosen=chosen,
            rule=_name_of_rule(getattr(search, "refit", None)),
            ax=ax,
            legend=legend,
        )

    @classmethod
    def from_cv_results(
        cls,
        cv_results: dict,
        *,
        metrics: Any = None,
        chosen: int | None = None,
        rule: str | None = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Draw the table of results of a search.

        Parameters
        ----------
        cv_results : dict
            ``cv_results_`` of a search over a parameter whose name ends in
            ``n_clusters``. Where other parameters were searched too, the best
            candidate at each number, by each metric, is drawn.
        metrics : sequence of str, default=None
            Names of the scores to draw; None draws all whose values lie in -1 to 1.
        chosen : int, default=None
            The number of anchors to mark.
        rule : str, default=None
            What chose it, such as "elbow".
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        ClusterCountDisplay

        Raises
        ------
        ValueError
            If the search was not over the number of clusters, or has no such score.
        """
        if metrics is None:
            metrics = _metrics_of_one_scale(cv_results)
        metrics = [metrics] if isinstance(metrics, str) else list(metrics)
        counts = n_clusters_values(cv_results)
        counts = np.unique(counts[np.isfinite(counts)])
        scores = {}
        for metric in metrics:
            curve = score_curve(cv_results, metric)
            splits = split_scores(cv_results, metric)[curve.candidates]
            column = np.full((len(counts), splits.shape[1]), np.nan)
            column[np.searchsorted(counts, curve.n_clusters)] = splits
            scores[metric] = column
        counts = counts.astype(int)
        return cls(n_clusters=counts, scores=scores, chosen=chosen, rule=rule).plot(
            ax=ax, legend=legend
        )

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the scores.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        ClusterCountDisplay
            Itself, with the attributes set.
        """
        ticker = require("matplotlib.ticker", extra="plot")
        given = ax is not None
        self.ax_ = ax = get_axes(ax, figsize=(7.4, 5.2))
        self.figure_ = ax.figure
        self.lines_, self.bands_, self.chosen_line_ = {}, {}, None
        counts = np.asarray(self.n_clusters)
        for i, (name, values) in enumerate(self.scores.items()):
            values = np.asarray(values, dtype=float)
            color, marker, line = style(i, ax)
            if values.ndim == 2:
                low, high = values.min(axis=1), values.max(axis=1)
                self.bands_[name] = ax.fill_between(
                    counts, low, high, color=color, alpha=0.2, lw=0
                )
                values = values.mean(axis=1)
            (self.lines_[name],) = ax.plot(
                counts,
                values,
                color=color,
                marker=marker,
                ls=line,
                ms=5,
                label=str(name).replace("_", " ").replace("iou", "IoU"),
            )
        if self.chosen is not None:
            self.chosen_line_ = ax.axvline(
                self.chosen, color=ink(ax), lw=1, ls=":", label=f"chosen: {self.chosen}"
            )
        ax.set(xlabel="number of anchors", ylabel=self._ylabel())
        ax.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
        set_title(ax, self._title())
        set_grid(ax)
        self.legend_ = set_legend(ax, legend, given=given)
        return self

    def _title(self) -> str:
        if self.chosen is None:
            return "higher is better"
        by = f" by the rule {self.rule!r}" if self.rule else ""
        return f"{counted(self.chosen, 'anchor')} chosen{by}\n(higher is better)"

    def _ylabel(self) -> str:
        splits = [
            np.shape(values)[1]
            for values in self.scores.values()
            if np.ndim(values) == 2
        ]
        if not splits or max(splits) == 1:
            return "score"
        return f"score, mean and range of {max(splits)} splits"


def _name_of_rule(refit: Any) -> str | None:
    """What a rule of `skanchors.model_selection` calls itself."""
    name = getattr(refit, "name", None)
    return name if isinstance(name, str) else None


def _metrics_of_one_scale(cv_results: dict) -> list[str]:
    """Scores that lie between -1 and 1, which counts of anchors do not."""
    means = {
        key.removeprefix("mean_test_"): np.asarray(values, dtype=float)
        for key, values in cv_results.items()
        if key.startswith("mean_test_")
    }
    return [
        name
        for name, values in means.items()
        if np.nanmax(np.abs(values), initial=0) <= 1
    ]
