import sys

import numpy as np
import pytest

from skanchors.certify import CertificateDisplay


def test_picture_holds_the_data():
    plt = pytest.importorskip("matplotlib.pyplot")
    display = CertificateDisplay([0, 1, 2], [0.5, 0.6, 0.6], [1.0, 0.7, 0.61])
    assert display.plot() is display
    np.testing.assert_array_equal(display.upper_.get_ydata(), [1.0, 0.7, 0.61])
    np.testing.assert_array_equal(display.lower_.get_ydata(), [0.5, 0.6, 0.6])
    assert display.ax_.get_xlabel() == "seconds"
    _, ax = plt.subplots()
    assert display.plot(ax).ax_ is ax
    plt.close("all")


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'skanchors\[plot\]'"):
        CertificateDisplay([0], [0], [1]).plot()
