"""What the readers of XML share: encodings, and what is refused."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.parsers import expat

from skanchors._plain_text import encoding_of
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations._text import as_utf8

# Depth of nesting; VOC has 5 levels.
MAX_DEPTH = 100

# Encodings of several bytes a character in which annotations are found.
_WIDE_ENCODINGS = {
    *("gbk", "gb2312", "gb18030", "big5", "shift_jis", "shift-jis"),
    *("euc-jp", "euc_jp", "euc-kr", "euc_kr"),
}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding=["']([\w.-]+)["']""")


def without_utf16(data: bytes) -> tuple[bytes, str | None]:
    """UTF-16 in UTF-8, and how to read it: what it declares need not be true then."""
    if encoding_of(data) == "utf-8-sig":
        return data, None
    return as_utf8(data), "utf-8"


def refuse_doctype(*args: object) -> None:
    """A handler: without these declarations there are no entities."""
    raise InvalidFileError("document type declarations are refused")


def says_what_is_wrong(parse: Callable) -> Callable:
    """Make a parser of ``(data, encoding, ...)`` say what is wrong with a file.

    What is in an encoding that expat does not know is parsed in UTF-8.
    """

    @wraps(parse)
    def parsed(data: bytes, encoding: str | None = None, *args: Any) -> Any:
        try:
            return parse(data, encoding, *args)
        except expat.ExpatError as error:
            raise _not_well_formed(data, error) from None
        except InvalidFileError:
            raise
        except (LookupError, ValueError) as error:  # an encoding that is unknown
            text = decoded(data) if encoding is None else None
            if text is None:
                raise InvalidFileError(f"encoding is not supported: {error}") from None
        return parsed(text, "utf-8", *args)

    return parsed


def _not_well_formed(data: bytes, error: expat.ExpatError) -> InvalidFileError:
    """Why a file is no XML, told by its encoding where that is the reason.

    Parameters
    ----------
    data : bytes
        Content of the file.
    error : ExpatError
        What the parser said.
    """
    declared = _declared(data)
    if declared is None and _is_no_utf8(data):
        return InvalidFileError(
            "not well-formed XML, as it is not UTF-8 and declares no encoding; save it "
            "as UTF-8, or say in its first line what it is"
        )
    if declared in ("utf-8", "utf8") and _is_no_utf8(data):
        return InvalidFileError(
            "not well-formed XML, as it is not in UTF-8, which it declares; save it as "
            "UTF-8, or correct its first line"
        )
    return InvalidFileError(f"not well-formed XML: {error}")


def decoded(data: bytes) -> bytes | None:
    """In UTF-8 what is in an encoding that expat does not know; None if unknown here.

    expat asks Python for encodings, and Python has only those of one byte a character
    for it.
    """
    declared = _declared(data)
    if declared not in _WIDE_ENCODINGS:
        return None
    try:
        return data.decode(declared).encode()
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            f"text is not in the declared encoding: {error}"
        ) from None


def _declared(data: bytes) -> str | None:
    match = _DECLARED.match(data)
    return None if match is None else match[1].decode().lower()


def _is_no_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False
