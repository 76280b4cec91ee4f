"""Boxes for the benchmarks: made up from a seed, and real ones where they are."""

import tarfile
import tempfile
from pathlib import Path

import numpy as np

from skanchors.annotations import read_annotations

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
# Widths and heights of images as they come from cameras and the web.
_SIDES = np.array([320, 375, 480, 500, 512, 640, 768, 800, 1024])


def lognormal_mixture(n_boxes, *, seed=0, n_modes=5):
    """Boxes of a few kinds of objects, whose sizes hardly repeat; in pixels."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(4, 1, (n_modes, 2))
    kind = rng.integers(n_modes, size=n_boxes)
    distance = rng.normal(scale=0.5, size=(n_boxes, 1))
    shape = rng.normal(scale=0.4, size=(n_boxes, 2))
    return np.exp(middles[kind] + distance + shape)


def whole_pixels(n_boxes, *, seed=0, n_image_sizes=12):
    """The same in whole pixels, as fractions of a few image sizes."""
    rng = np.random.default_rng([seed, 1])
    images = rng.choice(_SIDES, (n_image_sizes, 2))[
        rng.integers(n_image_sizes, size=n_boxes)
    ]
    sizes = np.clip(np.rint(lognormal_mixture(n_boxes, seed=seed)), 4, images)
    return sizes / images


def small(n_boxes, *, seed=0):
    """Small objects in whole pixels, as fractions of a few image sizes."""
    rng = np.random.default_rng([seed, 7])
    images = rng.choice(_SIDES, (20, 2))[rng.integers(20, size=n_boxes)]
    sizes = np.exp(rng.normal(2.6, 0.7, (n_boxes, 1)) + _noise(rng, n_boxes, 0.3))
    return np.clip(np.rint(sizes), 2, images) / images


def faces(n_boxes, *, seed=0):
    """Upright boxes, most of them small, in images of one width and many heights."""
    rng = np.random.default_rng([seed, 8])
    heights = rng.integers(400, 1600, 400)[rng.integers(400, size=n_boxes)]
    images = np.column_stack([np.full(n_boxes, 1024), heights])
    middle = rng.normal(2.7, 0.55, (n_boxes, 1)) + rng.exponential(0.55, (n_boxes, 1))
    sizes = np.exp(middle + np.array([-0.1, 0.12]) + _noise(rng, n_boxes, 0.12))
    return np.clip(np.rint(sizes), 1, images) / images


def cells(n_boxes, *, seed=0):
    """Whole pixels, so small that most boxes repeat."""
    rng = np.random.default_rng([seed, 9])
    sizes = np.exp(rng.normal(3, 0.6, (n_boxes, 1)) + _noise(rng, n_boxes, 0.35))
    return np.clip(np.rint(sizes), 3, 200)


def _noise(rng, n_boxes, scale):
    return rng.normal(scale=scale, size=(n_boxes, 2))


def real_boxes(names=("voc2007_trainval", "bccd", "raccoon")):
    """Fractions of real boxes by name; nothing where the archives are not there."""
    found = {}
    for name in names:
        archive = SHARED / f"{name}.tar.xz"
        if archive.is_file():
            with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
                paths = sorted(Path(folder).rglob("*.xml"))
                table = read_annotations(paths, on_invalid="ignore")
            found[name] = table.sizes()
    return found
