"""Whether one set of anchors is better than another, image by image."""

import difflib
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skanchors._boxes import check_weight, sort_by_volume
from skanchors._checks import check_count, check_names
from skanchors.detectors import get_detector
from skanchors.inspection._best import check_column
from skanchors.inspection._comparison import AnchorComparison
from skanchors.inspection._criteria import Interval, compare_values
from skanchors.inspection._judged import CRITERIA, Judged, judge_sizes, judge_table
from skanchors.inspection._verdict import (
    advice_on,
    gains_for_good,
    may_replace,
    verdict,
)


def compare_anchors(
    X: Any,
    anchor_sets: dict,
    *,
    image_ids: ArrayLike | None = None,
    baseline: str | None = None,
    sample_weight: ArrayLike | None = None,
    n_bootstrap: int = 1000,
    confidence_level: float = 0.95,
    min_gain: float = 0.01,
    random_state: Any = None,
    detector: Any = None,
    criteria: Sequence[str] = ("mean_iou",),
    scaling: str | None = None,
    input_size: Any = None,
) -> AnchorComparison:
    """Compare sets of anchors on boxes that none of them was fitted to.

    Images are resampled, not boxes, since the boxes of one image are alike; all sets
    see the same resamples, so that what makes an image hard for every set cancels out.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
        Sizes of the boxes; or, with `detector`, the table that says where they lie.
        Without, a table is scaled as the detector of the sets scales images, where all
        sets are of one, else it stands for fractions of its images. Anchors look better
        than they are on the boxes that they were fitted to: use other images.
    anchor_sets : dict of str to array-like, estimator, AnchorSet or str
        Two sets or more, in the unit of `X`, such as
        ``{"fitted": centers * 416, "yolov3": defaults}``: sizes of shape (n_anchors,
        n_sides), or what has them, as in `anchor_report`. With `detector` also None,
        which stands for its published anchors.
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
        The smallest gain by the first criterion that is worth a change of anchors; of
        "positives", as a share of what there were. With many boxes an improvement that
        nobody would notice is certain too.
    random_state : int, RandomState instance or None, default=None
        Draws the resamples.
    detector : str or Detector, default=None
        Simulate the training of this detector, see `skanchors.assignment.assign`. `X`
        must be a table then, and boxes are scaled as the detector scales the images.
    criteria : sequence of str, default=("mean_iou",)
        What sets are compared by; the first one must gain, and none may fall. All but
        "mean_iou" need a `detector`:

        - "mean_iou": mean of the best IoU with equal centres;
        - "matched": share of the objects whose best anchor, where the grid puts it,
          reaches the IoU that the detector calls positive (0.5 where its rule asks for
          no IoU);
        - "positives": number of positives an object;
        - "forced": share of the objects that have positives by low-quality matches
          only; lower is better;
        - "worst_group": the matched share of the class or size (small, medium and large
          in the input, bounds 32 and 96) that is served worst, of those with 20 objects
          in 10 images or more.
    scaling, input_size : optional
        Override those of the detector, see `skanchors.assignment.assign`.

    Returns
    -------
    AnchorComparison
        The figures with intervals and a verdict in words.

    Raises
    ------
    ValueError
        If there are fewer than two sets or two images, an argument is out of range, or
        a criterion needs a detector.
    TypeError
        If there is a `detector` and `X` is no table; or the other way round and a set
        is pixels, which a table does not know.

    Notes
    -----
    The intervals of means are those of the bootstrap-t [1]_: each resample's deviation
    is divided by its own standard error (of a ratio of sums over images), which covers
    better than percentiles do when images are few or their numbers of boxes differ.
    Those of shares, and of their changes, are of Student's t with a few images added at
    both ends [2]_ [3]_, which hold near 0 and 1 too.
    Adding sets to pick the best of does not widen them, nor does adding criteria, or
    looking for the worst group. Groups that lose matches are named where that is beyond
    chance for all groups together, and a tenth of their matches or more.

    All criteria are about what training will see. None of them promises a better
    average precision.

    References
    ----------
    .. [1] B. Efron, R. Tibshirani, "An introduction to the bootstrap", Chapman & Hall,
       1993, chapter 12.5.
    .. [2] A. Agresti, B. A. Coull, "Approximate is better than 'exact' for interval
       estimation of binomial proportions", The American Statistician 52(2), 1998.
    .. [3] A. Agresti, Y. Min, "Simple improved confidence intervals for comparing
       matched proportions", Statistics in Medicine 24(5), 2005.

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
    criteria = _check_criteria(criteria, detector)
    if detector is None:
        judged = judge_sizes(X, anchor_sets, image_ids)
        images = check_column(judged.images, judged.sizes, "image_ids")
        judged = judged._replace(images=images)
    else:
        judged = judge_table(
            X, anchor_sets, detector, scaling=scaling, input_size=input_size
        )
        if image_ids is not None:
            images = check_column(image_ids, judged.sizes, "image_ids")
            judged = judged._replace(images=images)
    weight = check_weight(sample_weight, judged.sizes)
    figures, falls, n_images = compare_values(
        judged,
        tuple(dict.fromkeys((*criteria, "mean_iou"))),
        baseline,
        weight,
        Interval(n_bootstrap, confidence_level, check_random_state(random_state)),
    )
    of_iou = figures["mean_iou"]
    figures = {name: figures[name] for name in criteria}
    equal = tuple(
        name for name in names if name != baseline and _equal(judged, name, baseline)
    )
    for name in equal:
        # Nothing is left to chance.
        for of_sets in figures.values():
            of_sets[name] |= dict.fromkeys(("gain", "gain_low", "gain_high"), 0.0)
    best = _choose(names, baseline, figures, falls, min_gain)
    lost = falls.get(best, [])
    has_form = detector is None or get_detector(detector).form.name != "free"
    advice = advice_on(figures, lost, best, has_form=has_form)
    return AnchorComparison(
        names=names,
        baseline=baseline,
        mean_iou={name: of_iou[name]["value"] for name in names},
        mean_iou_interval={
            name: (of_iou[name]["low"], of_iou[name]["high"]) for name in names
        },
        gain={name: of_iou[name]["gain"] for name in names if name != baseline},
        gain_interval={
            name: (of_iou[name]["gain_low"], of_iou[name]["gain_high"])
            for name in names
            if name != baseline
        },
        best=best,
        replace=may_replace(figures, lost, best, min_gain),
        verdict=verdict(
            best,
            baseline,
            figures,
            lost,
            level=confidence_level,
            min_gain=min_gain,
            equal=best in equal,
            advice=advice,
        ),
        confidence_level=confidence_level,
        min_gain=min_gain,
        n_images=n_images,
        n_boxes=len(judged.sizes),
        criteria=figures,
        falls={
            name: [
                {
                    "group": str(fall.group),
                    "n_objects": len(fall.group.rows),
                    "before": fall.before,
                    "after": fall.after,
                }
                for fall in of_set
            ]
            for name, of_set in falls.items()
        },
        equal=equal,
        advice=advice,
        detector=None if judged.detector is None else judged.detector.name,
        scaling=judged.scaling,
    )


def _choose(
    names: tuple, baseline: str, figures: dict, falls: dict, min_gain: float
) -> str:
    """The set that the verdict speaks of: the best that may replace, or the best."""
    first = next(iter(figures))
    others = sorted(
        (name for name in names if name != baseline),
        key=lambda name: -sum(gains_for_good(_as_point(figures[first][name]), first)),
    )
    usable = (
        name
        for name in others
        if may_replace(figures, falls.get(name, []), name, min_gain)
    )
    return next(usable, others[0])


def _as_point(entry: dict) -> dict:
    return {"gain_low": entry["gain"] / 2, "gain_high": entry["gain"] / 2}


def _equal(judged: Judged, name: str, baseline: str) -> bool:
    """Whether two sets have the same anchors, and serve all boxes alike."""
    one, other = judged.anchors[name], judged.anchors[baseline]
    return (
        one.shape == other.shape
        and np.allclose(sort_by_volume(one), sort_by_volume(other), rtol=1e-6)
        and all(
            np.allclose(values[name], values[baseline])
            for values in judged.values.values()
        )
    )


def _check_criteria(criteria: Any, detector: Any) -> tuple:
    criteria = check_names(criteria, name="criteria")
    for name in criteria:
        if name not in CRITERIA:
            near = difflib.get_close_matches(str(name), CRITERIA, n=1, cutoff=0.4)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"criteria must be among {', '.join(CRITERIA)}; got {name!r}.{hint}"
            )
    if not criteria:
        raise ValueError(f"criteria is empty; choose among {', '.join(CRITERIA)}.")
    if detector is None and set(criteria) != {"mean_iou"}:
        needy = next(name for name in criteria if name != "mean_iou")
        raise ValueError(
            f"The criterion {needy!r} is about what training does: pass detector= and "
            "an AnnotationTable."
        )
    return tuple(dict.fromkeys(criteria))


def _check_names(anchor_sets: Any) -> tuple:
    names = tuple(anchor_sets) if isinstance(anchor_sets, dict) else ()
    if len(names) < 2 or not all(isinstance(name, str) for name in names):
        raise ValueError(
            "anchor_sets must be a dictionary of two or more sets by name, such as "
            "{'fitted': anchors, 'yolov3': defaults}."
        )
    return names


def _check_numbers(n_bootstrap: int, confidence_level: float, min_gain: float) -> None:
    check_count(n_bootstrap, name="n_bootstrap", minimum=100)
    if (
        not isinstance(confidence_level, int | float | np.floating)
        or not 0 < confidence_level < 1
    ):
        raise ValueError(
            f"confidence_level must lie between 0 and 1, got {confidence_level!r}."
        )
    if not isinstance(min_gain, Real) or not 0 <= float(min_gain) < 1:
        raise ValueError(f"min_gain must be from 0 to below 1, got {min_gain!r}.")
