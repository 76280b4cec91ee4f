"""JSON that people can read as well."""

import json
import math
from typing import Any

# More than single precision holds, fewer than make 20.150000000000002 of 20.15.
_DIGITS = 10


def dump(content: Any) -> str:
    """JSON with numbers of ten digits, and null for what is not a number."""
    return json.dumps(_rounded(content), indent=2)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
