"""Arithmetic of convolutions and fully connected layers."""

from numbers import Integral
from typing import Any

from skanchors._checks import check_count, check_pair_of_counts


def conv2d_output_size(
    input_size: Any,
    kernel_size: Any,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
) -> Any:
    """Compute the size of a convolution's or a pooling's output.

    Each side is ``floor((n + 2 padding - dilation (kernel - 1) - 1) / stride) + 1``.

    Parameters
    ----------
    input_size : int or pair of int
        Cells of the input along one side, or two.
    kernel_size : int or pair of int
        Cells of the kernel.
    stride, padding, dilation : int or pair of int
        Steps of the kernel, cells added at each end, steps between its elements.

    Returns
    -------
    int or tuple of two int
        Like `input_size`; pairs are taken in one order, whichever it is.

    Raises
    ------
    ValueError
        If the kernel is larger than the padded input.

    Examples
    --------
    >>> from skanchors.cost import conv2d_output_size
    >>> conv2d_output_size(416, 3, stride=2, padding=1)
    208
    >>> conv2d_output_size((640, 384), 3, stride=2, padding=1)
    (320, 192)
    """
    columns = (
        check_pair_of_counts(input_size, name="input_size"),
        check_pair_of_counts(kernel_size, name="kernel_size"),
        check_pair_of_counts(stride, name="stride"),
        check_pair_of_counts(padding, name="padding", minimum=0),
        check_pair_of_counts(dilation, name="dilation"),
    )
    output = tuple(_output_side(*side) for side in zip(*columns, strict=True))
    return output[0] if isinstance(input_size, Integral) else output


def _output_side(n: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    free = n + 2 * padding - dilation * (kernel - 1) - 1
    if free < 0:
        raise ValueError(
            f"A kernel of {kernel} (dilation {dilation}) is larger than an input of "
            f"{n} with padding {padding}."
        )
    return free // stride + 1


def conv2d_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: Any,
    output_size: Any,
    *,
    groups: int = 1,
) -> int:
    """Count the multiply-accumulates of a convolution, ``C_in K^2 H W C_out``.

    Parameters
    ----------
    in_channels, out_channels : int
        Numbers of channels.
    kernel_size : int or pair of int
        Cells of the kernel.
    output_size : int or pair of int
        Cells of the output.
    groups : int, default=1
        Groups that the channels are split into; each output sees one group.

    Returns
    -------
    int
        Multiply-accumulates. Adding a bias is none.

    Examples
    --------
    >>> from skanchors.cost import conv2d_macs
    >>> conv2d_macs(3, 64, 3, 224)
    86704128
    """
    terms, outputs = _conv2d_counts(
        in_channels, out_channels, kernel_size, output_size, groups
    )
    return terms * outputs


def conv2d_flops(
    in_channels: int,
    out_channels: int,
    kernel_size: Any,
    output_size: Any,
    *,
    bias: bool = True,
    groups: int = 1,
) -> int:
    """Count the floating-point operations of a convolution.

    With bias ``2 C_in K^2 H W C_out``, without ``(2 C_in K^2 - 1) H W C_out``: n
    products need n - 1 additions, and the bias one more.

    Parameters
    ----------
    in_channels, out_channels : int
        Numbers of channels.
    kernel_size : int or pair of int
        Cells of the kernel.
    output_size : int or pair of int
        Cells of the output.
    bias : bool, default=True
        Whether a bias is added.
    groups : int, default=1
        Groups that the channels are split into; each output sees one group.

    Returns
    -------
    int
        Multiplications and additions.

    Examples
    --------
    >>> from skanchors.cost import conv2d_flops
    >>> conv2d_flops(3, 64, 3, 224), conv2d_flops(3, 64, 3, 224, bias=False)
    (173408256, 170196992)
    """
    terms, outputs = _conv2d_counts(
        in_channels, out_channels, kernel_size, output_size, groups
    )
    return (2 * terms - (not bias)) * outputs


def _conv2d_counts(
    in_channels: int, out_channels: int, kernel_size: Any, output_size: Any, groups: int
) -> tuple[int, int]:
    """Products summed for one output, and the number of outputs."""
    in_channels = check_count(in_channels, name="in_channels")
    out_channels = check_count(out_channels, name="out_channels")
    groups = check_count(groups, name="groups")
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"groups={groups} must divide in_channels={in_channels} and "
            f"out_channels={out_channels}."
        )
    height, width = check_pair_of_counts(kernel_size, name="kernel_size")
    rows, columns = check_pair_of_counts(output_size, name="output_size")
    return in_channels // groups * height * width, rows * columns * out_channels


def linear_macs(in_features: int, out_features: int) -> int:
    """Count the multiply-accumulates of a fully connected layer, ``I O``.

    Parameters
    ----------
    in_features, out_features : int
        Numbers of inputs and outputs.

    Returns
    -------
    int
        Multiply-accumulates. Adding a bias is none.

    Examples
    --------
    >>> from skanchors.cost import linear_macs
    >>> linear_macs(4096, 1000)
    4096000
    """
    return check_count(in_features, name="in_features") * check_count(
        out_features, name="out_features"
    )


def linear_flops(in_features: int, out_features: int, *, bias: bool = True) -> int:
    """Count the floating-point operations of a fully connected layer.

    With bias ``2 I O``, without ``(2 I - 1) O``.

    Parameters
    ----------
    in_features, out_features : int
        Numbers of inputs and outputs.
    bias : bool, default=True
        Whether a bias is added.

    Returns
    -------
    int
        Multiplications and additions.

    Examples
    --------
    >>> from skanchors.cost import linear_flops
    >>> linear_flops(4096, 1000), linear_flops(4096, 1000, bias=False)
    (8192000, 8191000)
    """
    flops = 2 * linear_macs(in_features, out_features)
    return flops if bias else flops - int(out_features)
