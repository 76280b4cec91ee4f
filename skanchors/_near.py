"""What was probably meant by a name that is not known."""

import re
from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A sentence with the known words that this one is close to; "" if none is.

    Examples
    --------
    >>> did_you_mean("iuo", ["iou", "giou", "ratio"])
    ' Did you mean iou?'
    """
    by_plain = {plain(name): name for name in known}
    near = get_close_matches(plain(str(word)), by_plain, n=2, cutoff=0.6)
    if not near:
        return ""
    return f" Did you mean {' or '.join(by_plain[name] for name in near)}?"


def plain(word: str) -> str:
    """A word without what people leave out or mistype: case, hyphens, underscores."""
    return re.sub(r"[-_ .]", "", word.lower())
