"""Anchors for a detector, from annotations to its configuration, in one call."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from skanchors._checks import check_names
from skanchors._detector_anchors import (
    anchors_for,
    check_above_a_pixel,
    check_objective,
    free_counts,
    make_estimator,
)
from skanchors._hold_out import check_holdout, hold_out
from skanchors._tables import (
    counted,
    html_code,
    html_page,
    html_text,
    only,
    wrapped,
)
from skanchors.annotations import AnnotationTable, balanced_weight, read_dataset
from skanchors.assignment import Assignment, assign
from skanchors.assignment._rule import make_rule
from skanchors.detectors import Detector, get_detector
from skanchors.export import AnchorSet
from skanchors.export._format import format_to_paste
from skanchors.export._saved import to_json
from skanchors.export._table import get_style
from skanchors.inspection import AnchorComparison, compare_anchors
from skanchors.inspection._judged import CRITERIA
from skanchors.inspection._verdict import advice_text

# The share of the images to judge by, where the data set has no split for that.
HOLDOUT = 0.2


@dataclass(frozen=True, eq=False)
class DetectorFit:
    """Anchors that were fitted for a detector; ``print`` shows verdict and text.

    `fit_detector` makes it.

    Attributes
    ----------
    anchor_set_ : AnchorSet
        The anchors in the form that the detector holds, with levels and strides.
    estimator_ : estimator
        The fitted `IoUKMeans`, `PyramidAnchors` or `SSDAnchors`.
    comparison_ : AnchorComparison
        The anchors against the detector's own defaults, on images that were held out.
    assignment_ : Assignment
        What training would do with the anchors, on the same images.
    text_ : str
        The anchors for the detector's configuration, in numbers of at most seven
        significant digits.
    detector_ : Detector
        The detector, with what overrode it.
    how_ : str
        On which images the anchors were fitted and judged.

    Examples
    --------
    >>> from skanchors import fit_detector
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> fit = fit_detector(table, "yolov5", random_state=0)
    >>> fit.how_
    'fitted on 96 images, judged on 24 others, drawn at random'
    >>> print(fit.text_)  # doctest: +ELLIPSIS
    anchors:
      - [...] # P3/8
      - [...] # P4/16
      - [...] # P5/32
    """

    anchor_set_: AnchorSet
    estimator_: Any
    comparison_: AnchorComparison
    assignment_: Assignment
    text_: str
    detector_: Detector
    how_: str

    @property
    def verdict_(self) -> str:
        """Whether the defaults should be kept or replaced, in words."""
        return self.comparison_.verdict

    def to_dict(self) -> dict[str, Any]:
        """Everything that is printed, as plain values.

        Returns
        -------
        dict
            Ready for JSON; "anchor_set" is what `AnchorSet.load` reads.
        """
        return {
            "detector": self.detector_.name,
            "scaling": self.detector_.scaling,
            "input_size": self.detector_.input_size,
            "strides": list(self.detector_.strides),
            "how": self.how_,
            "verdict": self.verdict_,
            "anchors": np.asarray(self.anchor_set_).tolist(),
            "anchor_set": json.loads(to_json(self.anchor_set_)),
            "mean_iou": self.estimator_.mean_iou_,
            "comparison": self.comparison_.to_dict(),
            "assignment": {
                "totals": dict(self.assignment_.totals),
                "rule": repr(self.assignment_.rule),
            },
            "text": self.text_,
        }

    def __str__(self) -> str:
        return f"{self.comparison_}\n{wrapped(self.how_)}\n\n{self.text_}"

    def _repr_html_(self) -> str:
        how = f"{self.how_[0].upper()}{self.how_[1:]}."
        parts = (self.comparison_._repr_html_(), html_text(how), html_code(self.text_))
        return html_page(*parts)


def fit_detector(
    data: Any,
    detector: str | Detector,
    *,
    objective: str = "iou",
    balance: str | tuple[str, ...] | None = None,
    random_state: int | np.random.RandomState | None = None,
    holdout: float = HOLDOUT,
    rule: Any = None,
    style: str | None = None,
    n_classes: int | None = None,
    callbacks: Sequence[Any] = (),
) -> DetectorFit:
    """Fit anchors for a detector and judge them as its training will.

    Scaling, input size, strides, form, number of anchors, rule and style are those of
    the detector. The anchors are fitted on the train split and judged on val where the
    data set has both, and never on test; otherwise on images drawn at random.

    Parameters
    ----------
    data : AnnotationTable, path-like or sequence of path-like
        The boxes with their positions, or what `skanchors.annotations.read_dataset`
        reads: the root of a data set, several, or annotation files.
    detector : str or Detector
        A name of `skanchors.detectors.detector_names`, or a detector of your own.
    objective : {"iou", "grid_iou", "matched"}, default="iou"
        What the anchors are best at, see `PyramidAnchors`; the verdict asks first
        whether the matched share rises if that was wanted, else the mean IoU. Detectors
        with free anchors know "iou" only.
    balance : str or tuple of str, default=None
        Whether each class ("label" or "class"), each group of sizes ("size") or each
        pair of both has the same say, see `skanchors.annotations.balanced_weight`.
    random_state : int, RandomState instance or None, default=None
        Draws the images to judge by, and seeds the fit and the intervals.
    holdout : float, default=0.2
        The share of images to judge by, where the data set has no split for that. 0
        judges on the images that were fitted.
    rule : rule or str, default=None
        Overrides the rule of assignment that judges, see
        `skanchors.assignment.assign`.
    style : str, default=None
        Overrides the style of the text, see `skanchors.export.style_names`.
    n_classes : int, default=None
        Number of classes, for styles that write it.
    callbacks : sequence of callbacks, default=()
        Follow the fit, such as `skanchors.callbacks.TensorBoardLogger`.

    Returns
    -------
    DetectorFit
        The anchors, the estimator, the comparison with the defaults, the assignment,
        and the text to paste.

    Raises
    ------
    ValueError
        If there is no such detector, it cannot be fitted for `objective`, or there are
        no boxes to fit or to judge by.

    See Also
    --------
    skanchors.assignment.assign : The assignment on its own.
    skanchors.inspection.compare_anchors : The comparison on its own.

    Examples
    --------
    >>> from skanchors import fit_detector
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> fit = fit_detector(table, "fasterrcnn_resnet50_fpn", random_state=0)
    >>> fit.anchor_set_.strides
    (4, 8, 16, 32, 64)
    >>> fit.verdict_.split()[0] in ("Keep", "Replace")
    True
    """
    found = get_detector(detector)
    check_objective(found, objective)
    # Before the work, not after it.
    _groups(balance)
    check_holdout(holdout)
    get_style(style or found.style)
    if rule is not None:
        make_rule(rule)
    table = data if isinstance(data, AnnotationTable) else _read(data, found)
    seed = check_seed(random_state)
    parts = hold_out(table, holdout, seed)
    for part, does in ((parts.fitted, "fit"), (parts.held_out, "judge by")):
        if not len(part):
            raise ValueError(f"There are no boxes to {does}.")
    if len(np.unique(parts.held_out.image_index)) < 2:
        raise ValueError(
            "Anchors are judged on two images with boxes or more, and there is only "
            "one. Read more files."
        )
    sizes = part_sizes(parts.fitted, found)
    check_above_a_pixel(sizes, f"of the input of {found.name}")
    if found.form.name == "free":
        n_anchors = int(free_counts(found).sum())
        if len(sizes) < n_anchors:
            raise ValueError(
                f"{found.name} holds {counted(n_anchors, 'anchor')}, but there "
                f"{only(len(sizes), 'box')} to fit them to. Read more files, or "
                "keep its defaults."
            )
    weight = weights_of(parts.fitted, found.scaling, found.input_size, balance)
    model = make_estimator(found, objective=objective, random_state=seed)
    model.set_callbacks(*callbacks).fit(sizes, sample_weight=weight)
    anchor_set = anchors_for(model, found)
    comparison = compare_anchors(
        parts.held_out,
        {"fitted": anchor_set, f"{found.name} defaults": found.default_anchors},
        detector=found if rule is None else replace(found, rule=rule),
        criteria=_criteria(objective),
        random_state=seed,
    )
    return DetectorFit(
        anchor_set_=anchor_set,
        estimator_=model,
        comparison_=_without_advice(comparison, objective, balance),
        assignment_=assign(parts.held_out, found, anchor_set, rule=rule),
        text_=format_to_paste(anchor_set, style or found.style, n_classes=n_classes),
        detector_=found,
        how_=parts.how,
    )


def _criteria(objective: str) -> tuple[str, ...]:
    """What sets are compared by; the first decides, so it is what was fitted for."""
    first = ("matched",) if objective == "matched" else ()
    return tuple(dict.fromkeys((*first, *CRITERIA)))


def _without_advice(
    comparison: AnchorComparison, objective: str, balance: Any
) -> AnchorComparison:
    """The comparison without the advice to do what was done."""
    done = [f"objective={objective!r}"]
    kinds = {"label": "class"}
    done += [f"balance={kinds.get(by, by)!r}" for by in _groups(balance)]
    left = tuple(advice for advice in comparison.advice if advice not in done)
    verdict = comparison.verdict.replace(
        advice_text(comparison.advice), advice_text(left)
    )
    return replace(comparison, advice=left, verdict=verdict)


def _groups(balance: Any) -> tuple[str, ...]:
    """Names of what is balanced; verdicts and the shell speak of classes."""
    if balance is None:
        return ()
    names = check_names(balance, name="balance")
    if not names or not set(names) <= {"class", "label", "size"}:
        raise ValueError(
            f"balance must be 'class', 'size', both or None, got {balance!r}."
        )
    return tuple("label" if name == "class" else name for name in names)


def _read(data: Any, detector: Detector) -> AnnotationTable:
    if not isinstance(data, str | os.PathLike | list | tuple):
        raise TypeError(
            "data must be an AnnotationTable, a path or a list of paths, got "
            f"{type(data).__name__}. Sizes alone do not say where boxes lie."
        )
    return read_dataset(data, need_image_size=detector.scaling != "pixels")


def check_seed(random_state: Any) -> Any:
    """One number for several uses, if what was given would change with each."""
    if random_state is None or isinstance(random_state, np.random.RandomState):
        return int(check_random_state(random_state).randint(2**31 - 1))
    return random_state


def part_sizes(table: AnnotationTable, detector: Detector) -> np.ndarray:
    """Box sizes in pixels of the detector's input."""
    return table.sizes(detector.scaling, detector.input_size)


def weights_of(
    table: AnnotationTable, scaling: str, input_size: Any, balance: Any
) -> np.ndarray | None:
    """Weights that balance groups, or None.

    Parameters
    ----------
    table : AnnotationTable
    scaling : str
    input_size : int, (int, int) or None
        What sizes are grouped in.
    balance : str, sequence of str or None
    """
    if balance is None:
        return None
    scaling = scaling.replace("-", "_")
    return balanced_weight(
        table, _groups(balance), scaling=scaling, input_size=input_size
    )
