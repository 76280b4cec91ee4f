import gzip
import hashlib
import io
import os
import random
import subprocess
import sys
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from skanchors.datasets import fetch_voc
from skanchors.datasets._fetch import _ARCHIVES

XML = b"<annotation/>"
NOISE = random.Random(0).randbytes(50_000)
FILES = {
    "VOCdevkit/VOC2007/Annotations/000001.xml": XML,
    "VOCdevkit/VOC2007/Annotations/000002.xml": XML,
    "VOCdevkit/VOC2007/Annotations/000003.xml": XML,
    "VOCdevkit/VOC2007/ImageSets/Main/trainval.txt": b"000001\n000002\n",
    "VOCdevkit/VOC2007/ImageSets/Main/train.txt": b"000002\n",
    "VOCdevkit/VOC2007/ImageSets/Main/test.txt": b"000003\n",
    "VOCdevkit/VOC2007/ImageSets/Layout/train.txt": b"000001\n",
    "VOCdevkit/VOC2007/JPEGImages/000001.jpg": bytes(range(256)) * 400,
}


def tar(files, members=()):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for member in members:
            archive.addfile(member)
    return stream.getvalue()


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves one content; may break off, and may do parts."""

    content = b""
    status = 200
    break_after = None
    parts = True
    length = None
    content_range = None
    redirect = None
    stall_after = None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.go_on = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/VOC.tar"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted and server.parts else 0
        status = server.status
        if status == 200 and start:
            status = 206 if start < len(server.content) else 416
        body = server.content[start:] if status in (200, 206) else b""
        if server.redirect and self.path == "/VOC.tar":
            self.send_response(302)
            self.send_header("Location", server.redirect)
            self.end_headers()
            return
        self.send_response(status)
        length = str(len(body)) if server.length is None else server.length
        self.send_header("Content-Length", length)
        if status == 206 and server.content_range:
            self.send_header("Content-Range", server.content_range)
        self.end_headers()
        body = body[: server.break_after]
        if server.stall_after is not None:
            self.wfile.write(body[: server.stall_after])
            server.go_on.wait(60)
            body = body[server.stall_after :]
        with suppress(ConnectionError):  # whoever asked may have been killed
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serving(**settings):
    with Server() as server:
        for name, value in settings.items():
            setattr(server, name, value)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


CONTENT = tar(FILES)


def fetch(server, tmp_path, image_set="trainval", **parameters):
    parameters = {"checksum": digest(server.content), "delay": 0} | parameters
    return fetch_voc(
        2007, image_set, data_home=tmp_path / "home", url=server.url, **parameters
    )


def names(paths):
    return [path[-10:] for path in paths]


def test_only_annotations_and_image_sets_are_kept(tmp_path):
    with serving(content=CONTENT) as server:
        assert names(fetch(server, tmp_path)) == ["000001.xml", "000002.xml"]
    home = tmp_path / "home"
    kept = {str(p.relative_to(home)) for p in home.rglob("*") if p.is_file()}
    kept.remove("VOC2007_trainval.lock")
    main = "VOC2007_trainval/ImageSets/Main"
    assert kept == {
        *(f"VOC2007_trainval/Annotations/00000{i}.xml" for i in (1, 2, 3)),
        *(f"{main}/{name}.txt" for name in ("train", "trainval", "test")),
    }


def test_the_second_time_nothing_is_downloaded(tmp_path):
    with serving(content=CONTENT) as server:
        first = fetch(server, tmp_path)
        assert fetch(server, tmp_path) == first
        assert names(fetch(server, tmp_path, "train")) == ["000002.xml"]
        assert len(server.asked) == 1
        assert names(fetch(server, tmp_path, "test")) == ["000003.xml"]
        assert len(server.asked) == 2  # another archive
    assert fetch(server, tmp_path, download_if_missing=False) == first


def test_without_download(tmp_path):
    with pytest.raises(
        OSError, match=r"not in .*VOC2007_trainval.*download_if_missing"
    ):
        fetch_voc(data_home=tmp_path, download_if_missing=False)


def test_default_data_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    with serving(content=CONTENT) as server:
        paths = fetch_voc(url=server.url, checksum=digest(CONTENT))
    assert paths[0].startswith(str(tmp_path / "skanchors" / "VOC2007_trainval"))


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


def test_a_wrong_digest_is_refused_and_the_archive_removed(tmp_path):
    with serving(content=CONTENT) as server:
        with pytest.raises(OSError, match=r"wrong digest [0-9a-f]+, expected md5:c52e"):
            fetch(server, tmp_path, checksum=None)
        left = [path.name for path in (tmp_path / "home").iterdir()]
        assert left == ["VOC2007_trainval.lock"]


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_archives_cannot_write_elsewhere(tmp_path):
    evil = {
        "../VOC2007/Annotations/up.xml": XML,
        "/tmp/VOC2007/Annotations/absolute.xml": XML,
        "VOC2007/Annotations/../../../../outside.xml": XML,
        "VOC2007/Annotations/sub/deep.xml": XML,
        "VOC2007/Annotations/..": XML,
        "VOC2007/Annotations/a\\b.xml": XML,
        "../../evil.xml": XML,
    }
    links = [
        link("VOC2007/Annotations/link.xml", "/etc/passwd"),
        link("VOC2007/Annotations/hard.xml", "/etc/passwd", tarfile.LNKTYPE),
        link("VOC2007/Annotations/fifo.xml", "", tarfile.FIFOTYPE),
        link("VOC2007/ImageSets", "/tmp"),
    ]
    before = set(tmp_path.rglob("*"))
    with serving(content=tar(FILES | evil, links)) as server:
        fetch(server, tmp_path)
    annotations = tmp_path / "home" / "VOC2007_trainval" / "Annotations"
    found = {path.name for path in annotations.iterdir()}
    # What has a good name is taken, wherever its path says that it is.
    assert found == {f"00000{i}.xml" for i in (1, 2, 3)} | {"up.xml", "absolute.xml"}
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    new = {p for p in tmp_path.rglob("*") if p.is_file()} - before
    new.remove(tmp_path / "home" / "VOC2007_trainval.lock")
    assert all((tmp_path / "home" / "VOC2007_trainval") in path.parents for path in new)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"not an archive" * 100, "is not a tar archive"),
        (tar({"a.txt": b"1"}), "has no annotations of PASCAL VOC"),
        (CONTENT[:3000], "is not a tar archive|failed"),
        (
            gzip.compress(tar(FILES | {"noise": NOISE}))[:-2000],
            "is broken, it ends too early",
        ),
        (gzip.compress(CONTENT)[:500], "is broken|is not a tar archive"),
        (
            tar(FILES | {"VOC2007/ImageSets/Main/trainval.txt": b"000001\n777\n"}),
            "names 777, but",
        ),
    ],
)
def test_archives_of_no_use(tmp_path, content, match):
    with serving(content=content) as server, pytest.raises(OSError, match=match):
        fetch(server, tmp_path)
    left = [path.name for path in (tmp_path / "home").iterdir()]
    assert left == ["VOC2007_trainval.lock"]


def test_huge_files_in_the_archive_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("skanchors.datasets._fetch._MAX_FILE", 5)
    too_large = pytest.raises(OSError, match=r"000001\.xml is too large")
    with serving(content=CONTENT) as server, too_large:
        fetch(server, tmp_path)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"year": 1999}, "no VOC 1999 trainval"),
        ({"year": 2012, "image_set": "test"}, "no VOC 2012 test"),
        ({"url": "file:///etc/passwd"}, "url must start with http"),
        ({"checksum": "c52e279531787c972589f7e41ab4ae64"}, "checksum must be"),
        ({"checksum": "crc:12"}, "checksum must be"),
    ],
)
def test_bad_parameters(tmp_path, parameters, match):
    with pytest.raises(ValueError, match=match):
        fetch_voc(data_home=tmp_path, **parameters)


def test_the_known_archives_have_sane_entries():
    for archive in _ARCHIVES.values():
        assert archive.url.startswith("http://host.robots.ox.ac.uk/pascal/VOC/")
        assert len(archive.checksum) == len("md5:") + 32


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
def test_others_may_read_what_the_umask_lets_them(tmp_path, umask):
    before = os.umask(umask)
    try:
        with serving(content=CONTENT) as server:
            paths = fetch(server, tmp_path)
    finally:
        os.umask(before)
    folder = tmp_path / "home" / "VOC2007_trainval"
    for path in (folder, folder / "Annotations"):
        assert path.stat().st_mode & 0o777 == 0o777 & ~umask
    assert os.stat(paths[0]).st_mode & 0o777 == 0o666 & ~umask


def test_many_at_once_all_succeed_with_one_download(tmp_path):
    with serving(content=CONTENT) as server, ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(fetch, server, tmp_path) for _ in range(8)]
        assert {tuple(names(future.result())) for future in futures} == {
            ("000001.xml", "000002.xml")
        }
        assert len(server.asked) == 1


def test_two_processes_at_once_both_succeed(tmp_path):
    code = (
        "import sys; from skanchors.datasets import fetch_voc\n"
        "print(len(fetch_voc(data_home=sys.argv[1], url=sys.argv[2], "
        "checksum=sys.argv[3], delay=0)))"
    )
    with serving(content=CONTENT) as server:
        command = [sys.executable, "-c", code, str(tmp_path / "home"), server.url]
        command.append(digest(CONTENT))
        both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        assert [process.communicate(timeout=60)[0].strip() for process in both] == [
            b"2",
            b"2",
        ]


def test_without_locks_a_folder_that_is_finished_is_success(tmp_path, monkeypatch):
    from skanchors.datasets import _lock

    monkeypatch.setattr(_lock, "_acquire", lambda descriptor: False)
    with serving(content=CONTENT) as server, ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(fetch, server, tmp_path) for _ in range(4)]
        done = [future.exception() or len(future.result()) for future in futures]
    assert done == [2, 2, 2, 2]
    left = {path.name for path in (tmp_path / "home").iterdir()}
    assert left == {"VOC2007_trainval", "VOC2007_trainval.lock"}
    assert names(fetch(server, tmp_path)) == ["000001.xml", "000002.xml"]


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


def test_an_image_set_that_is_not_there(tmp_path):
    with serving(content=CONTENT) as server:
        for _ in range(2):
            with pytest.raises(ValueError, match=r"image set 'dog_train' .*trainval"):
                fetch(server, tmp_path, "dog_train")
        assert len(server.asked) == 1


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
