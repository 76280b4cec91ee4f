import os
import threading
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from skanchors.annotations import AnnotationWarning, _batches, read_annotations
from skanchors.annotations._files import (
    InvalidFileError,
    check_paths,
    read_bytes,
    split_path,
    stem,
)
from skanchors.datasets import load_sample_paths


@pytest.mark.parametrize(
    "paths",
    [
        ["a.xml", "b.xml"],
        ("a.xml", "b.xml"),
        [Path("a.xml"), "b.xml"],
        np.array(["a.xml", "b.xml"]),
        np.array(["a.xml", Path("b.xml")], dtype=object),
    ],
    ids=["list", "tuple", "Path", "array of str", "array of object"],
)
def test_sequences_of_paths(paths):
    checked = check_paths(paths)
    assert checked == ["a.xml", "b.xml"]
    assert {type(path) for path in checked} == {str}


def test_series_of_paths():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(["a.xml", "b.xml"], index=[7, 3])
    assert check_paths(series) == ["a.xml", "b.xml"]
    with pytest.raises(TypeError, match=r"Element 1 of X is nan"):
        check_paths(pandas.Series(["a.xml", float("nan")]))
    with pytest.raises(ValueError, match=r"one dimension, .* \(2, 1\)"):
        check_paths(series.to_frame())


@pytest.mark.parametrize(
    ("paths", "error", "match"),
    [
        ("a.xml", TypeError, r"one path, 'a\.xml'.*\[path\]"),
        (b"a.xml", TypeError, "one path"),
        (Path("a.xml"), TypeError, r"one path, 'a\.xml'"),
        ((p for p in ["a.xml"]), TypeError, r"iterator \(generator\).*list\(\.\.\.\)"),
        (iter(["a.xml"]), TypeError, "iterator"),
        ([], ValueError, "no paths"),
        (np.array([["a.xml"]]), ValueError, "one dimension"),
        ({"a.xml": 1}, TypeError, "is a dict"),
        ({"a.xml"}, TypeError, "is a set"),
        (None, TypeError, "is a NoneType"),
        (7, TypeError, "is a int"),
        (["a.xml", 7], TypeError, "Element 1 of X is 7 of type int"),
        ([b"a.xml"], TypeError, "Element 0 of X is b'a.xml'"),
        ([["a.xml"]], TypeError, "Element 0"),
    ],
)
def test_what_is_not_a_sequence_of_paths(paths, error, match):
    with pytest.raises(error, match=match):
        check_paths(paths)


def test_content_and_limit(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(b"x" * (1 << 20))
    assert read_bytes(str(path), 1 << 20) == b"x" * (1 << 20)
    with path.open("ab") as file:
        file.write(b"y")
    with pytest.raises(InvalidFileError, match="larger than the limit of 1 MiB"):
        read_bytes(str(path), 1 << 20)
    path.write_bytes(b"")
    assert read_bytes(str(path), 10) == b""


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.xml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InvalidFileError, match="larger"):
        read_bytes(str(path), 1 << 20)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no annotation file .*nowhere\.xml"):
        read_bytes(str(tmp_path / "nowhere.xml"), 10)
    with pytest.raises(IsADirectoryError, match=r"is a folder.*list_annotations"):
        read_bytes(str(tmp_path), 10)
    with pytest.raises(ValueError, match="not a path"):
        read_bytes("a\0b", 10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
@pytest.mark.parametrize("writer", [False, True])
def test_pipes_and_devices_are_refused_at_once(tmp_path, writer):
    fifo = str(tmp_path / "fifo.xml")
    os.mkfifo(fifo)
    descriptor = os.open(fifo, os.O_RDWR) if writer else None
    failures = []

    def read(path):
        try:
            read_bytes(path, 10)
        except OSError as error:
            failures.append(str(error))

    for path in (fifo, "/dev/null", "/dev/zero"):
        # A thread of its own: if this hangs, the test fails instead of waiting.
        thread = threading.Thread(target=read, args=(path,), daemon=True)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    if writer:
        os.close(descriptor)
    assert len(failures) == 3
    assert all("is a device or a pipe" in text for text in failures)


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="there is no /proc")
def test_files_that_do_not_know_their_size_are_bounded_too():
    assert len(read_bytes("/proc/self/maps", 1 << 20)) > 100
    with pytest.raises(InvalidFileError, match="larger"):
        read_bytes("/proc/self/maps", 100)


def test_descriptors_are_closed(tmp_path):
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("open files are not listed here")
    path = tmp_path / "a.xml"
    path.write_bytes(b"12345")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        read_bytes(str(path), 10)
        with pytest.raises(InvalidFileError):
            read_bytes(str(path), 2)
        with pytest.raises(OSError, match="folder"):
            read_bytes(str(tmp_path), 2)
    assert len(os.listdir("/proc/self/fd")) == before


def test_stem():
    assert stem("a/b.c/d.e.xml") == "d.e"
    assert stem("d") == "d"


def test_what_the_file_system_refuses_is_a_reason_and_the_rest_is_read(tmp_path):
    loop = tmp_path / "loop.xml"
    loop.symlink_to(loop)
    with pytest.warns(AnnotationWarning, match=r"cannot be opened: 1 \(.*loop\.xml\)"):
        table = read_annotations([loop, *load_sample_paths()])
    assert len(table) == 368
    with pytest.raises(ValueError, match=r"loop\.xml: cannot be opened: Too many"):
        read_annotations([loop], on_invalid="raise")


def test_the_limit_may_depend_on_the_beginning(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(b"large" + bytes(3 << 20))
    seen = []

    def limit(head):
        seen.append(head)
        return {b"large": 4 << 20, b"small": 1 << 20, b"begin": None}[head[:5]]

    assert len(read_bytes(str(path), limit)) == (3 << 20) + 5
    path.write_bytes(b"small" + bytes(3 << 20))
    with pytest.raises(InvalidFileError, match="larger than the limit of 1 MiB"):
        read_bytes(str(path), limit)
    path.write_bytes(b"begin" + bytes(3 << 20))
    assert len(read_bytes(str(path), limit)) == 4096
    assert {len(head) for head in seen} == {4096}


def test_parts_of_paths_are_those_of_the_standard_library():
    texts = (
        "".join(letters) for n in range(6) for letters in product("a./b", repeat=n)
    )
    for path in texts:
        folder, name = os.path.split(path)
        assert split_path(path)[1] == name
        assert "//" in path or split_path(path)[0] == folder
        assert stem(path) == os.path.splitext(name)[0]
        assert _batches._ending(path) == os.path.splitext(path)[1].lower()
