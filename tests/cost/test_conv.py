"""Convolution arithmetic against counting by hand."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.cost import (
    conv2d_flops,
    conv2d_macs,
    conv2d_output_size,
    linear_flops,
    linear_macs,
)


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 40),
    st.integers(1, 7),
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(1, 3),
)
def test_output_size_counts_the_places_of_the_kernel(
    n, kernel, stride, padding, dilation
):
    extent = dilation * (kernel - 1) + 1
    places = len(range(0, n + 2 * padding - extent + 1, stride))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if places:
        assert conv2d_output_size(n, kernel, **options) == places
    else:
        with pytest.raises(ValueError, match="larger than an input"):
            conv2d_output_size(n, kernel, **options)


def test_output_size_of_pairs():
    assert conv2d_output_size((10, 20), (3, 5), stride=(1, 2), padding=(0, 2)) == (
        8,
        10,
    )
    assert conv2d_output_size((640, 384), 3, stride=2, padding=1) == (320, 192)


def test_darknet_grids():
    size = 416
    for _ in range(5):
        size = conv2d_output_size(size, 3, stride=2, padding=1)
    assert size == 13


class Counter:
    """A number that counts the operations done with it."""

    done = 0

    def __add__(self, other):
        Counter.done += 1
        return self

    __mul__ = __add__


def counted(n_terms, bias):
    """Operations of one output: products, their sum, and the bias."""
    Counter.done = 0
    terms = [Counter() * Counter() for _ in range(n_terms)]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    if bias:
        total = total + Counter()
    return Counter.done


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("n_in", "n_out", "kernel", "size"), [(3, 2, 3, 4), (1, 1, 1, 1)]
)
def test_conv2d_counts_every_operation(n_in, n_out, kernel, size, bias):
    one = counted(n_in * kernel**2, bias)
    assert conv2d_flops(n_in, n_out, kernel, size, bias=bias) == one * size**2 * n_out
    assert conv2d_macs(n_in, n_out, kernel, size) == n_in * kernel**2 * size**2 * n_out


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (5, 3)])
def test_linear_counts_every_operation(n_in, n_out, bias):
    assert linear_flops(n_in, n_out, bias=bias) == counted(n_in, bias) * n_out
    assert linear_macs(n_in, n_out) == n_in * n_out


def test_formulas():
    for n_in, n_out, kernel, h, w in product([1, 8], [4], [1, 3], [5], [7]):
        flops = conv2d_flops(n_in, n_out, kernel, (h, w))
        assert flops == 2 * n_in * kernel**2 * h * w * n_out
        without = conv2d_flops(n_in, n_out, kernel, (h, w), bias=False)
        assert without == (2 * n_in * kernel**2 - 1) * h * w * n_out
    assert linear_flops(4096, 1000) == 2 * 4096 * 1000
    assert linear_flops(4096, 1000, bias=False) == (2 * 4096 - 1) * 1000


def test_groups_see_their_own_channels():
    assert conv2d_macs(32, 32, 3, 10, groups=32) == 32 * 9 * 100
    assert conv2d_flops(32, 64, 3, 10, groups=4) == 2 * 8 * 9 * 100 * 64


def test_counts_are_exact_integers_beyond_float_precision():
    found = conv2d_flops(10**6, 10**6, 3, np.int64(10**5))
    assert isinstance(found, int)
    assert found == 2 * 10**6 * 9 * 10**10 * 10**6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv2d_output_size(0, 3), "input_size must be a whole number"),
        (lambda: conv2d_output_size(10, 3, stride=0), "stride"),
        (lambda: conv2d_output_size(10, 3, padding=-1), "padding .* at least 0"),
        (lambda: conv2d_output_size(10.5, 3), "input_size"),
        (lambda: conv2d_output_size((1, 2, 3), 3), "one whole number or two"),
        (lambda: conv2d_output_size(10, 11), "kernel of 11"),
        (lambda: conv2d_flops(3, 0, 3, 10), "out_channels"),
        (lambda: conv2d_flops(3, 4, 3, 10, groups=2), "must divide"),
        (lambda: conv2d_macs(True, 4, 3, 10), "in_channels"),
        (lambda: linear_flops(-1, 4), "in_features"),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()
