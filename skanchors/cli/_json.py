"""JSON that people can read as well."""

import json
from typing import Any

from skanchors._tables import rounded

# More than single precision holds, fewer than make 20.150000000000002 of 20.15.
_DIGITS = 10


def dump(content: Any) -> str:
    """JSON with numbers of ten digits, and null for what is not a number."""
    return json.dumps(rounded(content, _DIGITS, finite=True), indent=2)
