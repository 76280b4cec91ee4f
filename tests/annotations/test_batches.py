import pytest
from joblib import parallel_config, register_parallel_backend
from joblib.parallel import ThreadingBackend

from skanchors.annotations import (
    AnnotationWarning,
    VOCBoxExtractor,
    read_annotations,
)
from skanchors.annotations.formats import FORMATS
from skanchors.datasets import load_sample_paths


@pytest.fixture
def dirty(tmp_path):
    (tmp_path / "a.xml").write_text(
        "<annotation><size><width>10</width><height>10</height></size><object/>"
        "</annotation>"
    )
    (tmp_path / "b.xml").write_text("<annotation>")
    return [str(tmp_path / "a.xml"), str(tmp_path / "b.xml")]


def as_rows(table):
    return table.to_pandas().values.tolist()


def test_processes_give_the_same(dirty, monkeypatch):
    pytest.importorskip("pandas")
    small = FORMATS["voc"]._replace(batch_size=7, parallel_from=10)
    monkeypatch.setitem(FORMATS, "voc", small)
    paths = load_sample_paths() + dirty
    with pytest.warns(AnnotationWarning) as one:
        serial = read_annotations(paths)
    with pytest.warns(AnnotationWarning) as two:
        parallel = read_annotations(paths, n_jobs=2)
    assert str(one[0].message) == str(two[0].message)
    assert as_rows(serial) == as_rows(parallel)
    assert serial.dropped == parallel.dropped
    with pytest.raises(ValueError, match=r"a\.xml, object 1"):
        read_annotations(paths, on_invalid="raise", n_jobs=2)


def test_sizes_go_to_other_processes(tmp_path, monkeypatch):
    small = FORMATS["yolo"]._replace(batch_size=2, parallel_from=4)
    monkeypatch.setitem(FORMATS, "yolo", small)
    sizes = {}
    for i in range(9):
        (tmp_path / f"{i}.txt").write_text("0 .5 .5 .1 .1")
        sizes[f"{i}.jpg"] = (100 * (i + 1), 50)
    paths = sorted(tmp_path.glob("*.txt"))
    table = read_annotations(paths, image_sizes=sizes, n_jobs=2)
    assert table.image_width.tolist() == [100 * (i + 1) for i in range(9)]


def test_few_files_are_read_in_this_process(monkeypatch):
    def never(*args, **parameters):
        pytest.fail("processes were started for 120 files")

    monkeypatch.setattr("skanchors.annotations._batches.Parallel", never)
    assert len(read_annotations(load_sample_paths(), n_jobs=2)) == 368


def test_backends_that_cannot_return_a_generator(dirty, monkeypatch):
    class Eager(ThreadingBackend):
        supports_return_generator = False

    register_parallel_backend("eager", Eager)
    small = FORMATS["voc"]._replace(batch_size=7, parallel_from=10)
    monkeypatch.setitem(FORMATS, "voc", small)
    paths = load_sample_paths() + dirty
    serial = read_annotations(paths, on_invalid="ignore")
    with parallel_config("eager"):
        eager = read_annotations(paths, on_invalid="ignore", n_jobs=2)
        X = VOCBoxExtractor(on_invalid="ignore", n_jobs=2).transform(paths)
    assert eager.width.tolist() == serial.width.tolist()
    assert X.tolist() == serial.sizes().tolist()
    assert eager.dropped == serial.dropped
