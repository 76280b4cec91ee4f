"""Made-up boxes for the benchmarks: as many as wanted, spread like those of COCO."""

import numpy as np

# Share, median of both sides and spread (standard deviation of the logarithm) of the
# size and of the elongation: small, middling and large objects.
SHARES = (0.4, 0.35, 0.25)
MEDIANS = (0.04, 0.11, 0.35)
SPREAD_SIZE, SPREAD_SHAPE = 0.5, 0.35


def coco_like(n_boxes, seed=0):
    """Fractions of an image; hardly any box repeats."""
    rng = np.random.default_rng(seed)
    component = rng.choice(3, size=n_boxes, p=SHARES)
    log_size = np.log(MEDIANS)[component] + rng.normal(0, SPREAD_SIZE, n_boxes)
    log_shape = rng.normal(0, SPREAD_SHAPE, n_boxes)
    boxes = np.exp(np.column_stack([log_size + log_shape, log_size - log_shape]))
    return np.minimum(boxes, 1.0)
