"""Weights that give each group of boxes the same say."""

from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

from skanchors._checks import check_count, check_names
from skanchors._near import did_you_mean
from skanchors._warnings import warn
from skanchors.annotations._table import AnnotationTable

# COCO's bounds of small, medium and large, as sides of squares in pixels.
_COCO_SIDES = (32.0, 96.0)
_COCO_NAMES = ("small", "medium", "large")
# A group with fewer boxes says nothing reliable, whatever its share.
_FEWEST = 10
_SHOWN = 5

# A class and the number of a range of sizes; a group holds one or more.
Bin = tuple[str, int]
Group = list[Bin]


def balanced_weight(
    table: AnnotationTable,
    by: str | Iterable[str] = ("label", "size"),
    *,
    scaling: str = "pixels",
    input_size: Any = None,
    sizes: str | int = "coco",
    max_weight: float = 10.0,
    return_groups: bool = False,
) -> Any:
    """Weights by which each group of boxes has the same say.

    For ``sample_weight``: so that a class or a size with few boxes is not left to one
    anchor in nine.

    Parameters
    ----------
    table : AnnotationTable
        The boxes.
    by : str or sequence of str, default=("label", "size")
        What makes a group: "label" the class, "size" the range of sizes, both each pair
        of a class and a range.
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default="pixels"
        How images are scaled before sizes are compared; see `VOCBoxExtractor`.
    input_size : int, (int, int) or None, default=None
        The detector's input that sizes are measured in.
    sizes : "coco" or int, default="coco"
        "coco" calls boxes small below an area of 32 x 32 pixels and large from 96 x 96
        on; a number makes as many ranges that hold about as many boxes each.
    max_weight : float, default=10
        A group whose boxes would weigh more than this, or with fewer than 10 boxes, is
        merged: with the next range of sizes of its class, and classes that are rare as
        a whole with each other.
    return_groups : bool, default=False
        Whether to return the name of each box's group as well.

    Returns
    -------
    weight : ndarray of shape (n_boxes,)
        From 0 up, with a mean of 1.
    groups : ndarray of str, dtype object, of shape (n_boxes,)
        Such as "dog, small + medium". Only if `return_groups` is true.

    Raises
    ------
    TypeError
        If `table` is none.
    ValueError
        If `by`, `sizes` or `max_weight` is not what it should be, or the sizes of
        images are needed and unknown.

    Warns
    -----
    UserWarning
        If groups were merged; it names them.

    See Also
    --------
    sklearn.utils.class_weight.compute_sample_weight : The same for classes alone.

    Examples
    --------
    >>> import numpy as np
    >>> from skanchors.annotations import balanced_weight, read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> weight = balanced_weight(table, by="label")
    >>> totals = {name: weight[table.label == name].sum() for name in table.label}
    >>> bool(np.ptp(list(totals.values())) < 1e-9)
    True
    """
    if not hasattr(table, "label"):
        raise TypeError(
            "table must be an AnnotationTable, which knows the classes of the boxes; "
            f"got {type(table).__name__}. read_annotations makes one."
        )
    by = check_names(by, name="by")
    if not by or set(by) - {"label", "size"}:
        unknown = next((name for name in by if name not in ("label", "size")), "")
        raise ValueError(
            f"by must be 'label', 'size' or both, got {by!r}."
            f"{did_you_mean(unknown, ('label', 'size'))}"
        )
    if not isinstance(max_weight, Real) or not max_weight > 1:
        raise ValueError(f"max_weight must be above 1, got {max_weight!r}.")
    n_boxes = len(table)
    if not n_boxes:
        empty = np.empty(0)
        return (empty, np.empty(0, dtype=object)) if return_groups else empty
    label = table.label if "label" in by else np.full(n_boxes, "", dtype=object)
    if "size" in by:
        number, names = _ranges(table.sizes(scaling, input_size), sizes)
    else:
        number, names = np.zeros(n_boxes, dtype=int), ("",)
    bins: dict[Bin, int] = {}
    keys = list(zip(map(str, label.tolist()), number.tolist(), strict=True))
    for key in keys:
        bins[key] = bins.get(key, 0) + 1
    fewest = max(_FEWEST, n_boxes / len(bins) / max_weight)
    groups = _merged(bins, fewest)
    titles = [_title(group, names) for group in groups]
    home = {bin_: row for row, group in enumerate(groups) for bin_ in group}
    row = np.array([home[key] for key in keys])
    weight = (n_boxes / len(groups) / np.bincount(row))[row]
    _say_what_was_merged(groups, titles, fewest)
    if return_groups:
        return weight, np.array([titles[i] for i in row], dtype=object)
    return weight


