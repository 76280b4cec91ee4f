import io
import sys

import pytest

from skanchors._progress import track


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


def test_rich_is_needed_only_for_a_bar(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert list(track("ab", verbose=1)) == ["a", "b"]
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert list(track("ab", verbose=0)) == ["a", "b"]
    with pytest.raises(ImportError, match=r"skanchors\[progress\]"):
        list(track("ab", verbose=1))
