"""Checks of sizes and counts."""

from numbers import Integral


def check_count(value, *, name, minimum=1):
    """Validate a whole number of at least `minimum`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        raise ValueError(
            f"{name} must be a whole number of at least {minimum}, got {value!r}."
        )
    return int(value)


def check_pair(value, *, name, minimum=1):
    """Validate one whole number or two; one stands for both."""
    pair = tuple(value) if hasattr(value, "__iter__") else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} must be one whole number or two, got {value!r}.")
    first, second = (check_count(side, name=name, minimum=minimum) for side in pair)
    return first, second
