"""Numbers as annotation files have them."""

import re


def to_number(text: str) -> float:
    """The number that a text is.

    Raises
    ------
    ValueError
        If it is none; the message is the text, and what to do if that is known.
    """
    try:
        if "_" not in text:  # float takes 1_000 for a thousand
            return float(text)
    except ValueError:
        pass
    hint = ", decimals have a point" if _DECIMAL_COMMA.fullmatch(text) else ""
    raise ValueError(f"{text[:40]!r}{hint}")


_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")
