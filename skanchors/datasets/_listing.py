"""The annotation files of a data set, in order."""

import os
from pathlib import Path


def list_annotations(root, image_set=None, *, suffix=".xml"):
    """List the annotation files of a folder or of a PASCAL VOC devkit.

    Parameters
    ----------
    root : str or path-like
        One of: a plain folder of annotation files; a folder with an
        ``Annotations`` folder in it, such as ``VOC2007``; a devkit with several
        of those in it, such as ``VOCdevkit`` or the folder that holds it.
    image_set : str or None, default=None
        Only the files that ``ImageSets/Main/<image_set>.txt`` names, such as
        ``"trainval"``; or for a class, such as ``"dog_val"``, the images that
        have it. None lists every file.
    suffix : str, default=".xml"
        How the names of the files end.

    Returns
    -------
    list of str
        The paths, sorted by name within each folder.

    Raises
    ------
    NotADirectoryError
        If `root` is not a folder.
    FileNotFoundError
        If there is no such file in it, no such image set, or the image set names
        a file that does not exist.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from skanchors.datasets import list_annotations, make_voc_annotations
    >>> with TemporaryDirectory() as folder:
    ...     written = make_voc_annotations(folder + "/VOC2007/Annotations", 3)
    ...     list_annotations(folder) == written
    True
    """
    root = Path(root)
    if not root.is_dir():
        raise NotADirectoryError(
            f"{root} is not a folder. Pass the folder that holds the annotation files."
        )
    data_sets = _data_sets(root)
    if image_set is not None:
        paths = [
            path for folder in data_sets for path in _of_set(folder, image_set, suffix)
        ]
        if not paths:
            raise FileNotFoundError(
                f"There is no ImageSets/Main/{image_set}.txt in {root} or in a data "
                "set under it. Leave image_set out to list every annotation file."
            )
        return paths
    folders = [folder / "Annotations" for folder in data_sets] or [root]
    paths = [path for folder in folders for path in _files(folder, suffix)]
    if not paths:
        raise FileNotFoundError(
            f"There is no {suffix} file in {', '.join(map(str, folders))}. Pass the "
            "folder that holds the annotation files themselves."
        )
    return paths


def _data_sets(root):
    """Folders that have an Annotations folder: root, or those below it."""
    if (root / "Annotations").is_dir():
        return [root]
    for pattern in ("*/Annotations", "VOCdevkit/*/Annotations"):
        found = [path.parent for path in sorted(root.glob(pattern)) if path.is_dir()]
        if found:
            return found
    return []


def _files(folder, suffix):
    with os.scandir(folder) as entries:
        names = [e.name for e in entries if e.name.endswith(suffix) and e.is_file()]
    # Not hidden files: macOS leaves "._name.xml" beside "name.xml" on other disks.
    return [str(folder / name) for name in sorted(names) if not name.startswith(".")]


def _of_set(folder, image_set, suffix):
    listing = folder / "ImageSets" / "Main" / f"{image_set}.txt"
    if not listing.is_file():
        return []
    present = {Path(path).stem: path for path in _files(folder / "Annotations", suffix)}
    paths = []
    for line in listing.read_text(encoding="utf-8").splitlines():
        # The sets of one class mark each image 1, 0 (only difficult) or -1 (none).
        name, _, mark = line.strip().partition(" ")
        if not name or mark.strip() == "-1":
            continue
        if name not in present:
            raise FileNotFoundError(
                f"{listing} names {name}, but {folder / 'Annotations' / name}{suffix} "
                "does not exist."
            )
        paths.append(present[name])
    return sorted(paths)
