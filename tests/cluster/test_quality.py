"""Real boxes: the anchors are as good as the best known ones, from any seed."""

import functools

import numpy as np
import pytest

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.annotations import read_annotations
from skanchors.metrics import mean_iou_score, pairwise_box_distances


@pytest.fixture(scope="module")
def sizes(shared_data):
    @functools.cache
    def read(name):
        paths = sorted(shared_data(name).rglob("*.xml"))
        return VOCBoxExtractor(on_invalid="ignore").transform(paths)

    return read


@pytest.fixture(scope="module")
def pixels(shared_data):
    """Sizes in pixels of the objects not marked difficult."""
    paths = sorted(shared_data("voc2007_trainval").rglob("*.xml"))
    table = read_annotations(paths)
    return table.sizes("pixels")[~table.difficult]


@pytest.mark.parametrize(
    ("name", "n_clusters", "mean_iou"),
    [
        ("voc2007_trainval", 3, 0.5314),
        ("voc2007_trainval", 5, 0.6022),
        ("voc2007_trainval", 9, 0.6725),
        ("voc2007_trainval", 12, 0.7072),
        ("bccd", 5, 0.8506),
        ("bccd", 9, 0.8835),
        ("raccoon", 5, 0.8282),
        ("raccoon", 9, 0.8660),
    ],
)
def test_best_known_mean_iou(sizes, name, n_clusters, mean_iou):
    X = sizes(name)
    for seed in range(2):
        km = IoUKMeans(n_clusters, random_state=seed).fit(X)
        assert km.mean_iou_ >= mean_iou
        assert km.score(X) == pytest.approx(km.mean_iou_, abs=1e-12)


def test_the_published_variant_reaches_its_published_mean_iou(sizes):
    """Random start and medians, one run: 67.13 % at k = 9."""
    X = sizes("voc2007_trainval")
    scores = [
        IoUKMeans(9, center="median", init="random", n_init=1, random_state=seed)
        .fit(X)
        .mean_iou_
        for seed in range(10)
    ]
    assert 0.669 <= np.mean(scores) <= 0.673
    assert max(scores) < 0.6735
    best = IoUKMeans(9, random_state=0).fit(X).mean_iou_
    assert best > max(scores)


# The paper has 58.7, 61.0 and 67.2; it does not say how its runs start and stop.
@pytest.mark.parametrize(
    ("metric", "n_clusters", "mean_iou", "tolerance"),
    [
        ("sqeuclidean", 5, 0.589, 0.004),
        ("iou", 5, 0.611, 0.002),
        ("iou", 9, 0.675, 0.003),
    ],
)
def test_table_1_of_the_yolov2_paper(pixels, metric, n_clusters, mean_iou, tolerance):
    """The published algorithm, row by row, and what IoUKMeans makes of its starts."""
    for seed in range(3):
        start = np.random.default_rng(seed).choice(len(pixels), n_clusters, False)
        anchors, labels = pixels[start], None
        while True:
            previous = labels
            labels = pairwise_box_distances(pixels, anchors, metric).argmin(axis=1)
            if previous is not None and (labels == previous).all():
                break
            anchors = np.array(
                [pixels[labels == i].mean(axis=0) for i in range(n_clusters)]
            )
        published = mean_iou_score(pixels, anchors)
        assert published == pytest.approx(mean_iou, abs=tolerance)
        km = IoUKMeans(
            n_clusters, metric=metric, center="mean", init=pixels[start], tol=0
        ).fit(pixels)
        # It keeps the best anchors that it meets, by the metric.
        if metric == "iou":
            assert km.mean_iou_ >= published - 1e-12
        else:
            assert km.mean_iou_ == pytest.approx(published, abs=1e-3)


@pytest.mark.parametrize(
    ("metric", "best_of_50_restarts"),
    [
        ("sqeuclidean", (447_790.99, 503_853.52)),
        ("cityblock", (16_886.659, 16_667.618)),
        ("cosine", (0.58227744, 0.61959240)),
        ("chebyshev", (11_660.175, 11_669.304)),
    ],
)
@pytest.mark.parametrize("seed", range(2))
def test_metrics_without_a_gradient_are_as_good_as_many_restarts(
    metric, best_of_50_restarts, seed
):
    X = np.abs(np.random.RandomState(seed).normal(size=(500, 2))) * 100
    found = IoUKMeans(9, metric=metric, random_state=seed).fit(X).inertia_
    assert found <= 1.001 * best_of_50_restarts[seed]


@pytest.mark.parametrize(
    ("metric", "n_clusters", "best_of_50_restarts"),
    [("chebyshev", 9, 11660.2), ("cosine", 12, 0.310151)],
)
def test_valleys_where_sets_agree_too_soon(metric, n_clusters, best_of_50_restarts):
    X = np.abs(np.random.RandomState(0).normal(size=(500, 2))) * 100
    for seed in range(2):
        km = IoUKMeans(n_clusters, metric=metric, random_state=seed).fit(X)
        assert km.inertia_ <= 1.001 * best_of_50_restarts


@pytest.mark.parametrize(
    ("metric", "data", "seed", "best_of_50_restarts"),
    [
        ("sqeuclidean", 2, 1, 495_008.40),
        ("sqeuclidean", 4, 0, 427_565.53),
        ("cityblock", 4, 1, 16_208.343),
        ("cosine", 5, 1, 0.58870341),
    ],
)
def test_seeds_that_need_more_generations(metric, data, seed, best_of_50_restarts):
    """With a third of them, these seeds end 0.2 % above the restarts."""
    X = np.abs(np.random.RandomState(data).normal(size=(500, 2))) * 100
    found = IoUKMeans(9, metric=metric, random_state=seed).fit(X).inertia_
    assert found <= 1.001 * best_of_50_restarts


def test_the_default_is_better_than_kmeans_of_many_restarts():
    X = np.abs(np.random.RandomState(0).normal(size=(500, 2))) * 100
    for seed in range(3):
        km = IoUKMeans(9, metric="sqeuclidean", random_state=seed).fit(X)
        assert km.inertia_ <= 447_850  # the best of 50 restarts
