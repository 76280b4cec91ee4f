"""A picture of boxes in their clusters, and of the anchors."""

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d

from skanchors._fitted import anchors_of, unwrap
from skanchors._optional import require
from skanchors.inspection._best import best_anchors
from skanchors.inspection._labels import name_points
from skanchors.inspection._plot import (
    MAX_POINTS,
    NAME_BOX,
    axis_scale,
    check_plane,
    get_axes,
    lift_zeros,
    set_legend,
    set_size_axes,
    size_limits,
    size_names,
    style,
)

# Cells along each axis of the picture of the density: so many that cells where boxes
# are dense hold a few each.
_MIN_CELLS, _MAX_CELLS = 60, 160


class AnchorClustersDisplay:
    """Boxes in one colour for each cluster, with the anchors marked and named.

    Use `from_estimator` or `from_boxes` to compute what it shows and draw it in one go.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 2)
        Widths and heights.
    anchors : ndarray of shape (n_clusters, 2)
        Widths and heights of the anchors.
    labels : ndarray of shape (n_boxes,)
        Cluster of each box, an index into `anchors`.
    mean_iou : float
        Shown in the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    boxes_artists_ : list
        One collection of points a cluster, or one mesh where the boxes are many.
    anchors_artist_ : PathCollection
        The marks of the anchors.
    names_ : list of Annotation
        The numbers of the anchors.
    legend_ : Legend
        The number of boxes in each cluster, and the size of its anchor.

    See Also
    --------
    BoxSizeDisplay : The boxes alone.
    AnchorShapesDisplay : The anchors alone, drawn as boxes.

    Examples
    --------
    >>> from skanchors import IoUKMeans
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.inspection import AnchorClustersDisplay
    >>> X = make_boxes(200, random_state=0)
    >>> model = IoUKMeans(3, random_state=0).fit(X)
    >>> display = AnchorClustersDisplay.from_estimator(model, X)
    >>> len(display.names_)
    3
    """

    def __init__(self, *, boxes, anchors, labels, mean_iou):
        self.boxes = boxes
        self.anchors = anchors
        self.labels = labels
        self.mean_iou = mean_iou

    @classmethod
    def from_estimator(cls, estimator, X, *, ax=None):
        """Draw what a fitted estimator makes of boxes.

        Parameters
        ----------
        estimator : estimator, Pipeline or search
            Fitted; its last step has ``cluster_centers_`` and ``predict``.
        X : sequence
            What the estimator takes: boxes, or paths for a Pipeline that reads them.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AnchorClustersDisplay

        Raises
        ------
        ValueError
            If the boxes do not have two sides.
        """
        model, boxes = unwrap(estimator, X)
        anchors = anchors_of(model)
        return cls.from_boxes(boxes, anchors, labels=model.predict(boxes), ax=ax)

    @classmethod
    def from_boxes(cls, X, anchors, *, labels=None, ax=None):
        """Draw boxes and anchors.

        Parameters
        ----------
        X : array-like of shape (n_boxes, 2)
            Widths and heights, in pixels or as fractions of the image.
        anchors : array-like of shape (n_clusters, 2)
            Widths and heights of the anchors in the same unit.
        labels : array-like of shape (n_boxes,), default=None
            Cluster of each box; None takes the anchor with the largest IoU.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AnchorClustersDisplay

        Raises
        ------
        ValueError
            If a size is negative or not finite, there are not two sides, or a label
            is not an index into `anchors`.
        """
        check_plane(X)
        best = best_anchors(X, check_plane(anchors, name="anchors"))
        labels = best.labels if labels is None else _check_labels(labels, best)
        mean_iou = float(best.iou.mean())
        return cls(
            boxes=best.boxes, anchors=best.anchors, labels=labels, mean_iou=mean_iou
        ).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the clusters and anchors.

        Axes are logarithmic if the sizes span more than a decade. From 5 000 boxes on,
        cells in the colour of their most frequent cluster show how dense the boxes
        are.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AnchorClustersDisplay
            Itself, with the attributes set.
        """
        self.ax_ = ax = get_axes(ax, figsize=(7.4, 5.2))
        self.figure_ = ax.figure
        scale = axis_scale(self.boxes)
        both = np.concatenate([self.boxes, self.anchors])
        limits = size_limits(both, scale)
        boxes = lift_zeros(self.boxes, scale, limits)
        anchors = lift_zeros(self.anchors, scale, limits)
        set_size_axes(ax, scale, both)
        draw = _draw_points if len(boxes) < MAX_POINTS else _draw_density
        self.boxes_artists_ = draw(ax, boxes, self.labels, len(anchors), scale, limits)
        self.anchors_artist_ = ax.scatter(
            *anchors.T,
            s=46,
            marker="X",
            c="black",
            edgecolors="white",
            lw=0.8,
            zorder=4,
        )
        ax.set_title(f"{len(anchors)} anchors, mean IoU {self.mean_iou:.4f}")
        self.legend_ = self._draw_legend(ax)
        names = [str(i) for i in range(len(anchors))]
        self.names_ = name_points(
            ax, anchors, names, fontsize=8, fontweight="bold", zorder=5, bbox=NAME_BOX
        )
        return self

    def _draw_legend(self, ax):
        lines = require("matplotlib.lines", extra="plot")
        counts = np.bincount(self.labels, minlength=len(self.anchors))
        handles = [
            lines.Line2D(
                [],
                [],
                ls="",
                color=style(i).color,
                marker=style(i).marker if len(self.boxes) < MAX_POINTS else "s",
                label=f"cluster {i}, N = {count} ({size})",
            )
            for i, (count, size) in enumerate(
                zip(counts, size_names(self.anchors), strict=True)
            )
        ]
        return set_legend(ax, handles=handles)


def _check_labels(labels, best):
    labels = column_or_1d(labels)
    check_consistent_length(best.boxes, labels)
    n_anchors = len(best.anchors)
    whole = np.issubdtype(labels.dtype, np.integer)
    if not whole or labels.min() < 0 or labels.max() >= n_anchors:
        raise ValueError(
            f"labels must be indices of the {n_anchors} anchors, from 0 to "
            f"{n_anchors - 1}."
        )
    return labels


def _draw_points(ax, boxes, labels, n_clusters, scale, limits):
    opacity = float(np.clip(400 / len(boxes), 0.3, 0.9))
    artists = []
    for i in range(n_clusters):
        color, marker, _ = style(i)
        artists.append(
            ax.scatter(
                *boxes[labels == i].T,
                s=16,
                alpha=opacity,
                color=color,
                marker=marker,
                lw=0,
            )
        )
    return artists


def _draw_density(ax, boxes, labels, n_clusters, scale, limits):
    n_cells = int(np.clip(0.75 * len(boxes) ** 0.5, _MIN_CELLS, _MAX_CELLS))
    space = np.geomspace if scale == "log" else np.linspace
    edges = [space(low, high, n_cells + 1) for low, high in limits]
    column, row = (
        np.clip(np.searchsorted(edge, side, side="right") - 1, 0, n_cells - 1)
        for edge, side in zip(edges, boxes.T, strict=True)
    )
    cell = (row * n_cells + column) * n_clusters + labels
    counts = np.bincount(cell, minlength=n_cells**2 * n_clusters)
    counts = counts.reshape(n_cells, n_cells, n_clusters)
    total = counts.sum(axis=2)
    colors = np.array([style(i).color for i in range(n_clusters)])
    picture = np.zeros((n_cells, n_cells, 4))
    picture[..., :3] = colors[counts.argmax(axis=2)]
    opacity = 0.3 + 0.7 * np.log1p(total) / np.log1p(total.max())
    picture[..., 3] = np.where(total > 0, opacity, 0)
    return [ax.pcolormesh(*edges, picture, rasterized=True)]
