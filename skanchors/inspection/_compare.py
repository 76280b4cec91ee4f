"""Whether one set of anchors is better than another, image by image."""

import math
import numbers
from dataclasses import dataclass

import numpy as np
from sklearn.utils import check_random_state

from skanchors._boxes import check_boxes, check_weight
from skanchors._optional import require
from skanchors.inspection._best import best_anchors, check_column
from skanchors.inspection._bootstrap import ratio_intervals


@dataclass(frozen=True)
class AnchorComparison:
    """What `compare_anchors` returns; ``print`` shows it as text.

    Attributes
    ----------
    names : tuple of str
        The sets of anchors, in the order given.
    baseline : str
        The set that the others are compared with.
    mean_iou : dict of str to float
        Mean IoU of each set.
    mean_iou_interval : dict of str to (float, float)
        Confidence interval of it.
    gain : dict of str to float
        Mean IoU of each other set minus that of the baseline.
    gain_interval : dict of str to (float, float)
        Confidence interval of it, from the same resamples of images.
    best : str
        The other set with the largest gain.
    replace : bool
        Whether `best` should replace the baseline: its whole interval lies above
        `min_gain`.
    verdict : str
        The same in words, with the figures.
    confidence_level, min_gain : float
        As given.
    n_images, n_boxes : int
        How much data the comparison rests on.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.inspection import compare_anchors
    >>> sets = {"new": [[0.1, 0.1], [0.3, 0.3]], "old": [[1, 1]]}
    >>> comparison = compare_anchors(make_boxes(100, random_state=0), sets)
    >>> comparison.baseline, comparison.replace
    ('old', True)
    """

    names: tuple
    baseline: str
    mean_iou: dict
    mean_iou_interval: dict
    gain: dict
    gain_interval: dict
    best: str
    replace: bool
    verdict: str
    confidence_level: float
    min_gain: float
    n_images: int
    n_boxes: int

    def to_dict(self):
        """All attributes as plain values.

        Returns
        -------
        dict
            Ready for JSON.
        """
        plain = dict(vars(self))
        for name in ("mean_iou_interval", "gain_interval"):
            plain[name] = {key: list(pair) for key, pair in plain[name].items()}
        return plain | {"names": list(self.names)}

    def to_pandas(self):
        """The figures as a table.

        Returns
        -------
        pandas.DataFrame
            One row a set of anchors: mean IoU, gain, and both intervals.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pandas = require("pandas", extra="pandas")
        rows = []
        for name in self.names:
            low, high = self.mean_iou_interval[name]
            gain_low, gain_high = self.gain_interval.get(name, (math.nan, math.nan))
            rows.append(
                {
                    "mean_iou": self.mean_iou[name],
                    "mean_iou_low": low,
                    "mean_iou_high": high,
                    "gain": self.gain.get(name, math.nan),
                    "gain_low": gain_low,
                    "gain_high": gain_high,
                }
            )
        return pandas.DataFrame(rows, index=pandas.Index(self.names, name="anchors"))

    def __str__(self):
        width = max(len(name) for name in (*self.names, "anchors"))
        percent = f"{self.confidence_level * 100:g} %"
        lines = [
            f"{'anchors':<{width}}  mean IoU  {percent + ' interval':<16}"
            f"     gain  {percent + ' interval'}"
        ]
        for name in self.names:
            low, high = self.mean_iou_interval[name]
            line = (
                f"{name:<{width}}  {self.mean_iou[name]:8.4f}  {low:.4f} to {high:.4f}"
            )
            if name == self.baseline:
                line += "   (baseline)"
            else:
                low, high = self.gain_interval[name]
                line += f"  {self.gain[name]:+7.4f}  {low:+.4f} to {high:+.4f}"
            lines.append(line)
        lines += ["", f"{self.n_boxes} boxes, {self.n_images} images", self.verdict]
        return "\n".join(lines)


def compare_anchors(
    X,
    anchor_sets,
    *,
    image_ids=None,
    baseline=None,
    sample_weight=None,
    n_bootstrap=1000,
    confidence_level=0.95,
    min_gain=0.01,
    random_state=None,
):
    """Compare sets of anchors on boxes that none of them was fitted to.

    Images are resampled, not boxes, since the boxes of one image are alike; all sets
    see the same resamples, so that what makes an image hard for every set cancels out.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes. Anchors look better than they are on the boxes that they
        were fitted to: use other images.
    anchor_sets : dict of str to array-like of shape (n_anchors, n_sides)
        Two sets or more, in the unit of `X`, such as
        ``{"fitted": centers * 416, "yolov3": defaults}``.
    image_ids : array-like of shape (n_boxes,), default=None
        The image of each box. None takes each box for an image of its own, which makes
        the intervals too narrow if boxes of one image are alike.
    baseline : str, default=None
        Name of the set that is in use now; None is the last one.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.
    n_bootstrap : int, default=1000
        Number of resamples.
    confidence_level : float, default=0.95
        Of each interval on its own.
    min_gain : float, default=0.01
        The smallest gain in mean IoU that is worth a change of anchors. With many boxes
        an improvement that nobody would notice is certain too.
    random_state : int, RandomState instance or None, default=None
        Draws the resamples.

    Returns
    -------
    AnchorComparison
        The figures with intervals and a verdict in words.

    Raises
    ------
    ValueError
        If there are fewer than two sets or two images, or an argument is out of range.

    Notes
    -----
    The intervals are those of the bootstrap-t [1]_: each resample's deviation is
    divided by its own standard error (of a ratio of sums over images), which covers
    better than percentiles do when images are few or their numbers of boxes differ.
    Adding sets to pick the best of does not widen them.

    References
    ----------
    .. [1] B. Efron, R. Tibshirani, "An introduction to the bootstrap", Chapman & Hall,
       1993, chapter 12.5.

    Examples
    --------
    >>> import numpy as np
    >>> from skanchors.inspection import compare_anchors
    >>> X = np.random.default_rng(0).lognormal(4, 0.2, size=(300, 2))
    >>> sets = {"fitted": [[50, 60], [60, 50]], "defaults": [[10, 13], [373, 326]]}
    >>> comparison = compare_anchors(X, sets, random_state=0)
    >>> comparison.replace
    True
    >>> print(comparison.verdict)  # doctest: +ELLIPSIS
    Replace defaults by fitted: the mean IoU rises by ...
    """
    names = _check_names(anchor_sets)
    baseline = names[-1] if baseline is None else baseline
    if baseline not in names:
        raise ValueError(
            f"baseline must be one of the sets {list(names)}, got {baseline!r}."
        )
    _check_numbers(n_bootstrap, confidence_level, min_gain)
    X = check_boxes(X, dtype=np.float64)
    weight = check_weight(sample_weight, X)
    iou = np.column_stack(
        [best_anchors(X, anchor_sets[name], name=repr(name)).iou for name in names]
    )
    images = check_column(image_ids, X, "image_ids")
    totals, sums = _sums_of_images(iou, images, weight)
    others = [name for name in names if name != baseline]
    base = names.index(baseline)
    differences = [sums[:, names.index(name)] - sums[:, base] for name in others]
    columns = np.column_stack([sums, *differences])
    means, low, high = ratio_intervals(
        totals, columns, n_bootstrap, confidence_level, check_random_state(random_state)
    )
    split = len(names)
    gain = dict(zip(others, means[split:].tolist(), strict=True))
    gain_interval = _pairs(others, low[split:], high[split:], lowest=-1)
    best = max(gain, key=gain.get)
    replace = gain_interval[best][0] > min_gain
    mean_iou = dict(zip(names, means[:split].tolist(), strict=True))
    return AnchorComparison(
        names=names,
        baseline=baseline,
        mean_iou=mean_iou,
        mean_iou_interval=_pairs(names, low[:split], high[:split], lowest=0),
        gain=gain,
        gain_interval=gain_interval,
        best=best,
        replace=replace,
        verdict=_verdict(
            best, baseline, mean_iou, gain_interval[best], confidence_level, min_gain
        ),
        confidence_level=confidence_level,
        min_gain=min_gain,
        n_images=len(totals),
        n_boxes=len(X),
    )


def _check_names(anchor_sets):
    names = tuple(anchor_sets) if isinstance(anchor_sets, dict) else ()
    if len(names) < 2 or not all(isinstance(name, str) for name in names):
        raise ValueError(
            "anchor_sets must be a dictionary of two or more sets by name, such as "
            "{'fitted': anchors, 'yolov3': defaults}."
        )
    return names


def _check_numbers(n_bootstrap, confidence_level, min_gain):
    if not isinstance(n_bootstrap, numbers.Integral) or n_bootstrap < 100:
        raise ValueError(
            f"n_bootstrap must be an integer of 100 or more, got {n_bootstrap!r}."
        )
    if not isinstance(confidence_level, numbers.Real) or not 0 < confidence_level < 1:
        raise ValueError(
            f"confidence_level must lie between 0 and 1, got {confidence_level!r}."
        )
    if not isinstance(min_gain, numbers.Real) or not 0 <= min_gain < 1:
        raise ValueError(f"min_gain must be from 0 to below 1, got {min_gain!r}.")


def _sums_of_images(iou, images, weight):
    """Weight of each image, and its weighted sums of the columns of `iou`."""
    if images is None:
        index, n_images = np.arange(len(iou)), len(iou)
    else:
        names, index = np.unique(images, return_inverse=True)
        n_images = len(names)
    if weight is None:
        weight = np.ones(len(iou))
    totals = np.bincount(index, weight, minlength=n_images)
    sums = np.column_stack(
        [np.bincount(index, weight * column, minlength=n_images) for column in iou.T]
    )
    used = totals > 0
    if used.sum() < 2:
        raise ValueError(
            "The comparison resamples images and needs 2 or more, got "
            f"{used.sum()}; see image_ids."
        )
    return totals[used], sums[used]


def _pairs(names, low, high, *, lowest):
    low, high = np.clip(low, lowest, 1).tolist(), np.clip(high, lowest, 1).tolist()
    return dict(zip(names, zip(low, high, strict=True), strict=True))


def _verdict(best, baseline, mean_iou, interval, level, min_gain):
    low, high = interval
    gain = mean_iou[best] - mean_iou[baseline]
    figures = (
        f"{level * 100:g} % interval {low:+.4f} to {high:+.4f}), from "
        f"{mean_iou[baseline]:.4f} to {mean_iou[best]:.4f}"
    )
    if low > min_gain:
        return (
            f"Replace {baseline} by {best}: the mean IoU rises by {gain:.4f} "
            f"({figures}."
        )
    if high < 0:
        reason = "which is worse"
    elif high <= min_gain:
        reason = f"not the gain of {min_gain:g} that is worth a change"
    else:
        reason = (
            f"which does not make sure of the gain of {min_gain:g} that is worth a "
            "change; more images could"
        )
    return (
        f"Keep {baseline}: {best} would change the mean IoU by {gain:+.4f} "
        f"({figures}, {reason}."
    )
