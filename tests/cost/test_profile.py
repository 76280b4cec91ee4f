"""The table of a network: VGG16 as published, and the rules row by row."""

import csv

import pytest

from skanchors.cost import (
    AdaptiveAvgPool2d,
    Conv2d,
    Dropout,
    Linear,
    MaxPool2d,
    ReLU,
    conv2d_flops,
    conv2d_macs,
    linear_flops,
    linear_macs,
    profile_layers,
    vgg16_layers,
)

# The reference's words and ours.
NAMES = {
    "layer": "name",
    "input_shape": "input_shape",
    "output_shape": "output_shape",
    "params": "params",
    "madd": "flops",
    "flops": "macs",
    "mem_read_bytes": "read_bytes",
    "mem_write_bytes": "written_bytes",
}
# Rows that the reference counts by another rule than ours with linear_bias=True: it
# leaves out the bias of a fully connected layer, though it counts a convolution's.
WITHOUT_BIAS = ("classifier.0", "classifier.3", "classifier.6")


@pytest.fixture(scope="module")
def vgg16():
    return profile_layers(vgg16_layers(), (3, 224, 224))


def test_vgg16_row_by_row(vgg16, shared_reference):
    with open(shared_reference("vgg16_224_layers.csv"), newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(vgg16) == len(expected) == 39
    for row, reference in zip(vgg16, expected, strict=True):
        for theirs, ours in NAMES.items():
            assert str(getattr(row, ours)) == reference[theirs], (row.name, ours)


def test_vgg16_totals(vgg16):
    assert vgg16.total.params == 138_357_544
    assert vgg16.total.macs == 15_503_489_024
    assert vgg16.total.flops == 30_958_666_264
    assert round(vgg16.total.output_bytes / 2**20, 2) == 109.39


def test_rows_that_the_reference_counts_by_another_rule(vgg16):
    by_rule = profile_layers(vgg16_layers(), (3, 224, 224), linear_bias=True)
    differ = [a.name for a, b in zip(vgg16, by_rule, strict=True) if a != b]
    assert differ == list(WITHOUT_BIAS)
    layers = vgg16_layers()
    for row in by_rule:
        if row.name in WITHOUT_BIAS:
            sizes = layers[row.name].in_features, layers[row.name].out_features
            assert row.flops == linear_flops(*sizes)
            assert row.macs == linear_macs(*sizes) + sizes[1]


def test_convolution_rows_follow_the_formulas():
    for bias in (True, False):
        layer = Conv2d(8, 16, (3, 5), stride=2, padding=(1, 2), groups=2, bias=bias)
        (row,) = profile_layers([layer], (8, 20, 30))
        about = (8, 16, (3, 5), (10, 15))
        outputs = 16 * 10 * 15
        assert row.output_shape == "16x10x15"
        assert row.flops == conv2d_flops(*about, bias=bias, groups=2)
        assert row.macs == conv2d_macs(*about, groups=2) + bias * outputs
        assert row.params == 16 * 4 * 15 + bias * 16
        assert row.read_bytes == 4 * (8 * 20 * 30 + row.params)
        assert row.written_bytes == row.output_bytes == 4 * outputs


def test_linear_without_bias():
    (row,) = profile_layers([Linear(6, 4, bias=False)], (6,), linear_bias=True)
    assert (row.params, row.flops, row.macs) == (24, 11 * 4, 24)


def test_a_map_is_flattened_for_a_linear_layer():
    (row,) = profile_layers([Linear(24, 5)], (2, 3, 4))
    assert (row.input_shape, row.output_shape) == ("24", "5")


def test_max_pool_compares_all_but_one_of_a_window():
    (row,) = profile_layers([MaxPool2d(3, stride=2, padding=1)], (4, 9, 9))
    assert row.output_shape == "4x5x5"
    assert row.flops == 8 * 4 * 25
    assert MaxPool2d(2).output_shape((1, 8, 8)) == (1, 4, 4)


@pytest.mark.parametrize(("n", "m"), [(6, 3), (7, 3), (5, 1), (3, 5)])
def test_adaptive_pool_counts_the_values_of_its_windows(n, m):
    (row,) = profile_layers([AdaptiveAvgPool2d(m)], (2, n, n))
    windows = [range(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
    one_side = sum(map(len, windows))
    assert row.flops == 2 * one_side**2  # n - 1 additions and a division each
    assert row.written_bytes == 4 * 2 * m * m


def test_adaptive_pool_to_the_size_it_has_does_nothing():
    (row,) = profile_layers([AdaptiveAvgPool2d((7, 6))], (2, 7, 6))
    assert row.flops == row.read_bytes == row.written_bytes == 0


def test_half_precision_halves_the_bytes(vgg16):
    half = profile_layers(vgg16_layers(), (3, 224, 224), bytes_per_value=2)
    assert 2 * half.total.read_bytes == vgg16.total.read_bytes
    assert half.total.flops == vgg16.total.flops


def test_rows_are_named_by_place_or_key():
    assert [row.name for row in profile_layers([ReLU(), ReLU()], (3,))] == ["0", "1"]
    assert profile_layers({"act": ReLU()}, (3,))[0].name == "act"


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        (
            [Conv2d(3, 8, 3), Conv2d(4, 8, 3)],
            (3, 9, 9),
            r"Layer 1 \(Conv2d\).*4 channels",
        ),
        ([Linear(5, 2)], (3, 2), r"Layer 0 \(Linear\).*5 features but gets 6"),
        ([Conv2d(3, 8, 3)], (3,), r"\(channels, height, width\)"),
        ([MaxPool2d(5)], (3, 2, 2), "kernel of 5"),
        ([ReLU()], (3, 0, 2), "each of input_shape"),
        ([], (3,), "empty"),
    ],
)
def test_refuses(layers, shape, message):
    with pytest.raises(ValueError, match=message):
        profile_layers(layers, shape)


def test_vgg16_of_other_classes():
    table = profile_layers(vgg16_layers(20), (3, 224, 224))
    assert table[-1].output_shape == "20"


@pytest.mark.parametrize("wrap", [lambda layer: layer, lambda layer: [layer]])
def test_a_layer_of_a_framework_is_refused_with_what_to_do(wrap):
    class Linear:
        in_features, out_features = 3, 4

    with pytest.raises(TypeError, match=r"Linear\) is no description .*Conv2d"):
        profile_layers(wrap(Linear()), (3,))


@pytest.mark.parametrize("p", [float("nan"), -0.1, 1.5, "half", True])
def test_a_dropout_has_a_share(p):
    with pytest.raises(ValueError, match="p must be a number from 0 to 1"):
        Dropout(p)
