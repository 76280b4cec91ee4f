import itertools

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.callbacks._graph import graph_nodes, plain


def pipeline():
    inner = Pipeline([("same", "passthrough"), ("km", IoUKMeans(4))])
    return Pipeline([("boxes", VOCBoxExtractor()), ("inner", inner)])


def check_chain(nodes):
    assert nodes[0].name == "X"
    for before, node in itertools.pairwise(nodes):
        assert node.inputs == [before.name]
    assert len({node.name for node in nodes}) == len(nodes)


def test_steps_follow_one_another():
    nodes = graph_nodes(pipeline())
    check_chain(nodes)
    assert [node.name for node in nodes[1:]] == [
        "boxes/VOCBoxExtractor",
        "inner/same/passthrough",
        "inner/km/IoUKMeans",
    ]
    assert nodes[-1].op == "IoUKMeans"
    assert nodes[-1].parameters["n_clusters"] == "4"
    assert nodes[1].parameters["scaling"] == "stretch"


def test_search_shows_what_it_searches():
    search = GridSearchCV(pipeline(), {"inner__km__n_clusters": [2, 3]})
    assert graph_nodes(search) == graph_nodes(pipeline())


def test_estimator_alone():
    nodes = graph_nodes(IoUKMeans())
    check_chain(nodes)
    assert [node.name for node in nodes] == ["X", "IoUKMeans"]


def test_step_none_is_drawn():
    nodes = graph_nodes(Pipeline([("nothing", None), ("km", IoUKMeans())]))
    assert [node.op for node in nodes] == ["Input", "passthrough", "IoUKMeans"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (0.5, 0.5),
        (True, True),
        ("iou", "iou"),
        (np.int64(4), 4),
        (np.float32(0.5), 0.5),
        (None, "None"),
        (np.log, "log"),
        ([1, 2], "[1, 2]"),
        (np.zeros((2, 2)), "array([[0., 0.], [0., 0.]])"),
    ],
)
def test_plain(value, expected):
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)


def test_plain_shortens():
    text = plain(list(range(1000)))
    assert len(text) == 200
    assert text.endswith("...")


def test_parameters_of_any_estimator_are_text():
    nodes = graph_nodes(FunctionTransformer(np.log))
    assert nodes[1].parameters["func"] == "log"
    assert all(isinstance(text, str) for text in nodes[1].parameters.values())
