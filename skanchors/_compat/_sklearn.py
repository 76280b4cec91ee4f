"""What scikit-learn's own estimators use and its documentation does not promise.

Seen to work with scikit-learn 1.9.0. tests/test_compat.py guards what is taken for
granted about each name.
"""

from sklearn.base import _fit_context as fit_context
from sklearn.utils._array_api import get_namespace_and_device, move_to
from sklearn.utils._openmp_helpers import (
    _openmp_effective_n_threads as openmp_effective_n_threads,
)
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils._set_output import _get_output_config as get_output_config
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

__all__ = [
    "Interval",
    "StrOptions",
    "check_sample_weight",
    "fit_context",
    "get_namespace_and_device",
    "get_output_config",
    "move_to",
    "openmp_effective_n_threads",
]
