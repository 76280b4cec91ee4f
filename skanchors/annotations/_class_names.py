"""Names of class numbers, from wherever the user has them."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from skanchors.annotations.formats import has_text_keys
from skanchors.annotations.layouts._names import read_names
from skanchors.annotations.layouts._yaml import names_of_yaml


def as_class_names(class_names: Any) -> Sequence | Mapping | None:
    """Names by number, read from a file if a path is given.

    Parameters
    ----------
    class_names : sequence or mapping, path-like, or None
        The names; or names by number, or by the text that files have for a class; or
        a file of them: a ``data.yaml``, text with one name a line, or a table.

    Returns
    -------
    sequence or mapping or None
        The names, or None where there are none.

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If the file has no names in it, or cannot be read.
    """
    if class_names is None:
        return None
    if isinstance(class_names, str | os.PathLike):
        return _of_file(os.fspath(class_names))
    if isinstance(class_names, Mapping):
        try:
            return {int(number): str(name) for number, name in class_names.items()}
        except (TypeError, ValueError):
            if has_text_keys(class_names) and _are_texts(class_names.values()):
                return dict(class_names)
            raise ValueError(
                "class_names must map class numbers to names, such as {0: 'cat'}; got "
                f"{str(dict(class_names))[:80]}."
            ) from None
    if not hasattr(class_names, "__getitem__") or not hasattr(class_names, "__len__"):
        raise TypeError(
            "class_names must be a list of names, a mapping from numbers to names, the "
            f"path of a file of names, or None; got {type(class_names).__name__}."
        )
    return [str(name) for name in class_names]


def _are_texts(names: Iterable) -> bool:
    """Whether all are names, not numbers that somebody gave names."""
    return all(isinstance(name, str) and not name.isdecimal() for name in names)


def _of_file(path: str) -> Sequence | Mapping:
    if not os.path.exists(path):
        raise ValueError(f"class_names: there is no file {path!r}.")
    if path.lower().endswith((".yaml", ".yml")):
        names = names_of_yaml(path)
    else:
        names = read_names(path) if os.path.isfile(path) else None
    if not names:
        raise ValueError(
            f"{path} holds no names of classes. Pass a text file with one name a line, "
            "such as classes.txt or obj.names, or a data.yaml with 'names'."
        )
    return names


def declared(names: Sequence | Mapping) -> list[str]:
    """The names in order of their numbers; a number that has none stands for itself.

    A detector has an output for it all the same, unless numbers begin elsewhere, as
    those of COCO do.
    """
    if not isinstance(names, Mapping):
        return list(names)
    if has_text_keys(names):  # a list of all that there may be
        return []
    last = max(names, default=-1)
    if not 0 <= last < 2 * len(names) or min(names) < 0:
        return list(names.values())
    return [names.get(number, str(number)) for number in range(last + 1)]
