"""Descriptions of layers: what shape they make of a shape, and what that costs.

A shape is a tuple without the batch: (channels, height, width) of a map, (features,)
of a vector. The counts are those of the widely quoted per-layer tables of torchstat,
under other names: there `macs` are called "flops" and `flops` "MAdd".
"""

from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from skanchors._checks import check_count, check_number, check_pair_of_counts
from skanchors.cost._conv import (
    conv2d_flops,
    conv2d_macs,
    conv2d_output_size,
    linear_flops,
    linear_macs,
)


class LayerCost(NamedTuple):
    """Counts for one input."""

    params: int = 0
    macs: int = 0
    flops: int = 0
    values_read: int = 0
    values_written: int = 0


def _map_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) != 3:
        raise ValueError(f"A shape (channels, height, width) is needed, got {shape}.")
    return shape


class Layer:
    """What `profile_layers` asks of a layer."""

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Compute the shape of the output.

        Parameters
        ----------
        shape : tuple of int
            (channels, height, width) or (features,) of the input.

        Returns
        -------
        tuple of int
            The same of the output.
        """
        raise NotImplementedError

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        """Count what the layer costs for one input.

        Parameters
        ----------
        shape : tuple of int
            Shape of the input.
        output : tuple of int
            Shape of the output.
        linear_bias : bool, default=False
            Whether adding the bias of a fully connected layer is counted.

        Returns
        -------
        LayerCost
            Parameters, operations, and values read and written.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Conv2d(Layer):
    """A convolution.

    Its `macs` count the bias as one more a value.

    Parameters
    ----------
    in_channels, out_channels : int
        Numbers of channels.
    kernel_size : int or pair of int
        Cells of the kernel, (height, width).
    stride, padding, dilation : int or pair of int
        Steps of the kernel, cells added at each end, steps between its elements.
    groups : int, default=1
        Groups that the channels are split into.
    bias : bool, default=True
        Whether a bias is added.

    Examples
    --------
    >>> from skanchors.cost import Conv2d
    >>> Conv2d(3, 64, 7, stride=2, padding=3).output_shape((3, 224, 224))
    (64, 112, 112)
    """

    in_channels: int
    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple = 0
    dilation: int | tuple = 1
    groups: int = 1
    bias: bool = True

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        channels, *size = _map_shape(shape)
        if channels != self.in_channels:
            raise ValueError(
                f"It wants {self.in_channels} channels but gets {channels}."
            )
        output = conv2d_output_size(
            tuple(size),
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )
        return (self.out_channels, *output)

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        about = (self.in_channels, self.out_channels, self.kernel_size, output[1:])
        n_weights = conv2d_macs(*about[:3], 1, groups=self.groups)
        params = n_weights + self.bias * self.out_channels
        return LayerCost(
            params,
            conv2d_macs(*about, groups=self.groups) + self.bias * prod(output),
            conv2d_flops(*about, bias=self.bias, groups=self.groups),
            prod(shape) + params,
            prod(output),
        )


@dataclass(frozen=True)
class Linear(Layer):
    """A fully connected layer; a map before it is flattened.

    Parameters
    ----------
    in_features, out_features : int
        Numbers of inputs and outputs.
    bias : bool, default=True
        Whether a bias is added.

    Examples
    --------
    >>> from skanchors.cost import Linear
    >>> Linear(512, 10).cost((512,), (10,)).params
    5130
    """

    in_features: int
    out_features: int
    bias: bool = True

    def input_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Flatten the shape of the input.

        Parameters
        ----------
        shape : tuple of int
            Shape of what comes in.

        Returns
        -------
        tuple of int
            (features,).
        """
        return (prod(shape),)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if prod(shape) != self.in_features:
            raise ValueError(
                f"It wants {self.in_features} features but gets {prod(shape)}."
            )
        return (check_count(self.out_features, name="out_features"),)

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        counted = self.bias and linear_bias
        n_weights = linear_macs(self.in_features, self.out_features)
        params = n_weights + self.bias * self.out_features
        return LayerCost(
            params,
            n_weights + counted * self.out_features,
            linear_flops(self.in_features, self.out_features, bias=counted),
            prod(shape) + params,
            prod(output),
        )


@dataclass(frozen=True)
class ReLU(Layer):
    """A rectifier: one operation a value.

    Examples
    --------
    >>> from skanchors.cost import ReLU
    >>> ReLU().cost((8, 4, 4), (8, 4, 4)).flops
    128
    """

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        return LayerCost(0, *[prod(shape)] * 4)


@dataclass(frozen=True)
class MaxPool2d(Layer):
    """A pooling by maximum: K^2 - 1 comparisons a value.

    Its `macs` are one for each value read.

    Parameters
    ----------
    kernel_size : int or pair of int
        Cells of a window, (height, width).
    stride : int, pair of int or None, default=None
        Steps of the window; None means its size.
    padding : int or pair of int, default=0
        Cells added at each end.

    Examples
    --------
    >>> from skanchors.cost import MaxPool2d
    >>> MaxPool2d(2).output_shape((64, 224, 224))
    (64, 112, 112)
    """

    kernel_size: int | tuple
    stride: int | tuple | None = None
    padding: int | tuple = 0

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        channels, *size = _map_shape(shape)
        stride = self.kernel_size if self.stride is None else self.stride
        output = conv2d_output_size(
            tuple(size), self.kernel_size, stride=stride, padding=self.padding
        )
        return (channels, *output)

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        window = prod(check_pair_of_counts(self.kernel_size, name="kernel_size"))
        values = prod(shape), prod(output)
        return LayerCost(0, values[0], (window - 1) * values[1], *values)


@dataclass(frozen=True)
class AdaptiveAvgPool2d(Layer):
    """A pooling by mean to a given size; where that is the input's, it does nothing.

    Parameters
    ----------
    output_size : int or pair of int
        Cells of the output, (height, width).

    Examples
    --------
    >>> from skanchors.cost import AdaptiveAvgPool2d
    >>> AdaptiveAvgPool2d(7).output_shape((512, 14, 14))
    (512, 7, 7)
    """

    output_size: int | tuple

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        channels = _map_shape(shape)[0]
        return (channels, *check_pair_of_counts(self.output_size, name="output_size"))

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        if shape == output:
            return LayerCost()
        # A window of n values costs n - 1 additions and a division. Its cells are
        # those from floor(i in / out) to ceil((i + 1) in / out).
        sides = zip(shape[1:], output[1:], strict=True)
        extents = [
            sum(-(-(i + 1) * n // m) - i * n // m for i in range(m)) for n, m in sides
        ]
        summed = shape[0] * prod(extents)
        return LayerCost(0, summed, summed, prod(shape), prod(output))


@dataclass(frozen=True)
class Dropout(Layer):
    """A dropout, which does nothing when the network is used.

    Parameters
    ----------
    p : float, default=0.5
        Share of the values that training sets to 0.

    Raises
    ------
    ValueError
        If `p` is not from 0 to 1.

    Examples
    --------
    >>> from skanchors.cost import Dropout
    >>> Dropout(0.2).cost((4096,), (4096,)).flops
    0
    """

    p: float = 0.5

    def __post_init__(self) -> None:
        check_number(self.p, name="p", maximum=1)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape

    def cost(
        self,
        shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        linear_bias: bool = False,
    ) -> LayerCost:
        return LayerCost()
