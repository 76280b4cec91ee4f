"""Text of files, whatever program wrote them, and text in messages."""

import codecs
import json
from collections.abc import Callable
from typing import Any

from skanchors._plain_text import NOT_TEXT, encoding_of
from skanchors.annotations._files import InvalidFileError


def text_of(data: bytes, what: str) -> str:
    """The text of a file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    what : str
        What it should be, such as "a CSV file".

    Raises
    ------
    InvalidFileError
        If it is no text.
    """
    encoding = encoding_of(data)
    try:
        if encoding == "utf-8-sig":  # that codec is slower
            return data.decode().removeprefix("\ufeff")
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidFileError(f"not {what}: {NOT_TEXT}") from None


def as_utf8(data: bytes) -> bytes:
    """The bytes of a text as they would be in UTF-8 without a mark at the beginning."""
    encoding = encoding_of(data)
    if encoding == "utf-8-sig":
        return data.removeprefix(codecs.BOM_UTF8)
    return data.decode(encoding, errors="ignore").encode(errors="ignore")


def load_json(data: bytes, object_hook: Callable[[dict], Any] | None = None) -> Any:
    """The content of a JSON file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    object_hook : callable or None
        As of `json.loads`.

    Raises
    ------
    InvalidFileError
        If it is not JSON.
    """
    try:
        try:
            return json.loads(data, object_hook=object_hook)
        except json.JSONDecodeError as error:
            raise InvalidFileError(f"not JSON: {str(error)[:200]}") from None
        except UnicodeDecodeError:
            raise InvalidFileError(f"not JSON: {NOT_TEXT}") from None
        except ValueError:
            # One number has more digits than `int` reads; only what it is of is lost.
            return json.loads(data, object_hook=object_hook, parse_int=_number)
    except RecursionError:
        raise InvalidFileError("JSON is nested too deep") from None


def _number(text: str) -> float:
    return int(text) if len(text) < 100 else float(text)


def as_name(text: str) -> str:
    """A name that every file and terminal takes: half characters as escapes."""
    if text.isascii():
        return text
    return text.encode(errors="backslashreplace").decode()
