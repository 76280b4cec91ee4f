"""Arithmetic of layers: sizes, parameters, operations, and the cost of anchors."""

from skanchors.cost._conv import (
    conv2d_flops,
    conv2d_macs,
    conv2d_output_size,
    linear_flops,
    linear_macs,
)
from skanchors.cost._head import head_cost
from skanchors.cost._layers import (
    AdaptiveAvgPool2d,
    Conv2d,
    Dropout,
    Linear,
    MaxPool2d,
    ReLU,
)
from skanchors.cost._profile import profile_layers
from skanchors.cost._table import CostTable
from skanchors.cost._vgg import vgg16_layers

__all__ = [
    "AdaptiveAvgPool2d",
    "Conv2d",
    "CostTable",
    "Dropout",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "conv2d_flops",
    "conv2d_macs",
    "conv2d_output_size",
    "head_cost",
    "linear_flops",
    "linear_macs",
    "profile_layers",
    "vgg16_layers",
]
