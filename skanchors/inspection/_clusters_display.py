"""A picture of boxes in their clusters, and of the anchors."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d

from skanchors._anchors_like import meet
from skanchors._fitted import anchors_of, unwrap
from skanchors._optional import require
from skanchors._plot import (
    MAX_POINTS,
    axis_scale,
    check_plane,
    get_axes,
    ink,
    lift_zeros,
    paper,
    set_legend,
    set_size_axes,
    set_title,
    size_limits,
    size_names,
    style,
)
from skanchors._plot_names import name_points
from skanchors._tables import count_text, counted
from skanchors.inspection._best import Best, best_anchors

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
    weight : ndarray of shape (n_boxes,), default=None
        Weights of the boxes, which the legend adds up; None gives each the weight 1.

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
    legend_ : Legend or None
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

    def __init__(
        self,
        *,
        boxes: np.ndarray,
        anchors: np.ndarray,
        labels: np.ndarray,
        mean_iou: float,
        weight: np.ndarray | None = None,
    ) -> None:
        self.boxes = boxes
        self.anchors = anchors
        self.labels = labels
        self.mean_iou = mean_iou
        self.weight = weight

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        sample_weight: ArrayLike | None = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Draw what a fitted estimator makes of boxes.

        Parameters
        ----------
        estimator : estimator, Pipeline or search
            Fitted; its last step has ``cluster_centers_`` and ``predict``.
        X : sequence
            What the estimator takes: boxes, or paths for a Pipeline that reads them.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes; None gives each the weight 1.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

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
        return cls.from_boxes(
            boxes,
            anchors,
            labels=model.predict(boxes),
            sample_weight=sample_weight,
            ax=ax,
            legend=legend,
        )

    @classmethod
    def from_boxes(
        cls,
        X: Any,
        anchors: Any,
        *,
        labels: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Draw boxes and anchors.

        Parameters
        ----------
        X : array-like of shape (n_boxes, 2)
            Widths and heights, in pixels or as fractions of the image.
        anchors : array-like of shape (n_clusters, 2), estimator, AnchorSet or str
            Widths and heights of the anchors in the same unit, or what has them; see
            `anchor_report`.
        labels : array-like of shape (n_boxes,), default=None
            Cluster of each box; None takes the anchor with the largest IoU.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes; None gives each the weight 1.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AnchorClustersDisplay

        Raises
        ------
        ValueError
            If a size is negative or not finite, there are not two sides, or a label
            is not an index into `anchors`.
        """
        X, anchors = meet(X, anchors)
        anchors = check_plane(anchors, name="anchors")
        X = check_plane(X)
        best = best_anchors(X, anchors, sample_weight=sample_weight)
        return cls(
            boxes=best.boxes,
            anchors=best.anchors,
            labels=best.labels if labels is None else _check_labels(labels, best),
            mean_iou=best.mean_iou(),
            weight=best.weight,
        ).plot(ax=ax, legend=legend)

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the clusters and anchors.

        Axes are logarithmic if the sizes span more than a decade. From 5 000 boxes on,
        cells in the colour of their most frequent cluster show how dense the boxes
        are.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AnchorClustersDisplay
            Itself, with the attributes set.
        """
        given = ax is not None
        self.ax_ = ax = get_axes(ax, figsize=(7.4, 5.2))
        self.figure_ = ax.figure
        scale = axis_scale(self.boxes)
        both = np.concatenate([self.boxes, self.anchors])
        limits = size_limits(both, scale)
        boxes = lift_zeros(self.boxes, scale, limits)
        anchors = lift_zeros(self.anchors, scale, limits)
        set_size_axes(ax, scale, both)
        draw = _draw_points if len(boxes) < MAX_POINTS else _draw_density
        self.boxes_artists_ = draw(
            ax, boxes, self.labels, self.weight, len(anchors), scale, limits
        )
        self.anchors_artist_ = ax.scatter(
            *anchors.T,
            s=46,
            marker="X",
            color=ink(ax),
            edgecolors=[paper(ax)],
            lw=0.8,
            zorder=4,
        )
        set_title(
            ax, f"{counted(len(anchors), 'anchor')}, mean IoU {self.mean_iou:.4f}"
        )
        self.legend_ = set_legend(
            ax, legend, given=given, handles=self._legend_handles(ax)
        )
        names = [str(i) for i in range(len(anchors))]
        self.names_ = name_points(ax, anchors, names, avoid=self.legend_, zorder=5)
        return self

    def _legend_handles(self, ax: Any) -> list:
        lines = require("matplotlib.lines", extra="plot")
        counts = np.bincount(self.labels, self.weight, minlength=len(self.anchors))
        return [
            lines.Line2D(
                [],
                [],
                ls="",
                color=style(i, ax).color,
                marker=style(i).marker if len(self.boxes) < MAX_POINTS else "s",
                label=f"cluster {i}, N = {count_text(count)} ({size})",
            )
            for i, (count, size) in enumerate(
                zip(counts, size_names(self.anchors), strict=True)
            )
        ]


def _check_labels(labels: Any, best: Best) -> np.ndarray:
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


def _draw_points(
    ax: Any,
    boxes: np.ndarray,
    labels: np.ndarray,
    weight: np.ndarray | None,
    n_clusters: int,
    scale: str,
    limits: list,
) -> list:
    """Points, one collection a cluster; arguments as `_draw_density` has them."""
    opacity = float(np.clip(400 / len(boxes), 0.3, 0.9))
    used = np.ones(len(boxes), dtype=bool) if weight is None else weight > 0
    return [
        ax.scatter(
            *boxes[used & (labels == i)].T,
            s=16,
            alpha=opacity,
            color=style(i, ax).color,
            marker=style(i).marker,
            lw=0,
        )
        for i in range(n_clusters)
    ]


def _draw_density(
    ax: Any,
    boxes: np.ndarray,
    labels: np.ndarray,
    weight: np.ndarray | None,
    n_clusters: int,
    scale: str,
    limits: list,
) -> list:
    """Cells in the colour of their most frequent cluster.

    Parameters
    ----------
    ax : Axes
    boxes : ndarray of shape (n_boxes, 2)
    labels : ndarray of shape (n_boxes,)
    weight : ndarray of shape (n_boxes,) or None
    n_clusters : int
    scale : {"log", "linear"}
    limits : list of (float, float)
        Of the widths and of the heights.
    """
    n_cells = int(np.clip(0.75 * len(boxes) ** 0.5, _MIN_CELLS, _MAX_CELLS))
    space = np.geomspace if scale == "log" else np.linspace
    edges = [space(low, high, n_cells + 1) for low, high in limits]
    column, row = (
        np.clip(np.searchsorted(edge, side, side="right") - 1, 0, n_cells - 1)
        for edge, side in zip(edges, boxes.T, strict=True)
    )
    cell = (row * n_cells + column) * n_clusters + labels
    counts = np.bincount(cell, weight, minlength=n_cells**2 * n_clusters)
    counts = counts.reshape(n_cells, n_cells, n_clusters)
    total = counts.sum(axis=2)
    colors = np.array([style(i, ax).color for i in range(n_clusters)])
    picture = np.zeros((n_cells, n_cells, 4))
    picture[..., :3] = colors[counts.argmax(axis=2)]
    opacity = 0.3 + 0.7 * np.log1p(total) / np.log1p(total.max())
    picture[..., 3] = np.where(total > 0, opacity, 0)
    return [ax.pcolormesh(*edges, picture, rasterized=True)]
