"""A picture of the silhouette of each cluster."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d

from skanchors._boxes import check_boxes, check_weight
from skanchors._fitted import unwrap
from skanchors._plot import get_axes, ink, set_legend, set_title, style
from skanchors._tables import count_text
from skanchors.metrics._silhouette import subsample, weighted_silhouettes

# A band of fewer boxes is drawn as high as if it had this share of a mean one, so that
# its name can be read.
_LOWEST_BAND = 0.6
_MAX_STEPS = 300


class SilhouetteDisplay:
    """Silhouettes of the boxes of each cluster, sorted, one band a cluster.

    A band that ends right of the dashed line, the mean of all, is a clear cluster; what
    lies left of 0 fits better into another cluster. Use `from_estimator` or
    `from_boxes` to compute the silhouettes and draw them in one go.

    Parameters
    ----------
    silhouettes : ndarray of shape (n_boxes,)
        Silhouette of each box.
    labels : ndarray of shape (n_boxes,)
        Cluster of each box.
    weight : ndarray of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.
    n_total : int, default=None
        Number of boxes of which these are a sample; None, where they are all.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    bands_ : dict to PolyCollection
        The band of each cluster.
    mean_line_ : Line2D
        The mean silhouette.
    legend_ : Legend or None
        The number of boxes in each cluster.

    See Also
    --------
    skanchors.metrics.iou_silhouette_samples : The silhouettes.

    Notes
    -----
    Bands are as high as their clusters have boxes, but never too low to be named.

    Examples
    --------
    >>> from skanchors.inspection import SilhouetteDisplay
    >>> X, labels = [[1, 1], [1, 2], [8, 4], [8, 8]], [0, 0, 1, 1]
    >>> display = SilhouetteDisplay.from_boxes(X, labels)
    >>> display.ax_.get_title()
    '4 boxes, mean silhouette 0.482'
    """

    def __init__(
        self,
        *,
        silhouettes: np.ndarray,
        labels: np.ndarray,
        weight: np.ndarray | None = None,
        n_total: int | None = None,
    ) -> None:
        self.silhouettes = silhouettes
        self.labels = labels
        self.weight = weight
        self.n_total = n_total

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        sample_size: int | None = 5000,
        random_state: Any = 0,
        sample_weight: ArrayLike | None = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Draw the silhouettes of the clusters that a fitted estimator predicts.

        Parameters
        ----------
        estimator : estimator, Pipeline or search
            Fitted; its last step has ``predict``.
        X : sequence
            What the estimator takes: boxes, or paths for a Pipeline that reads them.
        sample_size : int or None, default=5000
            Of more boxes than this, so many are drawn at random; time grows with the
            square. None takes all.
        random_state : int, RandomState instance or None, default=0
            Draws the sample.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes, which count as repetitions do; None gives each the
            weight 1.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        SilhouetteDisplay

        Raises
        ------
        ValueError
            If the silhouette is not defined for the number of clusters.
        """
        model, boxes = unwrap(estimator, X)
        return cls.from_boxes(
            boxes,
            model.predict(boxes),
            sample_size=sample_size,
            random_state=random_state,
            sample_weight=sample_weight,
            ax=ax,
            legend=legend,
        )

    @classmethod
    def from_boxes(
        cls,
        X: Any,
        labels: Any,
        *,
        sample_size: int | None = 5000,
        random_state: Any = 0,
        sample_weight: ArrayLike | None = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Compute the silhouettes of boxes and draw them.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        labels : array-like of shape (n_boxes,)
            Cluster of each box.
        sample_size : int or None, default=5000
            Of more boxes than this, so many are drawn at random; time grows with the
            square. None takes all.
        random_state : int, RandomState instance or None, default=0
            Draws the sample.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes, which count as repetitions do; None gives each the
            weight 1.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        SilhouetteDisplay

        Raises
        ------
        ValueError
            If the silhouette is not defined for the number of clusters.
        """
        X, labels = check_boxes(X), column_or_1d(labels)
        check_consistent_length(X, labels)
        weight = check_weight(sample_weight, X)
        if weight is not None:
            used = weight > 0
            X, labels, weight = X[used], labels[used], weight[used]
        n_total = len(X)
        X, labels, weight = subsample(sample_size, random_state, X, labels, weight)
        silhouettes = weighted_silhouettes(X, labels, weight)
        return cls(
            silhouettes=silhouettes,
            labels=labels,
            weight=weight,
            n_total=None if len(X) == n_total else n_total,
        ).plot(ax=ax, legend=legend)

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the silhouettes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        SilhouetteDisplay
            Itself, with the attributes set.
        """
        names, index = np.unique(self.labels, return_inverse=True)
        counts = np.bincount(index, self.weight)
        given = ax is not None
        self.ax_ = ax = get_axes(ax, figsize=(7.4, max(4.8, 0.3 * len(names))))
        self.figure_ = ax.figure
        self.bands_ = {}
        heights = np.maximum(counts / counts.mean(), _LOWEST_BAND)
        gap = 0.15 * heights.mean()
        bottom, middles = 0.0, []
        for i, (name, height) in enumerate(zip(names.tolist(), heights, strict=True)):
            picked = self._steps(index == i)
            # Each value fills its own share of the height.
            edges = np.linspace(bottom, bottom + height, len(picked) + 1)
            self.bands_[name] = ax.fill_betweenx(
                np.repeat(edges, 2)[1:-1],
                0,
                np.repeat(picked, 2),
                color=style(i, ax).color,
                lw=0,
                label=f"cluster {name}, N = {count_text(counts[i])}",
            )
            middles.append(bottom + height / 2)
            bottom += height + gap
        mean = float(np.average(self.silhouettes, weights=self.weight))
        self.mean_line_ = ax.axvline(mean, color=ink(ax), ls="--", lw=1)
        ax.axvline(0, color=ink(ax, 0.5), lw=0.8)
        ax.set(
            xlabel="silhouette (higher is better)",
            ylabel="cluster",
            xlim=(min(-0.1, 1.05 * self.silhouettes.min()), 1),
            ylim=(bottom, -gap),
        )
        set_title(ax, f"{self._count()} boxes, mean silhouette {mean:.3f}")
        ax.set_yticks(middles, names.tolist(), fontsize="small")
        handles = list(self.bands_.values())
        self.legend_ = set_legend(ax, legend, given=given, handles=handles)
        return self

    def _count(self) -> str:
        total = len(self.labels) if self.weight is None else float(self.weight.sum())
        of_all = "" if self.n_total is None else f" of {count_text(self.n_total)}"
        return f"{len(self.labels):,}{of_all}" if of_all else count_text(total)

    def _steps(self, inside: np.ndarray) -> np.ndarray:
        """Rising silhouettes of a cluster at equal shares of its weight."""
        values = self.silhouettes[inside]
        order = np.argsort(values, kind="stable")
        values = values[order]
        n_steps = min(len(values), _MAX_STEPS)
        if self.weight is None:
            return values[np.linspace(0, len(values) - 1, n_steps).astype(int)]
        # As many steps as show it: the weights need not be alike.
        reached = self.weight[inside][order].cumsum()
        middle = (np.arange(_MAX_STEPS) + 0.5) / _MAX_STEPS * reached[-1]
        return values[np.searchsorted(reached, middle).clip(max=len(values) - 1)]
