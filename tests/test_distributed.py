"""A real Dask cluster of two worker processes gives the same results, bit by bit."""

import os
import subprocess
import sys
from functools import reduce
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skanchors import BoxHistogram, IoUKMeans, VOCBoxExtractor
from skanchors.annotations import iter_sizes
from skanchors.datasets import load_sample_paths, make_boxes, make_voc_annotations

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    """Two processes with one thread each, on this machine's loopback device."""
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(2, timeout=60)
        yield client


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """The bundled sample and made-up files, of which some hold the same boxes."""
    made_up = make_voc_annotations(
        tmp_path_factory.mktemp("made_up"), n_images=60, random_state=0
    )
    return [*load_sample_paths(), *made_up]


def counter(**params):
    """A task; made here, it travels by value: workers cannot import this file."""

    def count(paths):
        histogram = BoxHistogram(**params)
        for sizes in iter_sizes(paths, chunk_size=100):
            histogram.partial_fit(sizes)
        return histogram

    return count


def split(paths, size):
    return [paths[i : i + size] for i in range(0, len(paths), size)]


def assert_same_histogram(one, other):
    np.testing.assert_array_equal(one.sizes_, other.sizes_)
    np.testing.assert_array_equal(one.counts_, other.counts_)
    assert one.error_bound_ == other.error_bound_
    assert one.n_seen_ == other.n_seen_


@pytest.fixture
def worked_elsewhere(client):
    """Ask afterwards how many tasks the workers finished meanwhile."""

    def finished():
        log = client.run(lambda dask_worker: len(dask_worker.state.log))
        assert os.getpid() not in client.run(os.getpid).values()
        return sum(log.values())

    before = finished()
    return lambda: finished() - before


@pytest.mark.parametrize("max_boxes", [200_000, 300])
def test_map_files_merge_and_fit(client, paths, max_boxes):
    """Exact histograms, and such that went over to the grid."""
    count = counter(max_boxes=max_boxes)
    futures = client.map(count, split(paths, 37))
    merged = reduce(BoxHistogram.merge, client.gather(futures), BoxHistogram(max_boxes))
    here = count(paths)
    assert_same_histogram(merged, here)
    assert (merged.error_bound_ > 0) == (max_boxes == 300)

    boxes = VOCBoxExtractor().transform(paths)
    km = IoUKMeans(5, random_state=0)
    on_parts = km.fit(merged.sizes_, sample_weight=merged.counts_).cluster_centers_
    if not merged.error_bound_:
        np.testing.assert_array_equal(on_parts, km.fit(boxes).cluster_centers_)
    in_histogram = km.score(merged.sizes_, sample_weight=merged.counts_)
    assert abs(km.score(boxes) - in_histogram) <= merged.error_bound_ + 1e-12


def test_merge_on_the_workers_in_any_order(client, paths):
    """A tree of merges, from the last part to the first."""
    count = counter(max_boxes=300)

    def merge(*parts):
        # What a worker stores is not to be changed: it may be asked for again.
        return reduce(BoxHistogram.merge, parts, BoxHistogram(300))

    parts = client.map(count, split(paths, 23))
    while len(parts) > 1:
        pairs = split(parts[::-1], 2)
        parts = [client.submit(merge, *pair) for pair in pairs]
    assert_same_histogram(parts[0].result(), count(paths))


def test_a_part_without_boxes_adds_nothing(client, paths):
    """Workers return a histogram for it too; it is the neutral element of merging."""
    parts = client.gather(client.map(counter(), [[], paths[:30], [], paths[30:]]))
    merged = reduce(BoxHistogram.merge, parts, BoxHistogram())
    assert_same_histogram(merged, counter()(paths))


def test_runs_of_a_fit(client, worked_elsewhere):
    """More boxes than joblib sends along with each task: it scatters them once."""
    X = make_boxes(30_000, random_state=0)
    weight = np.random.default_rng(0).uniform(size=len(X))
    km = IoUKMeans(6, n_init=4, max_iter=20, random_state=0)
    here = clone(km).fit(X, sample_weight=weight)
    with joblib.parallel_config("dask"):
        there = clone(km).fit(X, sample_weight=weight)
    assert worked_elsewhere() >= 4
    for name in ("cluster_centers_", "labels_"):
        np.testing.assert_array_equal(getattr(there, name), getattr(here, name))
    assert there.inertia_ == here.inertia_
    assert there.mean_iou_ == here.mean_iou_
    assert there.n_iter_ == here.n_iter_


def test_search_over_files(client, paths, worked_elsewhere):
    pipe = Pipeline([("boxes", VOCBoxExtractor()), ("km", IoUKMeans(random_state=0))])
    search = GridSearchCV(pipe, {"km__n_clusters": [2, 3]}, cv=3)
    here = clone(search).fit(paths)
    with joblib.parallel_config("dask"):
        there = clone(search).fit(paths)
    assert worked_elsewhere() >= 6
    for fold in range(3):
        key = f"split{fold}_test_score"
        np.testing.assert_array_equal(there.cv_results_[key], here.cv_results_[key])
    np.testing.assert_array_equal(
        there.best_estimator_["km"].cluster_centers_,
        here.best_estimator_["km"].cluster_centers_,
    )


def test_example_script():
    """It compares with one process by itself."""
    script = Path(__file__).parents[1] / "examples" / "scale_out_with_dask.py"
    run = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert "finds the same anchors" in run.stdout
