"""Text of files, whatever program wrote them, and in messages: on one line."""

import codecs
import re

NOT_TEXT = "not UTF-8 text; save it as UTF-8"


def encoding_of(data: bytes) -> str:
    """UTF-8, or what the first bytes tell: Windows writes UTF-16 too."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # No text begins with a null character; one beside a letter is half of it.
    if data[:2].count(b"\0") == 1:
        return "utf-16-be" if data[0] == 0 else "utf-16-le"
    return "utf-8-sig"


def one_line(text: str) -> str:
    r"""A message on one line, with nothing in it that a terminal would obey.

    Examples
    --------
    >>> print(one_line("a\nb.txt is empty"))
    a\nb.txt is empty
    """
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)


# Line ends, control characters, what turns the direction of writing, half characters.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
