"""Optional dependencies are imported in one way, and their absence is explained."""

import importlib
from typing import Any


def require(module: str, *, extra: str) -> Any:
    """Import an optional module, or say which extra brings it.

    Parameters
    ----------
    module : str
        Dotted name of the module to import.
    extra : str
        The extra of skanchors that installs it.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the module is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"This needs {package}, which is not installed. "
            f"Install it with: pip install 'skanchors[{extra}]'"
        ) from error
