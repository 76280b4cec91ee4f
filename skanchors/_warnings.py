"""Warnings that point at the line of the caller.

How many frames lie between, scikit-learn's decorators and joblib's loops included, is
nobody's to count.
"""

import sys
import warnings
from pathlib import Path

import joblib
import sklearn

# Pipelines call their steps through joblib's cache, searches through its loop.
_OWN = tuple(
    str(Path(file).parent) + "/"
    for file in (__file__, sklearn.__file__, joblib.__file__)
)


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn as from the innermost line outside of skanchors, scikit-learn and joblib.

    Parameters
    ----------
    message : str
    category : type, default=UserWarning
    """
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_own(frame.f_code.co_filename):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)


def _is_own(filename: str) -> bool:
    return filename.replace("\\", "/").startswith(
        tuple(folder.replace("\\", "/") for folder in _OWN)
    )
