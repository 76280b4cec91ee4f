"""A picture of the silhouette of each cluster."""

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d

from skanchors._boxes import check_boxes
from skanchors._fitted import unwrap
from skanchors.inspection._plot import get_axes, set_legend, style
from skanchors.metrics import iou_silhouette_samples

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
    legend_ : Legend
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

    def __init__(self, *, silhouettes, labels):
        self.silhouettes = silhouettes
        self.labels = labels

    @classmethod
    def from_estimator(cls, estimator, X, *, sample_size=5000, random_state=0, ax=None):
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
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

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
            ax=ax,
        )

    @classmethod
    def from_boxes(cls, X, labels, *, sample_size=5000, random_state=0, ax=None):
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
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

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
        if sample_size is not None and sample_size < len(X):
            rng = check_random_state(random_state)
            chosen = rng.permutation(len(X))[:sample_size]
            X, labels = X[chosen], labels[chosen]
        silhouettes = iou_silhouette_samples(X, labels)
        return cls(silhouettes=silhouettes, labels=labels).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the silhouettes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        SilhouetteDisplay
            Itself, with the attributes set.
        """
        names, counts = np.unique(self.labels, return_counts=True)
        self.ax_ = ax = get_axes(ax, figsize=(7.4, max(4.8, 0.3 * len(names))))
        self.figure_ = ax.figure
        self.bands_ = {}
        heights = np.maximum(counts / counts.mean(), _LOWEST_BAND)
        gap = 0.15 * heights.mean()
        bottom, middles = 0.0, []
        for i, (name, height) in enumerate(zip(names.tolist(), heights, strict=True)):
            values = np.sort(self.silhouettes[self.labels == name])
            n_steps = min(len(values), _MAX_STEPS)
            picked = values[np.linspace(0, len(values) - 1, n_steps).astype(int)]
            # Each value fills its own share of the height.
            edges = np.linspace(bottom, bottom + height, n_steps + 1)
            self.bands_[name] = ax.fill_betweenx(
                np.repeat(edges, 2)[1:-1],
                0,
                np.repeat(picked, 2),
                color=style(i).color,
                lw=0,
                label=f"cluster {name}, N = {len(values)}",
            )
            middles.append(bottom + height / 2)
            bottom += height + gap
        mean = float(np.mean(self.silhouettes))
        self.mean_line_ = ax.axvline(mean, color="black", ls="--", lw=1)
        ax.axvline(0, color="0.5", lw=0.8)
        ax.set(
            xlabel="silhouette",
            ylabel="cluster",
            xlim=(min(-0.1, 1.05 * self.silhouettes.min()), 1),
            ylim=(bottom, -gap),
            title=f"{len(self.labels)} boxes, mean silhouette {mean:.3f}",
        )
        ax.set_yticks(middles, names.tolist(), fontsize="small")
        self.legend_ = set_legend(ax, handles=list(self.bands_.values()))
        return self
