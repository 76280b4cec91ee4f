"""Paths of annotation files, checked and read with care."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from skanchors._regular import FLAGS

# Bytes that tell the format of a file; files up to the other size are read at once.
HEAD_BYTES = 4096
_SMALL = 64 << 10


class InvalidFileError(ValueError):
    """A file whose content cannot be used at all."""


def check_paths(
    paths: Any, *, name: str = "X", example: str = "list_annotations(folder)"
) -> list[str]:
    """Validate a sequence of paths.

    Parameters
    ----------
    paths : list, tuple, array or Series of str or path-like
        The paths.
    name : str, default="X"
        What the error messages call them.
    example : str
        What the error messages advise to pass.

    Returns
    -------
    list of str
        The paths.

    Raises
    ------
    TypeError
        If `paths` is one path, an iterator, or has an element that is not a path.
    ValueError
        If `paths` is empty or has two dimensions.
    """
    advice = f"Pass a list of paths, such as {example}."
    if isinstance(paths, str | bytes | os.PathLike):
        raise TypeError(
            f"{name} is one path, {os.fspath(paths)!r}. {advice} For one file: [path]."
        )
    if isinstance(paths, Iterator):
        raise TypeError(
            f"{name} is an iterator ({type(paths).__name__}), which fit would use up "
            f"before transform. Pass list(...) of it."
        )
    if getattr(paths, "ndim", 1) != 1:
        raise ValueError(
            f"{name} must have one dimension, got an array of shape {paths.shape}. "
            f"{advice}"
        )
    if isinstance(paths, dict | set | frozenset) or not hasattr(paths, "__len__"):
        raise TypeError(f"{name} is a {type(paths).__name__}. {advice}")
    if not len(paths):
        raise ValueError(f"{name} has no paths. {advice}")
    return [to_str(path, i, name) for i, path in enumerate(paths)]


# Descriptions of data sets.
_DESCRIPTIONS = (".yaml", ".yml", ".data")


def is_data_set(paths: Any) -> bool:
    """Whether this is no list of files, but a folder or a file that describes one."""
    if not isinstance(paths, str | os.PathLike):
        return False
    path = os.fspath(paths)
    is_described = isinstance(path, str) and path.lower().endswith(_DESCRIPTIONS)
    return os.path.isdir(path) or (is_described and os.path.isfile(path))


def to_str(path: Any, i: int, name: str = "X") -> str:
    """Element `i` of a sequence of paths as str."""
    if type(path) is str:
        return path
    if isinstance(path, str | os.PathLike):
        path = os.fspath(path)
        if isinstance(path, str):
            return str(path)
    raise TypeError(
        f"Element {i} of {name} is {path!r} of type {type(path).__name__}; each "
        "element must be a path, str or path-like."
    )


def split_path(path: str) -> tuple[str, str]:
    """The folder and the name, as `os.path.split`, in a third of the time."""
    if os.altsep is not None:  # Windows has drives too
        return os.path.split(path)
    folder, sep, name = path.rpartition(os.sep)
    return folder or sep, name


def stem(path: str) -> str:
    """Name of a file without folder and ending."""
    name = split_path(path)[1]
    start = name.rpartition(".")[0]  # several times faster than splitext
    return start if start.strip(".") else name


def without_ending(name: str) -> str:
    """Name of an image, with its folders, without the ending."""
    return os.path.splitext(name.replace("\\", "/"))[0]


def read_bytes(path: str, limit: int | Callable[[bytes], int | None]) -> bytes:
    """Read a regular file of at most `limit` bytes.

    Parameters
    ----------
    path : str
        Path of the file.
    limit : int or callable
        The largest size, in bytes; or a function that tells it from the beginning of
        the file, None if the beginning is enough.

    Returns
    -------
    bytes
        The content.

    Raises
    ------
    OSError
        If there is no such file, or it is a folder, a device or a pipe.
    InvalidFileError
        If the file is too large, or the file system does not give it.
    """
    try:
        descriptor = os.open(path, FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"There is no annotation file {path!r}.") from None
    except ValueError as error:  # a null character
        raise ValueError(f"{path!r} is not a path: {error}.") from None
    except OSError as error:
        # Windows refuses to open a folder, elsewhere that works.
        if os.path.isdir(path):
            raise folder_error(path) from None
        raise InvalidFileError(f"cannot be opened: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise folder_error(path)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(
                f"{path!r} is a device or a pipe, not a file. Pass the paths of "
                "annotation files."
            )
        return _read_all(descriptor, status.st_size, limit)
    finally:
        os.close(descriptor)


def _read_all(
    descriptor: int, size: int, limit: int | Callable[[bytes], int | None]
) -> bytes:
    parts: list[bytes] = []
    total = 0
    try:
        if not callable(limit):
            largest = limit
        else:
            # One more than the size: an empty read then ends most files at once.
            part = os.read(descriptor, size + 1 if size < _SMALL else HEAD_BYTES)
            found = limit(part)
            if found is None:
                return part
            parts, total, largest = [part], len(part), found
        if max(size, total) > largest:
            raise _too_large(largest)
        # Less than was asked for, and as much as there should be: that was all of it.
        while total != size or not total:
            part = os.read(descriptor, size + 1)
            if not part:
                break
            parts.append(part)
            total += len(part)
            if total > largest:  # it grew, or is one of the files of /proc
                raise _too_large(largest)
    except OSError as error:
        raise InvalidFileError(f"cannot be read: {error.strerror}") from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def folder_error(path: str) -> IsADirectoryError:
    """What to say of a folder where a file belongs."""
    return IsADirectoryError(
        f"{path!r} is a folder. Pass the paths of the annotation files in it, such as "
        "skanchors.datasets.list_annotations(folder)."
    )


def _too_large(limit: int) -> InvalidFileError:
    return InvalidFileError(f"file is larger than the limit of {limit >> 20} MiB")


def read_head(path: str) -> bytes | None:
    """The first bytes of a regular file; None of what cannot be read."""
    try:
        return read_bytes(path, lambda head: None)[:HEAD_BYTES]
    except (OSError, ValueError):
        return None


def not_content(data: bytes) -> str | None:
    """What a file is that holds its content in another shape, and what to do."""
    if data.startswith(_LFS):
        return "a pointer of Git LFS in place of the file; run 'git lfs pull'"
    if data.startswith(_ARCHIVES):
        return "an archive; unpack it first"
    return None


_LFS = b"version https://git-lfs"
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_ARCHIVE_SUFFIXES = (
    *(".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"),
    *(".zst", ".lz4"),
)


def is_archive(name: str) -> bool:
    """Whether a name ends as those of archives do."""
    return name.lower().endswith(_ARCHIVE_SUFFIXES)


def as_labels(classes: Iterable[str] | None) -> frozenset[str] | None:
    """Class names to keep as a set of text, or None for all."""
    if classes is None:
        return None
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise TypeError(f"classes must be a list of names, such as [{classes!r}].")
    return frozenset(map(str, classes))
