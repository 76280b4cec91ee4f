"""Small text files, read with care: no device, no FIFO, nothing without an end."""

import os
import stat
from typing import BinaryIO

from skanchors._plain_text import encoding_of

# A configuration has some kilobytes; whatever is larger is something else.
LARGEST_TEXT = 4 * 2**20

# A FIFO must not make the reader wait for a writer, nor a device become the terminal
# that controls the process. Windows has neither flag, but has a text mode.
FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def open_regular(path: str | os.PathLike) -> BinaryIO:
    """Open a regular file for reading.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no regular file.
    """
    name = os.fspath(path)
    # The caller closes it.
    file = open(name, "rb", opener=lambda name, _: os.open(name, FLAGS))  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError("is a device, FIFO or folder, not a regular file.")
    return file


def read_regular(path: str | os.PathLike, *, limit: int = LARGEST_TEXT) -> str:
    """The text of a regular file of at most `limit` bytes, in UTF-8 or UTF-16.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no regular file, larger than the limit, or no text.
    """
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"is larger than {limit / 2**20:g} MB.")
    try:
        return content.decode(encoding_of(content))
    except UnicodeDecodeError:
        raise ValueError("is not a text file in UTF-8; save it as UTF-8.") from None
