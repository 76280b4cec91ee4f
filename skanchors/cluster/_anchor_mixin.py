"""What fitted anchors are used for."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from skanchors._anchors_like import anchors_for
from skanchors._array_api import like
from skanchors._boxes import check_weight, is_table, validate_boxes
from skanchors._doc_link import DocLinkMixin
from skanchors._warnings import warn
from skanchors.metrics._iou import IOU
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._registry import get_metric

# Boxes that are labelled at a time.
_BLOCK = 32_768


class AnchorMixin(DocLinkMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Prediction, distances and score of an estimator with anchors.

    It needs the parameter `metric` and the attributes `cluster_centers_` and
    `metric_params_`.
    """

    def predict(self, X: ArrayLike) -> Any:
        """Find the nearest anchor of each box.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.

        Returns
        -------
        ndarray of shape (n_boxes,), int32
            Index of the nearest anchor.
        """
        check_is_fitted(self)
        return like(self._label(self._validate_boxes(X)), X)

    def transform(self, X: ArrayLike) -> Any:
        """Compute the distance of each box to each anchor.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.

        Returns
        -------
        ndarray of shape (n_boxes, n_clusters)
            Distances under `metric`.
        """
        check_is_fitted(self)
        boxes = self._validate_boxes(X)
        distance = get_metric(self.metric).pairwise(
            boxes, self.cluster_centers_.astype(boxes.dtype), **self.metric_params_
        )
        return like(distance, X)

    def score(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Compute the mean over boxes of the best IoU with an anchor.

        It is the mean IoU whatever the metric of the clustering.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes.

        Returns
        -------
        float
            From 0 to 1; larger is better.
        """
        check_is_fitted(self)
        X = self._validate_boxes(X)
        weight = check_weight(sample_weight, X)
        distance = nearest_anchor(X, self.cluster_centers_.astype(X.dtype), IOU)[1]
        return 1 - float(np.average(distance, weights=weight))

    def _label(self, X: np.ndarray) -> np.ndarray:
        return nearest_anchor(
            X,
            self.cluster_centers_.astype(X.dtype),
            get_metric(self.metric),
            self.metric_params_,
            return_distance=False,
        )

    def _label_in_blocks(self, X: np.ndarray) -> np.ndarray:
        """As `predict`, in less memory."""
        labels = np.empty(len(X), dtype=np.int32)
        for start in range(0, len(X), _BLOCK):
            rows = slice(start, start + _BLOCK)
            labels[rows] = self._label(X[rows])
        return labels

    def _validate_boxes(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        if not reset and is_table(X):
            # Says so where the anchors are in pixels.
            anchors_for(self, X, name="The estimator")
        boxes = validate_boxes(self, X, reset=reset)
        if reset:
            _warn_of_corners(boxes)
        return boxes

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _warn_of_corners(boxes: np.ndarray) -> None:
    """Say so if boxes with four sides look like the corners of boxes with two."""
    if boxes.shape[1] == 4 and (boxes[:, 2:] > boxes[:, :2]).all():
        warn(
            "4-sided boxes; if these are corners x1, y1, x2, y2, pass "
            "X[:, 2:] - X[:, :2].",
            UserWarning,
        )
