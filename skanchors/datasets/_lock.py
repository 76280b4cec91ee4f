"""A lock between processes, which ends with the process that has it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def lock(path: Path) -> Iterator[bool]:
    """Wait until no other process or thread holds the lock, and hold it.

    Parameters
    ----------
    path : Path
        The file that stands for the lock; it is created, and left in place.

    Yields
    ------
    bool
        Whether there is a lock; some file systems know none.
    """
    with open(path, "a+b") as file:
        held = _acquire(file.fileno())
        try:
            yield held
        finally:
            if held and fcntl is None:
                import msvcrt

                os.lseek(file.fileno(), 0, os.SEEK_SET)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]


def _acquire(descriptor: int) -> bool:
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            return False
        return True
    import msvcrt

    while True:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:  # somebody else has it
            time.sleep(0.1)
            continue
        return True
