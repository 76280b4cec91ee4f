"""How often do the intervals of `compare_anchors` hold the truth?

Data sets are drawn from a known source in which the boxes of an image are alike and
images differ in their number of boxes. The true gain is that over a very large draw. A
95 % interval should hold it in about 95 % of the data sets; taking each box for an
image of its own shows what the resampling of images is good for.

Run: python benchmarks/comparison_coverage.py [--n-datasets 1000]
"""

import argparse

import numpy as np

from skanchors.inspection import compare_anchors

DEFAULTS = np.array([[10, 13], [33, 23], [62, 45], [116, 90], [373, 326]], dtype=float)
FITTED = np.array([[20, 30], [40, 60], [70, 70], [120, 200], [250, 220]], dtype=float)
SETS = {"fitted": FITTED, "defaults": DEFAULTS}


def draw(n_images, rng):
    """Boxes and their images: the size of an image's boxes varies with the image."""
    n_boxes = 1 + rng.geometric(0.3, size=n_images)
    images = np.repeat(np.arange(n_images), n_boxes)
    scale = rng.normal(4.3, 0.7, size=n_images)[images]
    return np.exp(scale[:, None] + rng.normal(0, 0.35, size=(len(images), 2))), images


def coverage(n_images, n_datasets, rng, truth, *, by_image=True):
    """Share of data sets whose interval holds the truth, and the mean width."""
    hits, width = 0, 0.0
    for _ in range(n_datasets):
        X, images = draw(n_images, rng)
        low, high = compare_anchors(
            X,
            SETS,
            image_ids=images if by_image else None,
            n_bootstrap=500,
            random_state=int(rng.integers(2**31)),
        ).gain_interval["fitted"]
        hits += low <= truth <= high
        width += high - low
    return hits / n_datasets, width / n_datasets


def true_gain(rng):
    X, _ = draw(400_000, rng)
    return compare_anchors(X, SETS, n_bootstrap=100).gain["fitted"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-datasets", type=int, default=1000)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    truth = true_gain(rng)
    print(f"true gain {truth:.4f}; {args.n_datasets} data sets each")
    for n_images in (10, 30, 100, 300):
        share, width = coverage(n_images, args.n_datasets, rng, truth)
        print(f"{n_images:4d} images: covered {share:.3f}, mean width {width:.4f}")
    share, width = coverage(100, args.n_datasets, rng, truth, by_image=False)
    print(f" 100 images, each box an image: covered {share:.3f}, width {width:.4f}")


if __name__ == "__main__":
    main()
