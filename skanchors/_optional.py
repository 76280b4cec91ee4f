"""Optional dependencies are imported in one way, and their absence is explained."""

import importlib
from typing import Any


def require(module: str, *, extra: str, what: str = "This") -> Any:
    """Import an optional module, or say which extra brings it.

    Parameters
    ----------
    module : str
        Dotted name of the module to import.
    extra : str
        The extra of skanchors that installs it.
    what : str, default="This"
        What cannot be done without it, such as the file that cannot be read.

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
            f"{what} needs {package}, which is not installed. "
            f"Install it with: pip install 'skanchors[{extra}]'"
        ) from error
