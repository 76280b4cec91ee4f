"""Lists of configurations that fit a narrow terminal and mean the same."""

import ast

import numpy as np
import pytest

from skanchors import fit_detector
from skanchors.annotations import read_annotations
from skanchors.datasets import load_sample_paths
from skanchors.detectors import detector_names, get_detector
from skanchors.export import parse_anchors
from skanchors.export._folded import folded

# One line is all that these can be.
ONE_LINE = {"darknet", "darknet-v2", "efficientdet"}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_folded_is_the_same_list(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 7, size=rng.integers(1, 4)))
    value = np.round(rng.lognormal(4, 2, size=shape), rng.integers(6)).tolist()
    text = repr(value)
    if rng.integers(2):
        text = text.replace("[", "(").replace("]", ",)")
    for before, after in (("", ""), ("    sizes=", ",  # h/w"), ("a[9] = ", " * 3")):
        lines = folded(before + text + after).split("\n")
        whole = "\n".join(lines)
        assert whole.startswith(before) and whole.endswith(after)
        inner = whole[len(before) : len(whole) - len(after)]
        assert ast.literal_eval(inner) == ast.literal_eval(text)
        # The brackets that close follow the last number.
        assert all(line.strip(")],") for line in map(str.strip, lines))
        assert all(len(line) <= 66 + len(after) for line in lines)
    short = text[:60]
    assert folded(short) == short


@pytest.mark.parametrize("text", ["# " + "1, " * 40, "x: " + "y" * 80, "(" + "1," * 60])
def test_what_is_no_list_stays(text):
    assert folded(text) == text


@pytest.mark.parametrize("name", sorted(set(detector_names())))
def test_texts_to_paste_fit_a_narrow_terminal(name):
    found = get_detector(name)
    fit = fit_detector(read_annotations(load_sample_paths()), found, random_state=0)
    lines = fit.text_.splitlines()
    if found.style not in ONE_LINE:
        assert max(map(len, lines)) <= 80
        numbers = [line for line in lines if "#" not in line and "import" not in line]
        assert max(map(len, numbers)) <= 60
    size = found.input_size if found.scaling != "shortest_edge" else None
    anchors = parse_anchors(fit.text_, found.style, input_size=size).anchors
    np.testing.assert_allclose(
        np.sort(np.prod(anchors, axis=1)),
        np.sort(np.prod(np.asarray(fit.anchor_set_), axis=1)),
        # Free anchors are written in whole pixels.
        rtol=0.15 if found.form.name == "free" else 0.02,
    )


def test_numbers_are_short_before_lists_are_broken():
    table = read_annotations(load_sample_paths())
    text = fit_detector(table, "mask-rcnn-matterport", random_state=0).text_
    (ratios,) = [line for line in text.splitlines() if "RATIOS" in line]
    assert ratios.count(",") == 2
