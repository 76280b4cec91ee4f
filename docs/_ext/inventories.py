"""Where names of other libraries are explained, without asking the network.

intersphinx reads such inventories. Those that the projects publish hold everything and
have to be fetched; these hold the few names that this documentation mentions, so that
it is built the same way, offline too.
"""

import zlib
from pathlib import Path

# Address of the documentation, page of a name, and names by kind.
PROJECTS = {
    "sklearn": (
        "https://scikit-learn.org/stable/",
        "modules/generated/{}.html",
        {
            "class": [
                "sklearn.base.BaseEstimator",
                "sklearn.cluster.KMeans",
                "sklearn.exceptions.ConvergenceWarning",
                "sklearn.exceptions.NotFittedError",
                "sklearn.metrics.DistanceMetric",
                "sklearn.model_selection.GridSearchCV",
                "sklearn.model_selection.GroupKFold",
                "sklearn.model_selection.GroupShuffleSplit",
                "sklearn.pipeline.Pipeline",
            ],
            "function": [
                "sklearn.metrics.make_scorer",
                "sklearn.metrics.silhouette_score",
                "sklearn.model_selection.cross_val_score",
                "sklearn.utils.class_weight.compute_sample_weight",
            ],
        },
    ),
    "numpy": (
        "https://numpy.org/doc/stable/",
        "reference/generated/{}.html",
        {
            "class": ["numpy.ndarray", "numpy.random.RandomState"],
            "function": ["numpy.asarray", "numpy.load", "numpy.memmap"],
        },
    ),
    "scipy": (
        "https://docs.scipy.org/doc/scipy/",
        "reference/generated/{}.html",
        {
            "function": [
                "scipy.spatial.distance.cdist",
                "scipy.spatial.distance.pdist",
                "scipy.spatial.distance.squareform",
            ],
            "module": ["scipy.spatial.distance"],
        },
    ),
}


def write_all(folder):
    """Write one inventory a project.

    Parameters
    ----------
    folder : path-like
        Where to.

    Returns
    -------
    dict
        What ``intersphinx_mapping`` is set to.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for project, (address, page, kinds) in PROJECTS.items():
        path = folder / f"{project}.inv"
        path.write_bytes(_inventory(project, page, kinds))
        mapping[project] = (address, str(path))
    return mapping


def _inventory(project, page, kinds):
    head = (
        "# Sphinx inventory version 2\n"
        f"# Project: {project}\n"
        "# Version: stable\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    lines = "".join(
        f"{name} py:{kind} 1 {_location(page, kind, name)} -\n"
        for kind, names in kinds.items()
        for name in sorted(names)
    )
    return head.encode() + zlib.compress(lines.encode())


def _location(page, kind, name):
    if kind == "module":
        return f"reference/{name.removeprefix('scipy.')}.html#module-{name}"
    return f"{page.format(name)}#{name}"
