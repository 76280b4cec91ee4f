"""Made-up boxes: the anchors are as good as the best known ones, in any clone.

The best known values come from 8 seeds of the search with several efforts.
"""

import functools

import numpy as np
import pytest

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.datasets import load_sample_paths

SIDES = np.array([320, 375, 480, 500, 512, 640, 768, 800, 1024])


def lognormal_mixture(n_boxes, seed=0, n_modes=5):
    """A few kinds of objects, whose sizes hardly repeat; in pixels."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(4, 1, (n_modes, 2))
    kind = rng.integers(n_modes, size=n_boxes)
    distance = rng.normal(scale=0.5, size=(n_boxes, 1))
    shape = rng.normal(scale=0.4, size=(n_boxes, 2))
    return np.exp(middles[kind] + distance + shape)


def whole_pixels(n_boxes, seed=0, n_image_sizes=12):
    """The same in whole pixels, as fractions of a few image sizes."""
    rng = np.random.default_rng([seed, 1])
    sizes = rng.choice(SIDES, (n_image_sizes, 2))
    images = sizes[rng.integers(n_image_sizes, size=n_boxes)]
    return np.clip(np.rint(lognormal_mixture(n_boxes, seed)), 4, images) / images


def small(n_boxes):
    """Small objects in whole pixels, as fractions of a few image sizes."""
    rng = np.random.default_rng([0, 7])
    images = rng.choice(SIDES, (20, 2))[rng.integers(20, size=n_boxes)]
    middle = rng.normal(2.6, 0.7, (n_boxes, 1))
    sizes = np.exp(middle + rng.normal(0, 0.3, (n_boxes, 2)))
    return np.clip(np.rint(sizes), 2, images) / images


def cells(n_boxes):
    """Whole pixels, so small that most boxes repeat."""
    rng = np.random.default_rng([0, 9])
    middle = rng.normal(3, 0.6, (n_boxes, 1))
    sizes = np.exp(middle + rng.normal(0, 0.35, (n_boxes, 2)))
    return np.clip(np.rint(sizes), 3, 200)


def some_cells(n_boxes, seed=0):
    """A few of the sizes of cells, each once."""
    sizes = np.unique(cells(3000), axis=0)
    return sizes[np.random.default_rng(seed).permutation(len(sizes))[:n_boxes]]


def faces(n_boxes):
    """Upright boxes, most of them small, in images of one width and many heights."""
    rng = np.random.default_rng([0, 8])
    heights = rng.integers(400, 1600, 400)[rng.integers(400, size=n_boxes)]
    images = np.column_stack([np.full(n_boxes, 1024), heights])
    middle = rng.normal(2.7, 0.55, (n_boxes, 1)) + rng.exponential(0.55, (n_boxes, 1))
    noise = rng.normal(scale=0.12, size=(n_boxes, 2))
    sizes = np.exp(middle + np.array([-0.1, 0.12]) + noise)
    return np.clip(np.rint(sizes), 1, images) / images


SETS = {
    "217": functools.partial(lognormal_mixture, 217),
    "900": functools.partial(lognormal_mixture, 900),
    "217 in pixels": functools.partial(whole_pixels, 217),
    "900 in pixels": functools.partial(whole_pixels, 900),
    "2 000": functools.partial(lognormal_mixture, 2000),
    "50 000": functools.partial(lognormal_mixture, 50_000, 5),
    "5 000 in pixels": functools.partial(whole_pixels, 5000),
    "30 000 in pixels": functools.partial(whole_pixels, 30_000, 3),
    "15 000 small": functools.partial(small, 15_000),
    "40 000 small": functools.partial(small, 40_000),
    "32 000 in few cells": functools.partial(cells, 32_000),
    "64 000 in few cells": functools.partial(cells, 64_000),
    "159 000 faces": functools.partial(faces, 159_000),
    "160 000 in pixels": functools.partial(whole_pixels, 160_000, 4, 200),
}


@functools.cache
def boxes(name):
    return SETS[name]()


@pytest.mark.parametrize(
    ("name", "n_clusters", "best_known"),
    [
        ("217", 3, 0.49592),
        ("217", 9, 0.65207),
        ("900", 6, 0.58793),
        ("900", 12, 0.67354),
        ("217 in pixels", 6, 0.55873),
        ("900 in pixels", 9, 0.58546),
        ("2 000", 9, 0.63183),
        ("2 000", 15, 0.69713),
        ("50 000", 12, 0.64421),
        ("5 000 in pixels", 15, 0.64929),
        ("30 000 in pixels", 9, 0.59133),
        ("160 000 in pixels", 9, 0.59750),
    ],
)
def test_near_the_best_known_mean_iou(name, n_clusters, best_known):
    for seed in range(2):
        km = IoUKMeans(n_clusters, random_state=seed).fit(boxes(name))
        # 0.0003 is what seeds may differ by; now and then one of many differs by more.
        assert best_known - 4e-4 <= km.mean_iou_ <= best_known + 3e-4


def test_seeds_agree():
    found = [
        IoUKMeans(12, random_state=seed).fit(boxes("50 000")).mean_iou_
        for seed in range(4)
    ]
    assert max(found) - min(found) <= 1e-4


@pytest.mark.parametrize("seed", [2, 4])
def test_seeds_agree_on_a_few_thousand_boxes(seed):
    """With half the generations, these two end 0.0002 behind."""
    mean_iou = IoUKMeans(9, random_state=seed).fit(boxes("2 000")).mean_iou_
    assert mean_iou == pytest.approx(0.631832, abs=5e-5)


@pytest.mark.parametrize(
    ("make", "n_boxes", "seed", "n_clusters"),
    [
        (some_cells, 160, 4, 2),
        (some_cells, 160, 0, 3),
        (some_cells, 900, 0, 4),
        (lognormal_mixture, 160, 4, 3),
        (lognormal_mixture, 900, 7, 2),
        (whole_pixels, 160, 0, 2),
        (whole_pixels, 60, 2, 4),
    ],
)
def test_few_anchors_are_as_good_as_the_best_of_many_restarts(
    make, n_boxes, seed, n_clusters
):
    """Compared blurred, the first is 0.002 behind; of a third of the sets, the last.

    With a few boxes merged and all of them blurred for it, the third is 0.0001 behind.
    """
    made = make(n_boxes, seed)
    restarts = IoUKMeans(n_clusters, init="random", n_init=60, random_state=0)
    best = restarts.fit(made).mean_iou_
    for seed in range(3):
        km = IoUKMeans(n_clusters, random_state=seed).fit(made)
        assert km.mean_iou_ >= best - 2e-5


def test_two_anchors_of_the_sample_are_the_best_from_every_seed():
    """Without the first files, another valley is 0.0001 behind and easier to find."""
    paths = load_sample_paths()
    sizes = VOCBoxExtractor().fit_transform(paths[len(paths) // 5 :])
    restarts = IoUKMeans(2, init="random", n_init=100, random_state=0)
    best = restarts.fit(sizes).mean_iou_
    for seed in range(10):
        km = IoUKMeans(2, random_state=seed).fit(sizes)
        assert km.mean_iou_ >= best - 2e-5


def test_seeds_agree_on_many_anchors_of_some_thousand_boxes():
    """With the effort for nine anchors, the fifth is 0.0009 behind the fourth."""
    found = [
        IoUKMeans(20, random_state=seed).fit(boxes("15 000 small")).mean_iou_
        for seed in range(1, 5)
    ]
    assert max(found) == pytest.approx(0.74877, abs=2e-4)
    assert max(found) - min(found) <= 3e-4


def test_very_many_boxes_are_not_blurred_at_the_end():
    """Where they are, the mean is 0.00007 behind the best known, not 0.00004."""
    found = [
        IoUKMeans(9, random_state=seed).fit(boxes("159 000 faces")).mean_iou_
        for seed in range(5)
    ]
    assert 0.71979 - 5.5e-5 <= np.mean(found) <= 0.71979 + 1e-4
    assert max(found) - min(found) <= 3e-4


def test_the_last_steps_go_on_while_they_gain():
    """Five of them left 0.00007 where representatives have a dent."""
    km = IoUKMeans(9, random_state=0).fit(lognormal_mixture(850_000, 0))
    assert 0.63260 - 2e-5 <= km.mean_iou_ <= 0.63260 + 2e-5


def test_the_best_finalist_on_all_boxes_is_taken():
    """Of the last eight the worst on all boxes is 0.0005 to 0.0007 behind."""
    for seed in range(2):
        km = IoUKMeans(15, random_state=seed).fit(boxes("40 000 small"))
        assert 0.71993 - 3e-4 <= km.mean_iou_ <= 0.71993 + 3e-4


def test_seeds_agree_where_valleys_differ_by_little():
    """Without more effort on many boxes, the second seed is 0.0004 behind."""
    found = [
        IoUKMeans(9, random_state=seed).fit(boxes("40 000 small")).mean_iou_
        for seed in range(4)
    ]
    assert min(found) > 0.66515 - 3e-4
    assert max(found) - min(found) <= 3e-4


@pytest.mark.parametrize(("n_clusters", "best_known"), [(9, 0.72034), (20, 0.79336)])
def test_seeds_agree_where_boxes_share_few_sizes(n_clusters, best_known):
    """Where close finalists count as one, seeds end up to 0.0003 behind at k = 9."""
    for seed in range(3):
        km = IoUKMeans(n_clusters, random_state=seed).fit(boxes("32 000 in few cells"))
        assert best_known - 3e-4 <= km.mean_iou_ <= best_known + 3e-4


def test_sides_are_those_of_boxes_where_many_boxes_share_some_sizes():
    """If not, with more sizes than in the test above, this seed is 0.0006 behind."""
    km = IoUKMeans(20, random_state=0).fit(boxes("64 000 in few cells"))
    assert 0.79288 - 3e-4 <= km.mean_iou_ <= 0.79288 + 3e-4
