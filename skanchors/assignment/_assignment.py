"""What an assignment is made of."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skanchors._checks import check_choice
from skanchors._optional import require
from skanchors._tables import (
    Columns,
    counted,
    html_page,
    html_table,
    html_text,
    percent,
    wrapped,
)
from skanchors.detectors import Detector
from skanchors.export import AnchorSet


@dataclass(frozen=True, eq=False, repr=False)
class Assignment:
    """What a detector's training would do with anchors; ``print`` shows a summary.

    `assign` makes it. Arrays with an entry an object follow the rows of the table.

    Parameters
    ----------
    n_positive : ndarray of int, shape (n_objects,)
        Positive anchors of each object; for rules that write targets their number, a
        slot that is written twice counted twice.
    forced : ndarray of bool, shape (n_objects,)
        Whether it has positives, and all of them by forced (low-quality) matches.
    best_iou : ndarray of float, shape (n_objects,)
        The best IoU of the object with any anchor where the grid puts it.
    level : ndarray of int, shape (n_objects,)
        The level with most of its positives, the finest of equals; -1 without any.
    n_slots : ndarray of int, shape (n_objects,)
        Anchors that it calls for: the slots of its targets, or the anchors with its
        best IoU, or what it would get if it were alone (ATSS).
    n_lost : ndarray of int, shape (n_objects,)
        How many of these another object got.
    boxes : ndarray of shape (n_objects, 4)
        Low x, low y, high x, high y in pixels of the input.
    image_index : ndarray of int, shape (n_objects,)
        The image of each object.
    level_positives : ndarray of int, shape (n_levels,)
        Positives on each level, finest first.
    anchor_positives : ndarray of int, shape (n_anchors,)
        Positives of each row of `anchor_set`.
    totals : dict
        "positive", "ignored" and "negative" anchors of all images; None where the rule
        has no such thing or leaves it to the predictions.
    n_images : int
        Number of images, those without objects counted.
    anchor_set : AnchorSet
        The anchors, with levels.
    detector : Detector
        The detector, with what overrode it.
    rule : object
        The rule.

    See Also
    --------
    assign : Make one.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.assignment import assign
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> found = assign(table, "yolov5")
    >>> found.n_positive.shape
    (368,)
    >>> round(found.matched_score(), 2), round(found.grid_iou_score(), 2)
    (0.79, 0.6)
    """

    n_positive: np.ndarray
    forced: np.ndarray
    best_iou: np.ndarray
    level: np.ndarray
    n_slots: np.ndarray
    n_lost: np.ndarray
    boxes: np.ndarray
    image_index: np.ndarray
    level_positives: np.ndarray
    anchor_positives: np.ndarray
    totals: dict[str, int | None]
    n_images: int
    anchor_set: AnchorSet
    detector: Detector
    rule: Any

    @property
    def lost_slot(self) -> np.ndarray:
        """Whether another object got an anchor that it calls for, bool."""
        return self.n_lost > 0

    def __len__(self) -> int:
        return len(self.n_positive)

    def matched_score(self, *, threshold: float = 0.5) -> float:
        """Share of objects whose best anchor on the grid reaches a threshold.

        Parameters
        ----------
        threshold : float, default=0.5
            The least IoU.

        Returns
        -------
        float
            From 0 to 1, exact, since positions are known;
            `skanchors.metrics.matched_score` averages over positions.

        Raises
        ------
        ValueError
            If there is no object.
        """
        return float(np.mean(self._some_iou() >= threshold))

    def grid_iou_score(self) -> float:
        """Mean of the best IoU on the grid.

        Returns
        -------
        float
            From 0 to 1.

        Raises
        ------
        ValueError
            If there is no object.
        """
        return float(self._some_iou().mean())

    def _some_iou(self) -> np.ndarray:
        if not len(self):
            raise ValueError("The table has no object, so there is nothing to score.")
        return self.best_iou

    def to_pandas(self, part: str = "objects") -> Any:
        """Objects, anchors or levels as a data frame.

        Parameters
        ----------
        part : {"objects", "anchors", "levels"}, default="objects"
            "objects" has a row for each row of the table, "anchors" one for each row of
            the anchor set, "levels" one a level.

        Returns
        -------
        pandas.DataFrame
            The rows.

        Raises
        ------
        ValueError
            If there is no such part.
        ImportError
            If pandas is not installed.
        """
        content = self.to_dict()
        check_choice(part, _PARTS, name="part")
        return require("pandas", extra="pandas").DataFrame(content[part])

    def to_dict(self) -> dict:
        """Everything as plain numbers, strings, lists and dictionaries.

        Returns
        -------
        dict
            Ready for JSON: detector, rule, totals, and by column "objects", "anchors"
            and "levels".
        """
        low, high = self.boxes[:, :2], self.boxes[:, 2:]
        width, height = (high - low).astype(float).T
        sets = self.anchor_set
        return {
            "detector": self.detector.name,
            "rule": repr(self.rule),
            "n_images": self.n_images,
            "n_objects": len(self),
            "totals": dict(self.totals),
            "objects": {
                "image_index": self.image_index.tolist(),
                "width": width.tolist(),
                "height": height.tolist(),
                "n_positive": self.n_positive.tolist(),
                "forced": self.forced.tolist(),
                "best_iou": self.best_iou.tolist(),
                "level": self.level.tolist(),
                "lost_slot": self.lost_slot.tolist(),
                "n_slots": self.n_slots.tolist(),
                "n_lost": self.n_lost.tolist(),
            },
            "anchors": {
                "width": sets.anchors[:, 0].tolist(),
                "height": sets.anchors[:, 1].tolist(),
                "n_positive": self.anchor_positives.tolist(),
            },
            "levels": {
                "stride": list(self.detector.strides),
                "n_positive": self.level_positives.tolist(),
            },
        }

    def __str__(self) -> str:
        return wrapped("\n".join(self._sentences()))

    def _sentences(self) -> list[str]:
        n = max(len(self), 1)
        lines = [
            f"{self.detector.name}, {self.rule!r}: "
            f"{counted(len(self), 'object')} of {counted(self.n_images, 'image')}"
        ]
        named = [f"{k} {v:,}" for k, v in self.totals.items() if v is not None]
        lines.append("anchors: " + ", ".join(named))
        counts = {
            "without a positive": int((self.n_positive == 0).sum()),
            "only by forced matches": int(self.forced.sum()),
            "with an anchor lost to another": int(self.lost_slot.sum()),
        }
        lines.append(
            "objects: "
            + ", ".join(f"{v} ({percent(v / n)}) {k}" for k, v in counts.items())
        )
        if len(self):
            low, middle, high = np.percentile(self.n_positive, [5, 50, 95])
            lines.append(
                f"positives an object: median {middle:g}, 5 % have at most {low:g}, "
                f"5 % at least {high:g}"
            )
        total = max(int(self.level_positives.sum()), 1)
        loads = (
            f"{stride:g}: {percent(count / total)}"
            for stride, count in zip(
                self.detector.strides, self.level_positives, strict=True
            )
        )
        lines.append("share of positives by stride: " + ", ".join(loads))
        return lines

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(detector={self.detector.name!r}, "
            f"rule={self.rule!r}, n_objects={len(self)}, n_images={self.n_images})"
        )

    def _repr_html_(self) -> str:
        total = max(int(self.level_positives.sum()), 1)
        levels = [
            {"stride": stride, "n_positive": int(count), "share": int(count) / total}
            for stride, count in zip(
                self.detector.strides, self.level_positives, strict=True
            )
        ]
        table = html_table(levels, _LEVELS, caption="Positives of each level")
        # The last line says the same as the table.
        return html_page(*map(html_text, self._sentences()[:-1]), table)


_LEVELS: Columns = {
    "stride": ("stride", "{:g}"),
    "n_positive": ("positives", "{:,}"),
    "share": ("share", percent),
}
_PARTS = ("objects", "anchors", "levels")
