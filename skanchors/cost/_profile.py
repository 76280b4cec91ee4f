"""A table of what each layer of a network costs."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any, NamedTuple

from skanchors._checks import check_count
from skanchors.cost._table import CostTable, add_up


class LayerRow(NamedTuple):
    """One line of `profile_layers`."""

    name: str
    layer: str
    input_shape: str
    output_shape: str
    params: int
    output_bytes: int
    macs: int
    flops: int
    read_bytes: int
    written_bytes: int


def profile_layers(
    layers: Any,
    input_shape: Any,
    *,
    linear_bias: bool = False,
    bytes_per_value: int = 4,
) -> CostTable:
    """Count what each layer of a network costs for one input.

    Parameters
    ----------
    layers : sequence of layers, or dict of str to layer
        `Conv2d`, `Linear`, `ReLU`, `MaxPool2d`, `AdaptiveAvgPool2d` and `Dropout`
        descriptions in order, or objects with their methods. The keys of a dict name
        the rows.
    input_shape : tuple of int
        (channels, height, width) or (features,).
    linear_bias : bool, default=False
        Whether adding the bias of a fully connected layer is counted. The usual
        tables (torchstat's, see Notes) leave it out, though not that of a convolution.
    bytes_per_value : int, default=4
        Size of a number, 4 for float32.

    Returns
    -------
    CostTable
        One row a layer; ``table.total`` has the sums, ``print(table)`` shows both in
        aligned columns.

    Raises
    ------
    TypeError
        If a layer is not a description, such as a layer of a framework.
    ValueError
        If a layer does not fit the shape before it.

    Notes
    -----
    `flops` are floating-point operations, `macs` multiply-accumulates, which torchstat
    calls "MAdd" and "flops". A bias is counted with the convolution it belongs to: one
    more of `macs` for each value. An activation costs one of each a value; a maximum
    of n values n - 1 flops, and one of `macs` for each value read.

    Examples
    --------
    >>> from skanchors.cost import Conv2d, MaxPool2d, ReLU, profile_layers
    >>> table = profile_layers(
    ...     [Conv2d(3, 16, 3, padding=1), ReLU(), MaxPool2d(2)], (3, 32, 32)
    ... )
    >>> table.total.params, table.total.flops
    (448, 913408)
    >>> [row.output_shape for row in table]
    ['16x32x32', '16x32x32', '16x16x16']
    """
    layers = _named(layers)
    size = check_count(bytes_per_value, name="bytes_per_value")
    shape = tuple(check_count(n, name="each of input_shape") for n in input_shape)
    rows = []
    for name, layer in layers.items():
        kind = type(layer).__name__
        try:
            if hasattr(layer, "input_shape"):
                shape = layer.input_shape(shape)
            output = layer.output_shape(shape)
            cost = layer.cost(shape, output, linear_bias=linear_bias)
        except ValueError as error:
            raise ValueError(f"Layer {name} ({kind}): {error}") from None
        rows.append(
            LayerRow(
                name,
                kind,
                _shape_text(shape),
                _shape_text(output),
                cost.params,
                prod(output) * size,
                cost.macs,
                cost.flops,
                cost.values_read * size,
                cost.values_written * size,
            )
        )
        shape = output
    return CostTable(rows, add_up(rows, LayerRow))


def _shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _named(layers: Any) -> dict[str, Any]:
    """The layers by name, if all of them can be asked what they cost."""
    if not isinstance(layers, Mapping):
        listed = list(layers) if isinstance(layers, Iterable) else [layers]
        layers = {str(i): layer for i, layer in enumerate(listed)}
    if not layers:
        raise ValueError("layers is empty; there is nothing to count.")
    for name, layer in layers.items():
        if not (hasattr(layer, "output_shape") and hasattr(layer, "cost")):
            kind = type(layer)
            raise TypeError(
                f"Layer {name} ({kind.__module__}.{kind.__name__}) is no description "
                "of a layer; describe it by skanchors.cost.Conv2d, Linear and the "
                "like, and pass these in order."
            )
    return dict(layers)
