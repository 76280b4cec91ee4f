"""Downloads that break off, go on, or lead nowhere."""

import subprocess
import sys
import time

import pytest
from voc_server import CONTENT, FILES, digest, fetch, names, serving, tar


@pytest.mark.parametrize("parts", [True, False])
def test_a_broken_download_goes_on(tmp_path, parts):
    with serving(content=CONTENT, parts=parts, break_after=50_000) as server:
        with pytest.raises(OSError, match=r"after \d+ bytes: .*early.*call again"):
            fetch(server, tmp_path, n_retries=1)
        assert server.asked[0] is None
        assert server.asked[1] == "bytes=50000-"
        server.break_after = None
        assert names(fetch(server, tmp_path)) == ["000001.xml", "000002.xml"]
        assert server.asked[2].startswith("bytes=")


def test_retries_are_enough_for_a_shaky_connection(tmp_path):
    with serving(content=CONTENT, break_after=50_000) as server:
        assert len(fetch(server, tmp_path, n_retries=3)) == 2
        assert len(server.asked) == 3


def test_a_complete_part_is_used(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "VOC2007_trainval.tar.part").write_bytes(CONTENT)
    with serving(content=CONTENT) as server:
        assert len(fetch(server, tmp_path)) == 2
        assert server.asked == [f"bytes={len(CONTENT)}-"]


@pytest.mark.parametrize(("status", "n_asked"), [(404, 1), (503, 3)])
def test_errors_of_the_server(tmp_path, status, n_asked):
    with serving(content=CONTENT, status=status) as server:
        with pytest.raises(OSError, match=rf"VOC\.tar failed.*{status}.*url= of a"):
            fetch(server, tmp_path, n_retries=2)
        assert len(server.asked) == n_asked


def test_no_server_at_all(tmp_path):
    with serving() as server:
        pass
    with pytest.raises(OSError, match="failed after 0 bytes"):
        fetch(server, tmp_path, n_retries=0)


@pytest.mark.parametrize("length", ["abc", "-1", "", "1e3", "\u0661"])
def test_a_length_that_is_none(tmp_path, length):
    length = length.encode("latin-1", errors="ignore").decode("latin-1")
    with serving(content=CONTENT, length=length) as server:
        assert len(fetch(server, tmp_path)) == 2


def test_a_part_that_was_not_asked_for(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "VOC2007_trainval.tar.part").write_bytes(CONTENT[:100])
    with serving(content=CONTENT, content_range="bytes 0-9/10") as server:
        assert len(fetch(server, tmp_path)) == 2
        assert server.asked == ["bytes=100-", None]


@pytest.mark.parametrize(("left", "n_asked"), [(CONTENT, 0), (CONTENT[:999], 1)])
def test_an_archive_that_was_left_behind_is_used_or_removed(tmp_path, left, n_asked):
    home = tmp_path / "home"
    home.mkdir()
    (home / "VOC2007_trainval.tar").write_bytes(left)
    with serving(content=CONTENT) as server:
        assert len(fetch(server, tmp_path)) == 2
        assert len(server.asked) == n_asked
    assert not (home / "VOC2007_trainval.tar").exists()


def test_a_server_that_never_stops(tmp_path, monkeypatch):
    from skanchors.datasets import _download

    monkeypatch.setattr(_download, "_MAX_BYTES", 1000)
    with serving(content=CONTENT) as server, pytest.raises(OSError, match="GiB came"):
        fetch(server, tmp_path, n_retries=0)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1:1/VOC.tar", "file:///etc/passwd", "data:,x"]
)
def test_another_protocol_is_not_followed(tmp_path, url):
    with serving(content=CONTENT, redirect=url) as server:
        with pytest.raises(OSError, match=r"failed.*(another protocol|not allowed)"):
            fetch(server, tmp_path)
        assert len(server.asked) == 1
        server.redirect = "/elsewhere.tar"
        assert len(fetch(server, tmp_path)) == 2


def test_what_was_killed_midway_goes_on(tmp_path):
    content = tar(FILES | {"VOCdevkit/VOC2007/JPEGImages/2.jpg": bytes(3 << 20)})
    home = tmp_path / "home"
    part = home / "VOC2007_trainval.tar.part"
    code = (
        "import sys; from skanchors.datasets import fetch_voc\n"
        "fetch_voc(data_home=sys.argv[1], url=sys.argv[2], checksum=sys.argv[3])"
    )
    with serving(content=content, stall_after=(2 << 20) + 1000) as server:
        command = [sys.executable, "-c", code, str(home), server.url, digest(content)]
        process = subprocess.Popen(command)
        end = time.monotonic() + 60
        while not (part.is_file() and part.stat().st_size) and time.monotonic() < end:
            time.sleep(0.02)
        process.kill()
        process.wait()
        server.go_on.set()
        got = part.stat().st_size
        assert got >= 1 << 20
        (home / f"VOC2007_trainval.{'0a' * 16}").mkdir()  # killed amid the extraction
        assert len(fetch(server, tmp_path)) == 2
        assert server.asked == [None, f"bytes={got}-"]
    left = {path.name for path in home.iterdir()}
    assert left == {"VOC2007_trainval", "VOC2007_trainval.lock"}
