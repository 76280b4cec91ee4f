"""The numbers behind the anchors of a detector that crosses sizes with ratios.

"cross" has on each level every size with every ratio. "ssd" has rows of (size, next
size) on each level: a square of the size, one of the geometric mean of both, and for
every ratio a box of the size with it and one with its reciprocal.
"""

from collections.abc import Iterable
from math import isfinite, sqrt
from typing import Any, NamedTuple

import numpy as np

from skanchors._boxes import volume_order
from skanchors._checks import check_choice

FORMS = ("cross", "ssd")

# No detector has as many, and what is made of a few numbers must not eat the memory.
MOST_ANCHORS = 10_000

# Published ratios are often rounded, as (1.4, 0.7) is for the square root of 2.
_NEAR = 0.02


class Form(NamedTuple):
    """Checked numbers: one row of sizes and one of ratios for each level."""

    sizes: tuple[tuple[float, ...], ...]
    ratios: tuple[tuple[float, ...], ...]
    shared: bool
    name: str

    @property
    def groups(self) -> list[np.ndarray]:
        """The boxes of each level."""
        rows = cross_product if self.name == "cross" else ssd_boxes
        return [
            rows(size, ratio)
            for size, ratio in zip(self.sizes, self.ratios, strict=True)
        ]


def cross_product(sizes: Any, ratios: Any) -> np.ndarray:
    """Boxes of all sizes and ratios.

    Parameters
    ----------
    sizes : array-like of shape (n_sizes,)
        Square roots of the areas.
    ratios : array-like of shape (n_ratios,)
        Heights divided by widths.

    Returns
    -------
    ndarray of shape (n_ratios * n_sizes, 2)
        Widths and heights, all sizes of the first ratio first.
    """
    root = np.sqrt(np.asarray(ratios, dtype=float))[:, None]
    sizes = np.asarray(sizes, dtype=float)
    return np.stack([(sizes / root).ravel(), (sizes * root).ravel()], axis=1)


def ssd_boxes(sizes: Any, ratios: Any) -> np.ndarray:
    """Boxes of one level of SSD.

    Parameters
    ----------
    sizes : (float, float)
        The level's size and the next one.
    ratios : sequence of float
        Each stands for itself and its reciprocal.

    Returns
    -------
    ndarray of shape (2 + 2 * n_ratios, 2)
        Widths and heights.
    """
    size, following = sizes
    squares = [[size] * 2, [sqrt(size * following)] * 2]
    both = [ratio for each in ratios for ratio in (each, 1 / each)]
    return np.concatenate([squares, cross_product([size], both)])


def check_form(sizes: Any, ratios: Any, form: str | None) -> Form:
    """Validate the numbers of a form.

    Parameters
    ----------
    sizes : sequence of sequence of float
        Pixels, one row a level.
    ratios : sequence of float, or of one sequence a level
        Heights divided by widths.
    form : {"cross", "ssd"} or None
        None means "cross".

    Returns
    -------
    Form
        The numbers as float.

    Raises
    ------
    ValueError
        If they are no such rows, not positive or not finite, or would make more than
        10 000 anchors.
    """
    name = FORMS[0] if form is None else form
    check_choice(name, FORMS, name="form")
    if sizes is None or ratios is None:
        raise ValueError("sizes and ratios belong together; give both, or neither.")
    rows = [_numbers(row, name="sizes") for row in _items(sizes, name="sizes")]
    ratios = _items(ratios, name="ratios")
    shared = not any(_is_row(row) for row in ratios)
    per_level = (
        [_numbers(ratios, name="ratios")] * len(rows)
        if shared
        else [
            _numbers(row, name="ratios", least=0 if name == "ssd" else 1)
            for row in ratios
        ]
    )
    if len(per_level) != len(rows):
        raise ValueError(
            f"sizes has {len(rows)} levels but ratios {len(per_level)}; give one "
            "row of each for every level, or ratios that all levels share."
        )
    if name == "ssd" and any(len(row) != 2 for row in rows):
        raise ValueError("In form 'ssd' each row of sizes is (size, next size).")
    total = sum(
        len(row) * len(ratio) if name == "cross" else 2 + 2 * len(ratio)
        for row, ratio in zip(rows, per_level, strict=True)
    )
    check_most(total)
    return Form(tuple(rows), tuple(per_level), shared, name)


def check_most(total: int) -> None:
    """Refuse more anchors than any detector has, best before they are made."""
    if total > MOST_ANCHORS:
        raise ValueError(
            f"The sizes and ratios make {total} anchors; {MOST_ANCHORS} is the most."
        )


def _is_row(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)


def _items(value: Any, *, name: str) -> list:
    if not _is_row(value):
        raise ValueError(f"{name} must be a sequence, got {value!r}.")
    items = list(value)
    if not items:
        raise ValueError(f"{name} is empty.")
    return items


def _numbers(row: Any, *, name: str, least: int = 1) -> tuple[float, ...]:
    if not _is_row(row):
        raise ValueError(f"{name} must have one row of numbers a level, got {row!r}.")
    try:
        found = tuple(float(value) for value in row)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must hold numbers: {error}") from None
    if len(found) < least:
        raise ValueError(f"A row of {name} is empty.")
    for value in found:
        if not (isfinite(value) and 1e-9 < value < 1e9):
            raise ValueError(
                f"The {name} must be finite and larger than 0, but one is {value:g}."
            )
    return found


def match_rows(given: np.ndarray, derived: np.ndarray) -> np.ndarray:
    """Put given anchors into the order of those that the form derives.

    Parameters
    ----------
    given, derived : ndarray of shape (n_anchors, 2)
        Widths and heights.

    Returns
    -------
    ndarray of shape (n_anchors,)
        For each derived row the given one, each once.

    Raises
    ------
    ValueError
        If they are not the same boxes, up to 2 % of each side.
    """
    if len(given) != len(derived):
        raise ValueError(
            f"sizes and ratios make {len(derived)} anchors, but {len(given)} are given."
        )
    # Nearly always they are equal, and then sorting is enough.
    by_volume, wanted = volume_order(given), volume_order(derived)
    place = np.empty(len(given), dtype=np.intp)
    place[wanted] = by_volume
    if np.allclose(given[place], derived, rtol=1e-9, atol=0):
        return place
    free = np.ones(len(given), dtype=bool)
    logs = np.log(given)
    for i, row in enumerate(np.log(derived)):
        off = np.abs(logs - row).max(axis=1)
        off[~free] = np.inf
        place[i] = off.argmin()
        if off[place[i]] > _NEAR:
            width, height = derived[i]
            raise ValueError(
                f"sizes and ratios make an anchor of {width:g} x {height:g} that is "
                "not among the anchors given."
            )
        free[place[i]] = False
    return place
