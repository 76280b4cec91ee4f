import numpy as np
import pytest

from skanchors.annotations import AnnotationWarning, VOCBoxExtractor, iter_sizes
from skanchors.datasets import load_sample_paths

PATHS = load_sample_paths()


@pytest.mark.parametrize("chunk_size", [1, 7, 100, 368, 369, 10**6])
def test_chunks_are_full_and_together_all(chunk_size):
    chunks = list(iter_sizes(PATHS, chunk_size))
    assert {len(chunk) for chunk in chunks[:-1]} <= {chunk_size}
    assert 1 <= len(chunks[-1]) <= chunk_size
    X = VOCBoxExtractor().transform(PATHS)
    np.testing.assert_array_equal(np.concatenate(chunks), X)


def test_parameters_are_those_of_the_extractor():
    parameters = {
        "scaling": "letterbox",
        "input_size": (640, 384),
        "classes": ["dog", "bottle"],
        "difficult": False,
        "min_size": 30,
    }
    chunks = list(iter_sizes(PATHS, 20, **parameters))
    X = VOCBoxExtractor(**parameters).transform(PATHS)
    assert 20 < len(X) < 100
    np.testing.assert_array_equal(np.concatenate(chunks), X)


def test_paths_are_taken_from_an_iterator_when_they_are_needed(monkeypatch):
    from skanchors.annotations.formats import FORMATS

    monkeypatch.setitem(FORMATS, "voc", FORMATS["voc"]._replace(batch_size=5))
    taken = []

    def paths():
        for path in PATHS:
            taken.append(path)
            yield path

    chunks = iter_sizes(paths(), 10)
    next(chunks)
    assert len(taken) < 30
    assert sum(map(len, chunks)) == 368 - 10
    assert len(taken) == 120


def test_nothing_in_nothing_out():
    assert list(iter_sizes([])) == []


def test_one_warning_at_the_end(tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text("")
    chunks = iter_sizes([bad, *PATHS, bad], 100)
    for _ in range(4):
        next(chunks)
    with pytest.warns(AnnotationWarning, match="2 of 122 files") as caught:
        assert list(chunks) == []
    assert len(caught) == 1
    with pytest.raises(ValueError, match=r"bad\.xml"):
        list(iter_sizes([*PATHS, bad], on_invalid="raise"))


@pytest.mark.parametrize(
    ("parameters", "error", "match"),
    [
        ({"chunk_size": 0}, ValueError, "chunk_size"),
        ({"chunk_size": float("nan")}, ValueError, "chunk_size"),
        ({"min_size": float("nan")}, ValueError, "min_size"),
        ({"min_size": -1}, ValueError, "min_size"),
        ({"scaling": "squeeze"}, ValueError, "scaling"),
        ({"classes": "dog"}, TypeError, r"classes .*\['dog'\]"),
        ({"paths": "a.xml"}, TypeError, "one path"),
    ],
)
def test_bad_parameters_are_refused_before_reading(parameters, error, match):
    with pytest.raises(error, match=match):
        iter_sizes(**({"paths": PATHS} | parameters))
