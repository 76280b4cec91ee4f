"""What a number of anchors costs in the head of a detector."""

from typing import Any, NamedTuple

from skanchors._checks import check_count, check_pair_of_counts, even_counts
from skanchors.cost._conv import conv2d_flops, conv2d_macs
from skanchors.cost._table import CostTable, add_up


class HeadRow(NamedTuple):
    """One level of `head_cost`."""

    level: str
    stride: int
    grid: str
    anchors: int
    output_channels: int
    params: int
    macs: int
    flops: int
    predictions: int


def head_cost(
    n_anchors: Any,
    n_classes: int,
    input_size: Any,
    strides: Any = (8, 16, 32),
    in_channels: Any = None,
) -> CostTable:
    """Count what anchors cost in the last layer of a YOLO detector.

    On each level a 1x1 convolution with bias makes, for every anchor of every cell,
    4 numbers for the box, 1 for an object being there and 1 for each class. Every
    anchor of every cell is a prediction, which non-maximum suppression must sift.

    Parameters
    ----------
    n_anchors : int or sequence of int
        Anchors of all levels together, shared out evenly, or those of each level.
    n_classes : int
        Number of classes.
    input_size : int or (width, height)
        The network's input in pixels.
    strides : sequence of int, default=(8, 16, 32)
        Pixels from one cell to the next for each level. A side that the stride does
        not divide gets one more cell for the rest, as strided layers with padding do.
    in_channels : int, sequence of int or None, default=None
        Channels that the last convolution reads, for each level; None means 32 times
        the stride, as in YOLOv3: 256, 512 and 1024.

    Returns
    -------
    CostTable
        One row a level with the grid (width x height), anchors, output channels,
        parameters, multiply-accumulates, floating-point operations and predictions;
        ``table.total`` has the sums, ``print(table)`` shows both.

    Raises
    ------
    ValueError
        If a number is not positive, or the anchors cannot be shared out evenly.

    See Also
    --------
    profile_layers : The cost of a whole network.

    Examples
    --------
    >>> from skanchors.cost import head_cost
    >>> table = head_cost(9, 80, 416)
    >>> table.total.predictions
    10647
    >>> print(table)
    level   stride   grid  anchors  output channels   params         macs ...
    """
    n_classes = check_count(n_classes, name="n_classes")
    width, height = check_pair_of_counts(input_size, name="input_size")
    strides = list(strides) if hasattr(strides, "__iter__") else [strides]
    strides = [check_count(stride, name="each of strides") for stride in strides]
    if not strides:
        raise ValueError("strides is empty; a detector has at least one level.")
    counts = _shared_out(n_anchors, strides)
    channels = _per_level(
        [32 * stride for stride in strides] if in_channels is None else in_channels,
        strides,
        name="in_channels",
    )
    rows = []
    for stride, count, channel in zip(strides, counts, channels, strict=True):
        grid = -(-width // stride), -(-height // stride)
        outputs = count * (5 + n_classes)
        rows.append(
            HeadRow(
                _level_name(stride),
                stride,
                f"{grid[0]}x{grid[1]}",
                count,
                outputs,
                (channel + 1) * outputs,
                conv2d_macs(channel, outputs, 1, grid),
                conv2d_flops(channel, outputs, 1, grid, bias=True),
                grid[0] * grid[1] * count,
            )
        )
    return CostTable(rows, add_up(rows, HeadRow, skip=("stride",)))


def _shared_out(n_anchors: Any, strides: Any) -> list[Any]:
    if hasattr(n_anchors, "__iter__"):
        return _per_level(n_anchors, strides, name="n_anchors")
    n_anchors = check_count(n_anchors, name="n_anchors")
    return [even_counts(n_anchors, strides)] * len(strides)


def _per_level(value: Any, strides: Any, *, name: str) -> list[int]:
    values = list(value) if hasattr(value, "__iter__") else [value] * len(strides)
    if len(values) != len(strides):
        raise ValueError(
            f"{name} has {len(values)} entries but strides {len(strides)}; give one a "
            "level."
        )
    return [check_count(value, name=f"each of {name}") for value in values]


def _level_name(stride: Any) -> str:
    power = stride.bit_length() - 1
    return f"P{power}" if 2**power == stride else f"/{stride}"
