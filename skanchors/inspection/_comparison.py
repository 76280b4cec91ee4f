"""What `compare_anchors` returns, as figures, text and tables."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from skanchors._optional import require
from skanchors._tables import (
    Columns,
    counted,
    html_page,
    html_table,
    html_text,
    name_text,
    rounded,
    text_table,
    wrapped,
)
from skanchors.inspection._judged import CRITERIA


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
        The other set that the verdict speaks of: one that should replace the baseline,
        else the one with the largest gain by the first criterion.
    replace : bool
        Whether `best` should replace the baseline: by the first criterion its whole
        interval lies above `min_gain`, and by no criterion it is worse beyond chance.
    verdict : str
        The same in words, with the figures.
    confidence_level, min_gain : float
        As given.
    n_images, n_boxes : int
        How much data the comparison rests on.
    criteria : dict of str to dict of str to dict
        For each criterion and set its ``value``, ``low`` and ``high``; for each set but
        the baseline also ``gain``, ``gain_low`` and ``gain_high``. Of "worst_group"
        also ``group``, which is served worst, and ``gain_group``, of which the gain is,
        with its share after, ``gain_value``.
    falls : dict of str to list of dict
        For each set the groups that it serves worse than the baseline beyond chance:
        ``group``, ``n_objects``, and their matched share ``before`` and ``after``.
        Looked for with the criterion "worst_group" only.
    equal : tuple of str
        The sets that are the baseline under another name.
    advice : tuple of str
        Arguments of `skanchors.fit_detector` that may serve those whom `best` serves
        worse than the baseline, such as ``"balance='size'"``.
    detector : str or None
        Name of the detector whose training was simulated.
    scaling : str
        How the boxes of a table were scaled without a detector, in words; "" where they
        came as sizes.

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
    criteria: dict = field(default_factory=dict)
    falls: dict = field(default_factory=dict)
    equal: tuple = ()
    advice: tuple = ()
    detector: str | None = None
    # The same figures are the same comparison, however the boxes came.
    scaling: str = field(default="", compare=False)

    def to_dict(self) -> dict:
        """All attributes as plain values.

        Returns
        -------
        dict
            Ready for JSON.
        """
        plain = dict(vars(self))
        for name in ("mean_iou_interval", "gain_interval"):
            plain[name] = {key: list(pair) for key, pair in plain[name].items()}
        plain["criteria"] = rounded(self.criteria)
        for name in ("names", "equal", "advice"):
            plain[name] = list(plain[name])
        return plain

    def to_pandas(self) -> Any:
        """The figures as a table.

        Returns
        -------
        pandas.DataFrame
            One row a set of anchors: mean IoU, gain, and both intervals; the other
            criteria likewise, under their names.

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
            row = {
                "mean_iou": self.mean_iou[name],
                "mean_iou_low": low,
                "mean_iou_high": high,
                "gain": self.gain.get(name, math.nan),
                "gain_low": gain_low,
                "gain_high": gain_high,
            }
            for criterion, of_sets in self.criteria.items():
                if criterion != "mean_iou":
                    named = {"value": criterion}
                    row |= {
                        named.get(key, f"{criterion}_{key}"): value
                        for key, value in of_sets[name].items()
                    }
            rows.append(row)
        return pandas.DataFrame(rows, index=pandas.Index(self.names, name="anchors"))

    def __str__(self) -> str:
        blocks = []
        for title, rows, columns in self._parts():
            text = text_table(rows, columns)
            blocks.append(f"{wrapped(title)}\n{text}" if title else text)
        end = f"{wrapped(self._basis())}\n{wrapped(self.verdict)}"
        return "\n\n".join([*blocks, end])

    def _repr_html_(self) -> str:
        tables = [
            html_table(rows, columns, caption=title or "Anchors compared")
            for title, rows, columns in self._parts()
        ]
        return html_page(html_text(self.verdict), *tables, html_text(self._basis()))

    def _basis(self) -> str:
        training = f", training of {self.detector} simulated" if self.detector else ""
        return (
            f"{counted(self.n_boxes, 'box')}, {counted(self.n_images, 'image')}"
            f"{training}{', ' * bool(self.scaling)}{self.scaling}"
        )

    def _parts(self) -> list[tuple[str, list[dict], Columns]]:
        """Title, rows and columns of the table of each criterion."""
        percent = f"{self.confidence_level * 100:g} % interval"
        several = len(self.criteria) > 1
        parts: list[tuple[str, list[dict], Columns]] = []
        for criterion, of_sets in self.criteria.items():
            rows = [self._row(name, of_sets[name]) for name in self.names]
            title = CRITERIA[criterion]
            less = " (lower is better)" if criterion == "forced" else ""
            columns: dict[str, tuple[str, str | Callable[[Any], str]]] = {
                "name": ("anchors", "{}"),
                "value": (title if criterion == "mean_iou" else "value", "{:.4f}"),
                "interval": (percent, "{}"),
                "gain": ("gain", _gain),
                "gain_interval": (percent, "{}"),
                "group": ("worst group", name_text),
                "gain_group": ("gain of", name_text),
            }
            heading = f"{title[0].upper()}{title[1:]}{less}" if several else ""
            parts.append((heading, rows, columns))
        return parts

    def _row(self, name: str, entry: dict) -> dict:
        row = {
            "name": name,
            "value": entry["value"],
            "interval": f"{entry['low']:.4f} to {entry['high']:.4f}",
            "gain": "(baseline)",
        }
        if "gain" in entry:
            low, high = entry["gain_low"], entry["gain_high"]
            row["gain"] = entry["gain"]
            row["gain_interval"] = f"{low:+.4f} to {high:+.4f}"
        else:
            row["gain_interval"] = ""
        if name in self.equal:
            row["gain_interval"] = "(equal sets)"
        return row | {k: entry[k] for k in ("group", "gain_group") if k in entry}


def _gain(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:+.4f}"
