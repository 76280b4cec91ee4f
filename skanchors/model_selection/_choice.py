"""What `choose_n_clusters` returns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skanchors._optional import require
from skanchors._tables import (
    Columns,
    counted,
    html_page,
    html_table,
    html_text,
    percent,
    rounded,
    text_table,
    wrapped,
)

COLUMNS: Columns = {
    "n_clusters": ("k", "{}"),
    "held_out": ("held out", "{:.4f}"),
    "fitted": ("fitted", "{:.4f}"),
    "matched": ("IoU >= 0.5", percent),
    "gain": ("gain", "{:+.4f}"),
    "interval": ("95 % interval", "{}"),
}
_MARKED: Columns = {**COLUMNS, "mark": ("", "{}")}


def with_intervals(rows: list[dict]) -> list[dict]:
    """Rows of `ClusterCountChoice` with the interval of each gain in words."""
    return [
        row | {"interval": f"{row['gain_low']:+.4f} to {row['gain_high']:+.4f}"}
        if "gain" in row
        else row
        for row in rows
    ]


@dataclass(frozen=True)
class ClusterCountChoice:
    """What `choose_n_clusters` returns; ``print`` shows it as text.

    Attributes
    ----------
    n_clusters : int
        The number that was chosen.
    anchors : ndarray of shape (n_clusters, n_sides)
        The anchors, fitted to all boxes, sorted by volume.
    rows : list of dict
        One a number of anchors: ``n_clusters``; mean IoU on the held-out images,
        ``held_out``, and on all boxes after a fit to all, ``fitted``; ``matched``, the
        share of held-out boxes with an IoU of at least 0.5; and of all but the last
        ``next``, the number with one level more, and the held-out ``gain`` there with
        its 95 % interval, ``gain_low`` and ``gain_high``.
    rule : str
        What chose, in words.
    at_end : bool
        Whether the rule found nothing to stop at, so that the largest number was taken.
    paths : dict of int to ndarray
        The anchors of every number, fitted to all boxes.
    cv_results : dict
        The scores as `GridSearchCV` has them, for the ``refit_...`` rules and
        `skanchors.inspection.ClusterCountDisplay`.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import choose_n_clusters
    >>> choice = choose_n_clusters(
    ...     make_boxes(300, random_state=0), range(1, 8), random_state=0
    ... )
    >>> choice.anchors.shape == (choice.n_clusters, 2)
    True
    """

    n_clusters: int
    anchors: np.ndarray = field(repr=False)
    rows: list = field(repr=False)
    rule: str
    at_end: bool
    paths: dict = field(repr=False)
    cv_results: dict = field(repr=False)

    def to_dict(self) -> dict:
        """The choice as plain values.

        Returns
        -------
        dict
            Ready for JSON, with numbers of at most 8 significant digits.
        """
        return rounded(
            {
                "n_clusters": self.n_clusters,
                "rule": self.rule,
                "at_end": self.at_end,
                "scores": self.rows,
                "anchors": self.anchors.tolist(),
            }
        )

    def to_pandas(self) -> Any:
        """The scores as a data frame.

        Returns
        -------
        pandas.DataFrame
            One row a number of anchors.
        """
        return require("pandas", extra="pandas").DataFrame(self.rows)

    def __str__(self) -> str:
        return f"{text_table(self._shown(), _MARKED)}\n\n{wrapped(self._sentence())}"

    def _repr_html_(self) -> str:
        return html_page(
            html_text(self._sentence()),
            html_table(self._shown(), _MARKED, caption="Numbers of anchors"),
        )

    def _shown(self) -> list[dict]:
        return [
            row | {"mark": "<- chosen" * (row["n_clusters"] == self.n_clusters)}
            for row in with_intervals(self.rows)
        ]

    def _sentence(self) -> str:
        row = next(row for row in self.rows if row["n_clusters"] == self.n_clusters)
        end = (
            " That is the end of the range: search more anchors to know." * self.at_end
        )
        return (
            f"{counted(self.n_clusters, 'anchor')}: {self.rule}.{end} Mean IoU "
            f"{row['fitted']:.4f} on the boxes fitted to, {row['held_out']:.4f} on "
            "images held out."
        )
