import sys

import numpy as np
import pytest

from skanchors.certify import CertificateDisplay, certify_anchors


def test_picture_holds_the_data():
    plt = pytest.importorskip("matplotlib.pyplot")
    display = CertificateDisplay([0, 1, 2], [0.5, 0.6, 0.6], [1.0, 0.7, 0.61])
    assert display.plot() is display
    np.testing.assert_array_equal(display.upper_.get_ydata(), [1.0, 0.7, 0.61])
    np.testing.assert_array_equal(display.lower_.get_ydata(), [0.5, 0.6, 0.6])
    assert display.ax_.get_xlabel() == "seconds"
    _, ax = plt.subplots()
    assert display.plot(ax).ax_ is ax


def test_picture_of_a_certificate_goes_on_to_the_end():
    pytest.importorskip("matplotlib")
    boxes = np.exp(np.random.default_rng(0).normal(size=(50, 2)))
    certificate = certify_anchors(boxes, boxes[:3], random_state=0)
    display = CertificateDisplay.from_certificate(certificate)
    times, upper = display.upper_.get_data()
    np.testing.assert_array_equal(times[:-1], certificate.history[:, 0])
    assert times[-1] == certificate.elapsed
    assert upper[-1] == certificate.upper
    # The legend's bound is rounded up.
    said = display.legend_.get_texts()[0].get_text()
    assert float(said.split(": ")[1]) >= certificate.upper


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'skanchors\[plot\]'"):
        CertificateDisplay([0], [0], [1]).plot()
