"""The annotation files of a data set, in order."""

import os
from typing import Any

from skanchors.annotations.layouts import Part, find


def list_annotations(
    root: Any, image_set: str | None = None, *, suffix: str | None = None
) -> list[str]:
    """List the annotation files of a data set.

    Parameters
    ----------
    root : str or path-like
        A plain folder of annotation files, the root of a data set such as a PASCAL VOC
        devkit or the export of a labelling tool, or a file that describes one: what
        `skanchors.annotations.read_dataset` takes.
    image_set : str or None, default=None
        Only the files of this part. For PASCAL VOC those that
        ``ImageSets/Main/<image_set>.txt`` names, such as ``"trainval"``; or for a
        class, such as ``"dog_val"``, the images that have it. Else a split, such as
        ``"train"``. None lists every file.
    suffix : str or None, default=None
        How the names of the files end, in any case. None lists the files of the
        format of which there are most.

    Returns
    -------
    list of str
        The paths, sorted by name within each folder.

    Raises
    ------
    NotADirectoryError
        If there is no `root`.
    FileNotFoundError
        If there is no such file in it, no such image set, or the image set names
        a file that does not exist.

    See Also
    --------
    skanchors.annotations.read_dataset : Read the files too, with names of classes.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from skanchors.datasets import list_annotations, make_voc_annotations
    >>> with TemporaryDirectory() as folder:
    ...     written = make_voc_annotations(folder + "/VOC2007/Annotations", 3)
    ...     list_annotations(folder) == written
    True
    """
    root = os.fspath(root)
    if not os.path.exists(root):
        raise NotADirectoryError(
            f"{root} is not a folder. Pass the folder that holds the annotation files."
        )
    found = find(root, image_set, suffix=suffix)
    missing = next((part.missing for part in found.parts if part.missing), "")
    if image_set is not None and missing:
        raise FileNotFoundError(f"{missing}.")
    return _sorted(found.parts)


def _sorted(parts: list[Part]) -> list[str]:
    paths = {path for part in parts for path in part.paths}
    return sorted(paths, key=os.path.split)
