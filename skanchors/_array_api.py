"""Tensors of other libraries in, and results of the same kind out.

All is computed in NumPy, so that results are the same to the last bit whatever the
library that holds the boxes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from skanchors._compat._sklearn import get_namespace_and_device, move_to


def to_numpy(array: Any) -> Any:
    """Copy a tensor to a NumPy array; leave everything else as it is.

    A masked array, and a list of them, is left as it is if nothing is masked.

    What is a tensor is for scikit-learn to say: with its option
    ``array_api_dispatch=False``, the default, nothing is one.

    Parameters
    ----------
    array : object

    Returns
    -------
    object
        An ndarray for a tensor of another library than NumPy, else `array`.

    Raises
    ------
    ValueError
        If entries of a masked array are masked: the numbers below a mask would be
        taken for data. If these are dates or durations, which have no unit of size.
    """
    rows = array if isinstance(array, list | tuple) else ()
    if np.ma.is_masked(array) or any(
        isinstance(row, np.ma.MaskedArray) and np.ma.is_masked(row) for row in rows
    ):
        raise ValueError(
            "The array has masked entries. Leave their rows out, such as by "
            "X[~X.mask.any(axis=1)]."
        )
    if isinstance(array, np.ndarray) and array.dtype.kind in "mM":
        raise ValueError(f"Numbers are needed, not dates or durations ({array.dtype}).")
    return array if _home(array) is None else move_to(array, xp=np, device="cpu")


@contextmanager
def finite_only(name: str) -> Iterator[None]:
    """Numbers that double precision does not hold become a ValueError.

    What scikit-learn's validation says of infinity follows without a warning before it.
    """
    try:
        with np.errstate(over="ignore"):
            yield
    except OverflowError as error:
        raise ValueError(f"{name} holds a number that is too large: {error}.") from None


def like(result: np.ndarray, array: Any) -> Any:
    """Move a NumPy array to the library and the device of another array.

    Parameters
    ----------
    result : ndarray
    array : object
        What the caller was given.

    Returns
    -------
    array
        `result` itself unless `array` is a tensor, see `to_numpy`.
    """
    home = _home(array)
    if home is None:
        return result
    namespace, device = home
    return move_to(result, xp=namespace, device=device)


def _home(array: Any) -> tuple[Any, Any] | None:
    """Namespace and device of a tensor; None for all that NumPy reads by itself."""
    if isinstance(array, np.ndarray) or not hasattr(array, "__dlpack__"):
        return None
    namespace, is_dispatched, device = get_namespace_and_device(array)
    return (namespace, device) if is_dispatched else None
