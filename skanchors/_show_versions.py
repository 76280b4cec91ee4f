"""What a report of a bug should say about the machine it was met on."""

import platform
import re
import sys
from importlib import metadata

import sklearn.utils  # noqa: F401  loads the libraries whose threads are shown
from threadpoolctl import threadpool_info

# The extras that bring what users run; the others are for the project's own work.
_EXTRAS = {"plot", "progress", "tensorboard", "dask", "pandas", "yaml", "report"}


def show_versions() -> None:
    """Print the versions of Python, of the dependencies and of the math libraries.

    Paste what it prints into a report of a bug.

    See Also
    --------
    sklearn.show_versions : The same for scikit-learn and its dependencies.

    Examples
    --------
    >>> import skanchors
    >>> skanchors.show_versions()
    <BLANKLINE>
    System:
         python: 3...
    """
    threads = [
        (pool["internal_api"], f"{pool['version']}, {pool['num_threads']} threads")
        for pool in threadpool_info()
    ]
    _print("System", _system())
    _print("Python dependencies", _dependencies())
    _print("Threads", threads)


def _system() -> list[tuple[str, str]]:
    return [
        ("python", sys.version.replace("\n", " ")),
        ("executable", sys.executable),
        ("machine", platform.platform()),
    ]


def _dependencies() -> list[tuple[str, str]]:
    """Names and versions: first skanchors, then what it needs, then what it may use."""
    required, optional = [], []
    for requirement in metadata.requires("skanchors") or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", requirement)
        if extra is None:
            required.append(name)
        elif extra[1] in _EXTRAS:
            optional.append(name)
    names = ["skanchors", *sorted(required), *sorted({*optional} - {*required})]
    return [(name, _version(name)) for name in names]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _print(title: str, rows: list[tuple[str, str]]) -> None:
    print(f"\n{title}:")
    width = max([10, *(len(name) for name, _ in rows)])
    for name, value in rows:
        print(f"{name:>{width}}: {value}")