def _ranges(sizes: np.ndarray, kind: str | int) -> tuple[np.ndarray, tuple[str, ...]]:
    """The range of sizes of each box, and the names of the ranges."""
    with np.errstate(over="ignore"):
        side = np.sqrt(sizes[:, 0] * sizes[:, 1])
    if kind == "coco":
        return np.searchsorted(_COCO_SIDES, side, side="right"), _COCO_NAMES
    n_ranges = check_count(kind, name="sizes, unless it is 'coco',")
    bounds = np.unique(np.quantile(side, np.arange(1, n_ranges) / n_ranges))
    names = [f"below {bound:.4g}" for bound in bounds]
    names.append(f"from {bounds[-1]:.4g}" if len(bounds) else "all sizes")
    return np.searchsorted(bounds, side, side="right"), tuple(names)


def _merged(bins: dict[Bin, int], fewest: float) -> list[Group]:
    """Groups of bins, none of them with fewer boxes than that if it can be helped."""
    groups: list[tuple[Group, int]] = []
    rare: list[tuple[Group, int]] = []
    for name in sorted({name for name, _ in bins}):
        runs = _merged_sizes({c: n for c, n in bins.items() if c[0] == name}, fewest)
        for run in runs:
            (groups if run[1] >= fewest else rare).append(run)
    if rare:
        together = [bin_ for group, _ in rare for bin_ in group]
        if sum(n for _, n in rare) < fewest and groups:
            at = min(range(len(groups)), key=lambda i: groups[i][1])
            together += groups.pop(at)[0]
        groups.append((together, 0))
    return [group for group, _ in groups]


def _merged_sizes(bins: dict[Bin, int], fewest: float) -> list[tuple[Group, int]]:
    """The ranges of one class, rare ones merged with their smaller neighbour."""
    runs = [([bin_], n) for bin_, n in sorted(bins.items())]
    while len(runs) > 1 and min(n for _, n in runs) < fewest:
        at = min(range(len(runs)), key=lambda i: runs[i][1])
        beside = [i for i in (at - 1, at + 1) if 0 <= i < len(runs)]
        low, high = sorted((at, min(beside, key=lambda i: runs[i][1])))
        both = runs[low][0] + runs[high][0], runs[low][1] + runs[high][1]
        runs[low : high + 1] = [both]
    return runs


def _title(group: Group, names: tuple[str, ...]) -> str:
    labels = sorted({name for name, _ in group})
    ranges = sorted({size for _, size in group})
    parts = [" + ".join(labels), " + ".join(names[i] for i in ranges)]
    return ", ".join(filter(None, parts)) or "all"


def _say_what_was_merged(groups: list[Group], titles: list[str], fewest: float) -> None:
    """Warn of merged groups by name."""
    merged = [
        title for group, title in zip(groups, titles, strict=True) if len(group) > 1
    ]
    if not merged:
        return
    more = f" and {len(merged) - _SHOWN} more" if len(merged) > _SHOWN else ""
    warn(
        f"Groups with fewer than {fewest:.0f} boxes were merged: "
        f"{'; '.join(merged[:_SHOWN])}{more}."
    )
