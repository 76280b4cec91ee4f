"""Text of files in messages and tables: on one line, and nothing but text."""

import re


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
