"""Names of the classes, in files of them."""

import csv
import json
import re
from collections.abc import Mapping
from typing import Any

from skanchors._plain_text import NOT_TEXT
from skanchors.annotations.layouts._tree import read_text

# Larger numbers can be chosen to have the same hash, which takes time without an end.
MOST_DIGITS = 15


def class_number(key: Any) -> int:
    """The number of a class; ValueError if no class has it."""
    if isinstance(key, str) and len(key) > MOST_DIGITS:
        raise ValueError("no class has a number as large")
    number = int(key)
    if abs(number) >= 10**MOST_DIGITS:
        raise ValueError("no class has a number as large")
    return number


def class_name(name: Any) -> str:
    """The name of a class; of a list or a mapping the text could be without an end."""
    if isinstance(name, list | Mapping):
        raise ValueError("a name of a class is a list or a mapping")
    name = str(name)
    if _REPLACED in name:  # two names may have become one
        raise ValueError(NOT_TEXT)
    return name


_REPLACED = "\ufffd"


def read_names(path: str) -> Any:
    """Class names of a file.

    One a line; JSON, such as the notes of Label Studio; or a table of names and
    numbers, as keras-retinanet has, or of what Open Images calls the classes. None if
    it has none, as the label maps of TensorFlow, whose numbers start at 1.

    Raises
    ------
    ValueError
        If the file cannot be read, or is no text in UTF-8 or UTF-16.
    """
    text = read_text(path)
    if _REPLACED in text:
        raise ValueError(f"{path}: {NOT_TEXT}")
    if path.lower().endswith(".json"):
        try:
            return _of_json(json.loads(text))
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
            return None
    if path.lower().endswith(".csv"):
        return _of_csv(text)
    if path.lower().endswith(".pbtxt") or "{" in text:
        return None
    return [line.strip() for line in text.rstrip().splitlines()] or None


def _of_json(content: Any) -> Any:
    if isinstance(content, list) and all(isinstance(name, str) for name in content):
        return content or None
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("categories"), list):
        items = content["categories"]
        return {class_number(item["id"]): class_name(item["name"]) for item in items}
    return {class_number(k): class_name(name) for k, name in content.items()} or None


def _of_csv(text: str) -> Any:
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    try:
        rows = [row[:2] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return None
    columns = [[cell.strip() for cell in column] for column in zip(*rows, strict=False)]
    if len(columns) < 2:
        return columns[0] if columns and min(map(len, rows)) == 1 else None
    for keys, names in (columns, columns[::-1]):
        for start in (0, 1):  # perhaps a header
            pairs = list(zip(keys, names, strict=True))[start:]
            if pairs and all(_NUMBER.fullmatch(key) for key, _ in pairs):
                return {class_number(key): name for key, name in pairs}
            if pairs and all(key.startswith(_FREEBASE) for key, _ in pairs):
                return dict(pairs)
    return None


_NUMBER = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")
# How the ids begin by which Open Images calls its classes.
_FREEBASE = ("/m/", "/g/", "/t/")
