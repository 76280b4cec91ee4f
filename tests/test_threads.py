import threading

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from skanchors._threads import (
    effective_n_threads,
    map_row_ranges,
    product,
    single_threaded_blas,
)


def test_honours_threadpoolctl():
    """Guards the private counter of scikit-learn that is behind it."""
    for limit in (1, 2):
        with threadpool_limits(limit):
            assert effective_n_threads() == limit


def test_does_not_oversubscribe_worker_processes():
    with joblib.parallel_config("loky", n_jobs=2, inner_max_num_threads=1):
        counts = joblib.Parallel()(
            joblib.delayed(effective_n_threads)() for _ in range(2)
        )
    assert counts == [1, 1]


@pytest.mark.parametrize("n_threads", [1, 2, 3])
@pytest.mark.parametrize("n_rows", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("min_rows", [1, 10, 1000])
def test_covers_each_row_once(n_threads, n_rows, min_rows):
    visits = np.zeros(n_rows, dtype=int)
    ranges = []

    def visit(start, stop):
        ranges.append(stop - start)
        visits[start:stop] += 1

    with threadpool_limits(n_threads):
        map_row_ranges(visit, n_rows, min_rows=min_rows)
    np.testing.assert_array_equal(visits, 1)
    assert len(ranges) <= n_threads
    assert len(ranges) == 1 or min(ranges) >= min_rows


def test_few_rows_stay_in_the_calling_thread():
    names = []

    def note(start, stop):
        names.append(threading.current_thread())

    with threadpool_limits(2):
        map_row_ranges(note, 10, min_rows=10)
        assert names == [threading.current_thread()]
        map_row_ranges(note, 20, min_rows=10)
    assert threading.current_thread() not in names[1:]


@pytest.mark.parametrize("n_rows", [10, 1000])
def test_errors_come_through(n_rows):
    def fail(start, stop):
        raise ArithmeticError(f"at {start}")

    with threadpool_limits(2), pytest.raises(ArithmeticError, match="at 0"):
        map_row_ranges(fail, n_rows, min_rows=100)


def test_blas_is_limited_inside_and_only_there():
    def blas_threads():
        return [
            pool["num_threads"]
            for pool in threadpool_info()
            if pool["user_api"] == "blas"
        ]

    before = blas_threads()
    if not before:
        pytest.skip("no BLAS that threadpoolctl knows")
    with single_threaded_blas():
        assert set(blas_threads()) == {1}
    assert blas_threads() == before


def test_a_flag_of_blas_is_no_warning():
    class Kernel(np.ndarray):
        """Multiplies right, and raises the flag that BLAS raises now and then."""

        def __matmul__(self, other):
            np.subtract(np.inf, np.inf)
            return np.asarray(self) @ other

    one, other = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    with pytest.warns(RuntimeWarning, match="invalid value"):
        one.view(Kernel) @ other
    found = product(one.view(Kernel), other)
    np.testing.assert_array_equal(found, one @ other)
