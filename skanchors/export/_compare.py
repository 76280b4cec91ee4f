"""Whether two configurations agree: training and deployment often do not."""

from typing import NamedTuple

import numpy as np

from skanchors.export._anchor_set import AnchorSet

# Two decimals, which some styles round to, make no difference.
_ROUNDING = 0.0051
_SAME = 1e-4
# What is rounded to whole pixels is moved by no more than this, and than this share.
_WHOLE_PIXELS, _SMALL = 0.5 + 1e-6, 0.1
# So many anchors of each side are named.
_NAMED = 6


class Difference(NamedTuple):
    """What `compare_sets` found."""

    verdict: str
    text: str


def compare_sets(one: AnchorSet, other: AnchorSet) -> Difference:
    """Say whether two sets are equal, reordered, scaled or different.

    Parameters
    ----------
    one, other : AnchorSet
        As `parse_anchors` reads them.

    Returns
    -------
    Difference
        `verdict`, one of these words, and `text`, a sentence or some lines.
    """
    first, second = one.anchors, other.anchors
    place = _matching(first, second)
    if place is not None:
        return _same_anchors(one, other, place)
    factors = _factors(first, second)
    if factors is not None:
        by = (
            f"{factors[0]:.6g}"
            if np.isclose(factors[0], factors[1], rtol=1e-3)
            else f"{factors[0]:.6g} in width and {factors[1]:.6g} in height"
        )
        return Difference("scaled", f"scaled: the second is the first times {by}.")
    if _matching(first[:, ::-1], second) is not None:
        return Difference("different", "different: width and height are swapped.")
    return Difference("different", _what_differs(first, second))


def _matching(first: np.ndarray, second: np.ndarray) -> np.ndarray | None:
    """For each row of `first` its row of `second`, each once; None if not all match."""
    if len(first) != len(second):
        return None
    free = np.ones(len(second), dtype=bool)
    place = np.empty(len(first), dtype=np.intp)
    # One of them may be the other in whole pixels, if they are not cells or fractions.
    whole = (_is_whole(first) != _is_whole(second)) * _WHOLE_PIXELS
    for i, row in enumerate(first):
        off = np.abs(second - row).max(axis=1)
        off[~free] = np.inf
        nearest = off.argmin()
        near = max(_ROUNDING, _SAME * row.max(), min(whole, _SMALL * row.min()))
        if off[nearest] > near:
            return None
        place[i], free[nearest] = nearest, False
    return place


def _is_whole(anchors: np.ndarray) -> bool:
    return bool((anchors == np.round(anchors)).all())


def _same_anchors(one: AnchorSet, other: AnchorSet, place: np.ndarray) -> Difference:
    strides = (one.strides, other.strides)
    if None not in strides and not (
        len(one.strides) == len(other.strides)
        and np.allclose(one.strides, other.strides, rtol=_SAME)
    ):
        return Difference(
            "different",
            f"different: the strides are {_numbers(one.strides)} and "
            f"{_numbers(other.strides)}.",
        )
    if one.levels is not None and other.levels is not None:
        # By the row of `second` that each row stands for.
        levels = [[place[row] for row in level] for level in one._text_levels]
        if [*map(sorted, levels)] != [*map(sorted, other.levels)]:
            return Difference(
                "reordered", "reordered: the same anchors, but on other levels."
            )
        same_order = levels == [list(level) for level in other._text_levels]
    else:
        order = [place[row] for row in one._text_order]
        same_order = order == list(other._text_order)
    if not same_order and one.form is None and other.form is None:
        return Difference(
            "reordered",
            "reordered: the same anchors, in another order"
            f"{' on their levels' if one.levels and other.levels else ''}.",
        )
    off = np.abs(one.anchors - other.anchors[place]).max()
    rounding = f" (up to {off:.2g}, which is rounding)" if off > 1e-9 else ""
    return Difference("equal", f"equal: the same {len(one)} anchors{rounding}.")


def _factors(first: np.ndarray, second: np.ndarray) -> np.ndarray | None:
    """By what width and height of the first have to be multiplied, or None."""
    if len(first) != len(second):
        return None
    factors = second.sum(axis=0) / first.sum(axis=0)
    whole = _is_whole(second)
    scaled = first * factors
    # Whole pixels are rounded after they were scaled.
    near = 0.51 if whole else max(_ROUNDING, 2e-3 * float(scaled.min()))
    free = np.ones(len(second), dtype=bool)
    for row in scaled:
        off = np.abs(second - row).max(axis=1)
        off[~free] = np.inf
        if off.min() > max(near, 1e-3 * row.max()):
            return None
        free[off.argmin()] = False
    # What one or two anchors are scaled by says nothing if the factors differ by axis.
    if len(first) < 2 and not np.isclose(factors[0], factors[1], rtol=1e-2):
        return None
    return factors


def _what_differs(first: np.ndarray, second: np.ndarray) -> str:
    lines = [f"different: {len(first)} and {len(second)} anchors."]
    for name, mine, others in (("first", first, second), ("second", second, first)):
        alone = [row for row in mine if not _is_in(row, others)]
        if alone:
            named = ", ".join(f"{w:g} x {h:g}" for w, h in alone[:_NAMED])
            more = f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
            lines.append(f"Only in the {name}: {named}{more}.")
    return "\n".join(lines)


def _is_in(row: np.ndarray, rows: np.ndarray) -> bool:
    off = np.abs(rows - row).max(axis=1)
    return bool(off.min() <= max(_ROUNDING, _SAME * row.max()))


def _numbers(values: tuple) -> str:
    return ", ".join(f"{value:g}" for value in values)
