"""Memory that loops over small tables free and ask for again."""

from functools import cache

import numpy as np

# Far more than the tables of one step need together.
_N_BYTES = 8_000_000


@cache
def keep_freed_memory() -> None:
    """Let this process keep what it frees, up to some megabytes, for its next step.

    By default glibc returns freed tables of some hundred kilobytes to the system, page
    by page, and each step gets them anew, filled with zeros: a search on 900 boxes took
    twice as long for it. Once a larger block was freed, it no longer does (``mallopt``,
    M_MMAP_THRESHOLD in the manual of Linux: the threshold adjusts itself). That block
    is never written to, so that it takes no memory itself.
    """
    np.empty(_N_BYTES, dtype=np.uint8)
