import io
import sys

import pytest

from skanchors import _progress
from skanchors._progress import Line, track
from skanchors.annotations import iter_sizes, read_annotations, read_dataset
from skanchors.certify import certify_anchors
from skanchors.datasets import load_sample_paths, make_boxes
from skanchors.model_selection import choose_n_clusters


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("verbose", [0, 1, 2])
@pytest.mark.parametrize("stream", [io.StringIO, Terminal, lambda: None])
def test_items_pass_through(monkeypatch, verbose, stream):
    if verbose and stream is Terminal:
        pytest.importorskip("rich")
    monkeypatch.setattr(sys, "stderr", stream())
    assert list(track(iter("abc"), verbose=verbose)) == ["a", "b", "c"]


def test_the_bar_is_on_the_terminal_only(monkeypatch):
    pytest.importorskip("rich")
    monkeypatch.setattr(sys, "stderr", Terminal())
    list(track(range(3), total=3, description="Reading", verbose=1))
    assert "Reading" in sys.stderr.getvalue()
    for stream, verbose in ((Terminal(), 0), (io.StringIO(), 1)):
        monkeypatch.setattr(sys, "stderr", stream)
        list(track(range(3), total=3, description="Reading", verbose=verbose))
        assert stream.getvalue() == ""


@pytest.fixture
def plain(monkeypatch):
    """Open a terminal, with no rich, and a line at each step."""

    def terminal():
        # In the test and not before it, when pytest sets its own stream.
        monkeypatch.setattr(_progress, "has_rich", lambda: False)
        monkeypatch.setattr(_progress, "_QUIET_SECONDS", -1)
        monkeypatch.setattr(sys, "stderr", Terminal())
        return sys.stderr

    return terminal


def test_a_line_without_rich(plain):
    screen = plain()
    assert list(track("abc", description="Reading", verbose=1)) == ["a", "b", "c"]
    lines = screen.getvalue().split("\r")
    assert "Reading: 0 of 3" in lines
    assert "Reading: 2 of 3" in lines
    # It is wiped at the end.
    assert lines[-2].strip() == lines[-1] == ""
    assert len(lines[-2]) >= len("Reading: 2 of 3")


def test_the_line_counts_what_has_no_length(plain):
    screen = plain()
    list(track(iter(range(1300)), description="Reading", verbose=1))
    assert "\rReading: 1,299" in screen.getvalue()


def test_the_line_is_wiped_after_an_error(plain):
    screen = plain()
    with pytest.raises(KeyboardInterrupt):
        for _ in track(range(3), verbose=1):
            raise KeyboardInterrupt
    # A generator that was left ends with its last reference.
    assert screen.getvalue().endswith("\r")


def test_no_line_where_nobody_looks(plain, monkeypatch):
    plain()
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    assert list(track("ab", verbose=1)) == ["a", "b"]
    with Line("Proving") as line:
        line.show("bound 0.5")
    assert log.getvalue() == ""


def test_short_work_shows_no_line(monkeypatch, plain):
    screen = plain()
    monkeypatch.setattr(_progress, "_QUIET_SECONDS", 100)
    list(track("ab", verbose=1))
    assert screen.getvalue() == ""


@pytest.mark.parametrize("verbose", [float("nan"), -1, "yes", 1.5, None])
def test_verbose_is_a_whole_number(verbose):
    with pytest.raises(ValueError, match="verbose must be a whole number"):
        list(track([1], verbose=verbose))
    X = make_boxes(20, random_state=0)
    for call in (
        lambda: read_annotations(load_sample_paths()[:2], verbose=verbose),
        lambda: read_dataset(load_sample_paths()[:2], verbose=verbose),
        lambda: list(iter_sizes(load_sample_paths()[:2], verbose=verbose)),
        lambda: certify_anchors(X, X[:2], verbose=verbose, max_time=0),
        lambda: choose_n_clusters(X, [2], verbose=verbose),
    ):
        with pytest.raises(ValueError, match="verbose must be a whole number"):
            call()
