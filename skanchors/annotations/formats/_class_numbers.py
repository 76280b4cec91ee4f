"""Classes that files tell by their numbers."""

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from skanchors.annotations._collector import Collector


def label_of(column: str, names: Any) -> str:
    """The name of a class that a file tells by its number, or by the name itself.

    Parameters
    ----------
    column : str
        What the file has.
    names : sequence or mapping of int to str, or None
        The names; with None the label is the number, as text.

    Raises
    ------
    ValueError
        If there is no such class.
    """
    label = (_class if len(column) <= LONGEST else _number_or_name)(column)
    if names is None:
        return str(label)
    if isinstance(label, str) and label in _known(names):  # the name itself
        return label
    try:
        return str(names[label])
    except (KeyError, IndexError, TypeError):
        raise ValueError(f"class is not among class_names: {column[:40]}") from None


_memory: tuple[Any, frozenset[str]] = (None, frozenset())


def _known(names: Any) -> frozenset[str]:
    """The names themselves; to look through all of them for each object takes long."""
    global _memory
    memory = _memory
    if memory[0] is not names:
        all_names = names.values() if isinstance(names, Mapping) else names
        _memory = memory = names, frozenset(all_names)
    return memory[1]


def label_in_table(text: str, names: Any) -> str:
    """The name of a class where a file may have names or numbers.

    Parameters
    ----------
    text : str
        What the file has.
    names : sequence, mapping of int to str or of str to str, or None
        Names of the numbers, or of texts that stand for classes; what is no number,
        or not among the texts, is a name already.

    Raises
    ------
    ValueError
        If it is a number of which there is no name.
    """
    # A column with gaps makes 1.0 of 1.
    text = text.removesuffix(".0") if _WITH_POINT.fullmatch(text) else text
    if names is None or not text:
        return text
    if has_text_keys(names):
        return names.get(text, text)
    return label_of(text, names) if text.isdecimal() else text


def label_in_record(value: Any, names: Any) -> str:
    """The name of a class of data in memory, which may be a number or text.

    Parameters
    ----------
    value : object
        What there is; nothing and NaN are no class.
    names : sequence or mapping, or None
        As for `label_in_table`.

    Raises
    ------
    ValueError
        If it is a number of which there is no name.
    """
    if value is None or value != value:
        return ""
    text = str(value)
    fraction = isinstance(value, float) and not value.is_integer()
    if names is not None and (fraction or text.startswith("-")):
        raise ValueError(f"class is not among class_names: {text[:40]}")
    return label_in_table(text, names)


_WITH_POINT = re.compile(r"[0-9]+\.0")


def has_text_keys(names: Any) -> bool:
    """Whether names are by text that files have for them, not by numbers."""
    return isinstance(names, Mapping) and all(isinstance(key, str) for key in names)


@lru_cache(maxsize=4096)
def number_as_label(column: str) -> str:
    """The number of a class as text, however it is written."""
    return str(_class(column))


def _number_or_name(column: str) -> int | str:
    """Number of the class; text that is no number is the name of one."""
    try:
        value = float(column)
    except ValueError:
        value = math.nan
        if any(map(str.isalpha, column)):
            return column
    if "_" not in column and value.is_integer() and 0 <= value < 1e9:
        return int(value)
    raise ValueError(f"class is not a whole number from 0: {column[:40]}")


# What is longer is not remembered, as it would fill the memory.
LONGEST = 40
_class = lru_cache(maxsize=4096)(_number_or_name)


def say_of_classes(labels: Iterable[str], collector: Collector) -> None:
    """Note a class that begins as a number does but is none, such as 0x1."""
    if "".join(labels).isdecimal():  # as in nearly all files
        return
    odd = (label for label in labels if label[:1] in _BEGINS and not label.isdecimal())
    if (label := next(odd, None)) is not None:
        collector.note(f"class is no number, so it is taken for a name: {label[:40]!r}")


_BEGINS = tuple("+-.0123456789")
