"""`fetch_voc`: what it keeps, refuses and shares."""

import gzip
import os
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from voc_server import CONTENT, FILES, NOISE, XML, digest, fetch, names, serving, tar

from skanchors.datasets import fetch_voc
from skanchors.datasets._fetch import _ARCHIVES


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
    # Not by their bytes: gzip writes down the second at which it compressed.
    ids=["text", "no annotations", "cut", "cut in gzip", "cut early", "no such image"],
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
        ({"n_retries": -1}, "n_retries must be"),
        ({"n_retries": float("nan")}, "n_retries must be"),
        ({"delay": float("nan")}, "delay must be"),
        ({"delay": -1}, "delay must be"),
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


def test_an_image_set_that_is_not_there(tmp_path):
    with serving(content=CONTENT) as server:
        for _ in range(2):
            with pytest.raises(ValueError, match=r"image set 'dog_train' .*trainval"):
                fetch(server, tmp_path, "dog_train")
        assert len(server.asked) == 1
