"""Split a case into cases that cover it."""

import numpy as np

from skanchors.certify._relaxation import Case

# A gap between candidates that has less than this on either side is not worth a cut.
_WHOLE = 0.02
_NARROW = 1e-9
_INHERITED = 20


# Where a region is cut in two: the region, the side, and the place in log size.
_Cut = tuple[int, int, float]


def branch(case: Case) -> list[Case]:
    """Cut one region in two, and list how its anchors may be shared among the halves.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Case
        Every placement of the anchors that the case allows, one of these allows. Empty
        if all regions are too narrow to be cut.
    """
    cut = _fractional_cut(case) or _halving_cut(case)
    if cut is None:
        return []
    region, side, position = cut
    count = case.counts[region]
    return [
        _child(case, region, side, position, below, count - below)
        for below in range(count + 1)
    ]


def _fractional_cut(case: Case) -> _Cut | None:
    """The widest gap on both sides of which the relaxation uses a broken number."""
    best, cut = 0.0, None
    log_sides = np.log(case.candidates)
    for region in range(len(case.counts)):
        members = np.flatnonzero(case.region == region)
        for side in range(log_sides.shape[1]):
            order = members[np.argsort(log_sides[members, side], kind="stable")]
            place = log_sides[order, side]
            below = np.cumsum(case.use[order])[:-1]
            broken = np.abs(below - np.round(below))
            score = np.where(broken > _WHOLE, broken * np.diff(place), 0)
            if len(score) and score.max() > max(best, _NARROW):
                i = score.argmax()
                best = score[i]
                cut = region, side, (place[i] + place[i + 1]) / 2
    return cut


def _halving_cut(case: Case) -> _Cut | None:
    """The middle of the longest side of any region."""
    width = case.upper - case.lower
    region, side = np.unravel_index(width.argmax(), width.shape)
    if width[region, side] < _NARROW:
        return None
    middle = (case.lower[region, side] + case.upper[region, side]) / 2
    return int(region), int(side), middle


def _child(
    case: Case, region: int, side: int, position: float, below: int, above: int
) -> Case:
    """The case in which so many of the region's anchors lie on each side of the cut.

    Parameters
    ----------
    case : Case
    region, side : int
        What is cut.
    position : float
        Where, in log size.
    below, above : int
        How many anchors of the region lie on either side; together as many as it has.
    """
    parts = []
    for g, count in enumerate(case.counts):
        members = case.region == g
        anchors, use = case.candidates[members], case.use[members]
        low, high = case.lower[g], case.upper[g]
        if g != region:
            parts.append((low, high, count, anchors))
            continue
        for half, half_count in enumerate((below, above)):
            half_low, half_high = low.copy(), high.copy()
            (half_high if half == 0 else half_low)[side] = position
            moved = _move_into(anchors, use, np.exp(half_low), np.exp(half_high))
            parts.append((half_low, half_high, half_count, moved))
    lower, upper, counts, candidates = zip(*(p for p in parts if p[2]), strict=True)
    return Case(
        lower=np.array(lower),
        upper=np.array(upper),
        counts=np.array(counts),
        multipliers=case.multipliers,
        candidates=np.concatenate(candidates),
        region=np.repeat(np.arange(len(counts)), [len(each) for each in candidates]),
        bound=case.bound,
        offset=case.offset,
    )


def _move_into(
    anchors: np.ndarray, use: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Those inside a half, and the most used others moved to its edge.

    From shapes (n_candidates, n_sides), (n_candidates,), and twice (n_sides,), sizes.
    """
    inside = ((anchors >= low) & (anchors <= high)).all(axis=1)
    order = np.argsort(-use, kind="stable")[:_INHERITED]
    others = np.clip(anchors[order], low, high)
    return np.unique(np.concatenate([anchors[inside], others]), axis=0)
