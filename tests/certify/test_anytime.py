"""The proof at any time: early, closing in, stopped by a clock or by a callback."""

import time

import numpy as np
import pytest

from skanchors.certify import Certificate, _pricing, _proof, certify_anchors
from skanchors.certify._demand import Demand
from skanchors.certify._multipliers import fit_multipliers, initial_multipliers
from skanchors.certify._pricing import find_best
from skanchors.datasets import make_boxes

BOXES = make_boxes(4000, random_state=0)


class Watch:
    """A clock that runs by one second each time somebody looks at it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


def test_coarse_bounds_come_first_and_each_is_valid(monkeypatch):
    monkeypatch.setattr(_proof, "_FEW_BOXES", 300)
    reports = []
    certificate = certify_anchors(
        BOXES,
        BOXES[:5],
        tol=0.003,
        random_state=0,
        callback=lambda elapsed, lower, upper: reports.append((elapsed, lower, upper)),
    )
    np.testing.assert_array_equal(reports, certificate.history)
    elapsed, lower, upper = certificate.history.T
    assert certificate.converged
    # Valid at any time: none is below the best anchors found later.
    assert (upper >= certificate.lower).all()
    assert (np.diff(elapsed) >= 0).all()
    assert (np.diff(upper - lower) <= 0).all()
    # Closes in by and by: wide, then closer, then close.
    gap = upper - lower
    assert ((gap > 0.02) & (gap < 0.2)).any()
    assert ((gap > 0.004) & (gap < 0.02)).any()


def test_a_callback_ends_the_work():
    seen = []

    def enough(elapsed, lower, upper):
        seen.append(upper - lower)
        return upper - lower < 0.1

    certificate = certify_anchors(
        BOXES, BOXES[:5], tol=1e-4, random_state=0, callback=enough
    )
    assert not certificate.converged
    assert certificate.gap == seen[-1] < 0.1
    assert all(gap >= 0.1 for gap in seen[:-1])


def test_a_callback_that_raises_passes_through():
    def interrupted(elapsed, lower, upper):
        if upper < 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        certify_anchors(BOXES, BOXES[:5], callback=interrupted)
    with pytest.raises(TypeError, match="callback must be callable or None, got 3"):
        certify_anchors(BOXES, BOXES[:5], callback=3)


def test_the_pricing_looks_at_the_clock_between_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    demand = Demand(np.exp(rng.normal(size=(300, 2))), np.full(300, 1 / 300))
    multipliers = rng.random(300)
    watch = Watch()
    monkeypatch.setattr(_pricing.time, "monotonic", watch)
    monkeypatch.setattr(_pricing, "_PAIRS_PER_BLOCK", 1000)
    ceilings = []
    for deadline in (5, 110, 100_000):
        watch.now = 0.0
        prices = find_best(
            demand,
            multipliers,
            demand.lower[None],
            demand.upper[None],
            known=np.zeros(1),
            precision=1e-7,
            deadline=deadline,
        )
        ceilings.append(prices.ceiling[0])
        # Once late, nothing is done but look.
        assert deadline > 1000 or watch.now < deadline + 200
    # The longer, the closer, and always valid.
    assert ceilings[0] > ceilings[1] > ceilings[2]


def test_fitting_multipliers_looks_at_the_clock(monkeypatch):
    rng = np.random.default_rng(1)
    demand = Demand(np.exp(rng.normal(size=(200, 2))), np.full(200, 1 / 200))
    anchors = np.exp(rng.normal(size=(30, 2)))
    start = initial_multipliers(demand, anchors[:3])
    region, counts = np.zeros(30, dtype=int), np.array([3])

    def distance(deadline):
        fit = fit_multipliers(
            demand, start, anchors, region, counts, (1e-3, 1e-4), 30, deadline
        )
        return np.abs(fit.values - start).max()

    assert 0 < distance(-np.inf) < distance(np.inf)


def test_a_short_time_is_kept_with_many_boxes():
    boxes = make_boxes(200_000, random_state=0)
    start = time.process_time()
    certificate = certify_anchors(boxes, boxes[:9], tol=0, max_time=0.5)
    # Generous: of the work, not of the clock, for the machine may be busy.
    assert time.process_time() - start < 5
    assert certificate.lower < certificate.upper <= 1


def a_certificate(**changes):
    fields = {
        "lower": 0.5,
        "upper": 0.51,
        "anchors": np.ones((3, 2)),
        "given_score": 0.4,
        "converged": True,
        "elapsed": 60.0,
        "n_nodes": 1,
        "n_cells": 1,
        "history": np.array([[0, 0.4, 1.0], [60, 0.5, 0.51]]),
        "boxes": np.ones((1, 2)),
        "weight": np.ones(1),
        "multipliers": np.zeros(1),
    }
    return Certificate(**fields | changes)


@pytest.mark.parametrize(
    ("cpu_time", "told"), [(58.0, False), (110.0, False), (22.0, True)]
)
def test_a_busy_machine_is_told(cpu_time, told):
    text = str(a_certificate(cpu_time=cpu_time))
    assert ("of which only 22 s of work on a busy machine" in text) == told
    # Short times differ by chance.
    assert "busy" not in str(a_certificate(cpu_time=0.1, elapsed=1.0))
    # Certificates made without it know nothing of it.
    assert "busy" not in str(a_certificate())


def test_work_is_counted():
    certificate = certify_anchors(BOXES[:300], BOXES[:3], random_state=0)
    assert certificate.cpu_time > 0


def test_table_for_notebooks():
    html = a_certificate(cpu_time=60.0, restriction="<b>")._repr_html_()
    assert html.count("<table") == html.count("</table>") == 1
    assert html.count("<tr>") == html.count("</tr>") == 9
    for text in ("0.4000", "0.5000", "0.5100", "0.0100", "60 s", "&lt;b&gt;"):
        assert text in html
    assert "<b>" not in html
