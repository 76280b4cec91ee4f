"""Lines that fit the terminal, with nothing broken inside a number."""

import shutil
import textwrap


def wrapped(text: str, indent: str = "") -> list[str]:
    """The text in lines as wide as the terminal, the further ones indented.

    Breaks are made at blanks only, so that a pair such as ``10,13`` stays whole.
    """
    width = max(40, min(shutil.get_terminal_size().columns, 100))
    return textwrap.wrap(
        text,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    ) or [""]
