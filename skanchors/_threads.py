"""How many threads to use, and blocks of rows shared out among them.

scikit-learn's own counter is private but the only one that honours OMP_NUM_THREADS,
threadpoolctl's limits and the share that joblib gives each of its worker processes.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from skanchors._compat._sklearn import openmp_effective_n_threads


def effective_n_threads() -> int:
    """Number of threads that a computation may use here and now."""
    return openmp_effective_n_threads()


def map_row_ranges(
    function: Callable[[int, int], Any], n_rows: int, *, min_rows: int
) -> None:
    """Call ``function(start, stop)`` over consecutive ranges that cover all rows.

    Each thread gets one range, unless ranges would fall below `min_rows`; the
    function must write its results, for the rows of its range only, in place.
    """
    n_threads = n_rows // min_rows
    if n_threads > 1:
        n_threads = min(effective_n_threads(), n_threads)
    if n_threads <= 1:
        function(0, n_rows)
        return
    bounds = [n_rows * i // n_threads for i in range(n_threads + 1)]
    with ThreadPoolExecutor(n_threads) as pool:
        # list() passes on whatever a thread raised.
        list(pool.map(function, bounds[:-1], bounds[1:]))


def single_threaded_blas() -> AbstractContextManager[Any]:
    """Context in which BLAS uses one thread.

    For many small products: threads would cost more than they give, and the result
    would depend on their number.
    """
    return _controller().limit(limits=1, user_api="blas")


def product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Matrix product of finite numbers, without warnings.

    BLAS kernels compute whole registers, and now and then what lies beyond the end of a
    short row raises the flag of an invalid operation, though no result depends on it.
    """
    with np.errstate(invalid="ignore"):
        return one @ other


@cache
def _controller() -> ThreadpoolController:
    # Looking for the loaded libraries takes longer than many a small fit.
    return ThreadpoolController()
