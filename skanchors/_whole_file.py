"""Files that are written whole or not at all."""

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any


@contextmanager
def whole_file(
    path: str | os.PathLike, mode: str = "w", **options: Any
) -> Iterator[IO]:
    """Open a file to write, which takes its place when all is written.

    Whatever ends the writing before, an error, Ctrl-C or a full disk, a file that was
    there stays as it was, and none that was not appears.

    Parameters
    ----------
    path : str or path-like
        The file. Of a link, what it points to is written; a device or a FIFO is
        written to as it is.
    mode : {"w", "wb"}, default="w"
        Text or bytes.
    **options
        As those of `open`.

    Yields
    ------
    file object
        What to write to.

    Raises
    ------
    OSError
        If the file cannot be written; it names `path`.
    """
    path = os.fspath(path)
    target = os.path.realpath(path)
    try:
        if not _can_be_replaced(target):
            with open(target, mode, **options) as file:
                yield file
            return
        # In the same folder, so that the last step is one of the file system alone.
        draft = os.path.join(os.path.dirname(target), f".{uuid.uuid4().hex}.tmp")
        try:
            with open(draft, mode.replace("w", "x"), **options) as file:
                yield file
            with suppress(FileNotFoundError):
                shutil.copymode(target, draft)
            os.replace(draft, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise
    except OSError as error:
        if error.errno is not None:  # one of the file system, not of who writes
            error.filename = path
            # None would be named too.
            del error.filename2
        raise


def _can_be_replaced(target: str) -> bool:
    """Whether another file may take the place of what is there.

    Raises
    ------
    OSError
        If it is there and must not be written.
    """
    try:
        status = os.stat(target)
    except OSError:  # it is not there; whatever is wrong besides, `open` will say
        return True
    if not stat.S_ISREG(status.st_mode):
        return False
    # A file that only its folder lets be replaced is not to be written.
    os.close(os.open(target, os.O_WRONLY))
    return os.access(os.path.dirname(target), os.W_OK)
