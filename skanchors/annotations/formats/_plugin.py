"""Formats of annotation files that come from elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from skanchors._warnings import warn
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations.formats import _table
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._records import collect_record

Read = Callable[[str], Iterable[Mapping[str, Any]]]


def register_format(
    name: str,
    *,
    read: Read,
    sniff: Callable[[bytes, str], bool] | None = None,
    suffixes: Iterable[str],
    summary: str = "",
) -> None:
    """Make a format of annotation files known to everything that reads them.

    Afterwards `read_annotations`, `read_dataset`, `iter_sizes` and the command line
    take files of this format.

    Parameters
    ----------
    name : str
        A new name, for ``format=name``.
    read : callable
        ``read(path)`` returns, or yields, one mapping an image (or returns that of
        the only one), with the keys

        - ``"image"``: name of the image;
        - ``"boxes"``: sequence of ``(xmin, ymin, xmax, ymax)`` in pixels;
        - ``"labels"``, optional: the class of each box;
        - ``"width"``, ``"height"``, optional: size of the image in pixels; without
          them ``image_sizes`` is asked;
        - ``"difficult"``, ``"truncated"``, ``"crowd"``, optional: a flag for each box.

        An image without boxes is an image without objects. What it raises about a
        file, of whatever class, is reported as the reason why the file, or the rest of
        it, was left out.
    sniff : callable or None, default=None
        ``sniff(head, path)`` tells from the first bytes of a file whether it is of
        this format; needed only where formats share an ending, and asked before
        those of this package. With None every file with one of the endings is taken
        that no other format claims, unless this package has such a format already.
    suffixes : iterable of str
        How the names of the files end, such as ``[".json"]``.
    summary : str, default=""
        The format in a few words, for lists of formats.

    Raises
    ------
    ValueError
        If there is a format of that name, or an ending is none, or `sniff` is missing
        though this package reads every file of that ending.

    See Also
    --------
    unregister_format : Take it out again.

    Notes
    -----
    A package can bring a format along, without a call of this function, by an entry
    point of the group ``skanchors.formats``: its name is the name of the format, and it
    refers to a mapping with the other parameters::

        [project.entry-points."skanchors.formats"]
        boxlist = "mypackage:BOXLIST"  # BOXLIST = {"read": ..., "suffixes": [".box"]}

    With ``n_jobs`` the functions are sent to other processes, so they must pickle.

    Examples
    --------
    >>> import json, os, tempfile
    >>> from skanchors.annotations import (
    ...     read_annotations, register_format, unregister_format
    ... )
    >>> def read(path):
    ...     with open(path, encoding="utf-8") as file:
    ...         for photo in json.load(file)["photos"]:
    ...             yield {
    ...                 "image": photo["file"],
    ...                 "width": photo["size"][0],
    ...                 "height": photo["size"][1],
    ...                 "boxes": photo["corners"],
    ...                 "labels": photo["names"],
    ...             }
    >>> def sniff(head, path):
    ...     return b'"photos"' in head
    >>> register_format("photos", read=read, sniff=sniff, suffixes=[".json"])
    >>> photo = {
    ...     "file": "a.jpg", "size": [640, 480], "corners": [[8, 9, 72, 105]],
    ...     "names": ["cat"],
    ... }
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "all.json")
    ...     with open(path, "w", encoding="utf-8") as file:
    ...         json.dump({"photos": [photo]}, file)
    ...     table = read_annotations([path])
    >>> table.sizes().tolist(), table.label.tolist()
    ([[0.1, 0.2]], ['cat'])
    >>> unregister_format("photos")
    """
    _table.load_plugins()
    endings = (suffixes,) if isinstance(suffixes, str) else tuple(suffixes)
    endings = tuple(ending.lower() for ending in endings)
    if name in (*_table.FORMATS, "auto"):
        raise ValueError(
            f"A format named {name!r} is there already; choose another name"
            + ("." if name in _table.BUILT_IN else " or call unregister_format first.")
        )
    if not endings or any(not e.startswith(".") or e == "." for e in endings):
        raise ValueError(
            f"suffixes must be endings such as ['.json'], got {suffixes!r}."
        )
    taken = [
        row.name
        for row in _table.FORMATS.values()
        if row.default and set(row.suffixes) & set(endings)
    ]
    if sniff is None and taken:
        raise ValueError(
            f"Files that end in {', '.join(endings)} are read as {taken[0]!r} if no "
            "other format claims them; pass sniff=, which tells the files apart."
        )
    default = sniff is None
    told = None if sniff is None else _PluginSniff(name, sniff)
    _table.FORMATS[name] = Format(
        name, _PluginReader(read), endings, summary, told, default, whole=False
    )


def unregister_format(name: str) -> None:
    """Forget a format that `register_format` made known.

    Parameters
    ----------
    name : str
        Its name.

    Raises
    ------
    ValueError
        If there is no such format, or it is one of this package.

    Examples
    --------
    >>> from skanchors.annotations import register_format, unregister_format
    >>> register_format("boxlist", read=lambda path: [], suffixes=[".box"])
    >>> unregister_format("boxlist")
    """
    _table.load_plugins()
    if name in _table.BUILT_IN:
        raise ValueError(f"{name!r} is a format of skanchors itself; it stays.")
    if name not in _table.FORMATS:
        raise ValueError(
            f"There is no format {name!r}; there are {', '.join(_table.FORMATS)}."
        )
    del _table.FORMATS[name]


class _PluginSniff:
    """The function that tells files of a plug-in, whose faults end no search."""

    def __init__(self, name: str, sniff: Callable[[bytes, str], bool]) -> None:
        self.name = name
        self.sniff = sniff
        self._told = False

    def __call__(self, head: bytes, path: str) -> bool:
        try:
            return bool(self.sniff(head, path))
        except Exception as error:  # of another package, whose fault is not ours
            if self._told:
                return False
            self._told = True
            warn(
                f"sniff of the format {self.name!r} failed, so files are taken for "
                f"those of others: {type(error).__name__}: {error}",
                RuntimeWarning,
            )
            return False


class _PluginReader:
    """The function of a plug-in in the place of a reader of this package."""

    def __init__(self, read: Read) -> None:
        self.read = read

    def __call__(
        self, data: bytes, path: str, collector: Collector, options: ReadOptions
    ) -> None:
        try:
            records = self.read(path)
            for record in [records] if isinstance(records, Mapping) else records:
                collect_record(record, collector, options)
        except InvalidFileError:
            raise
        except Exception as error:  # whatever a reader of others finds wrong
            raise InvalidFileError(f"{type(error).__name__}: {error}"[:300]) from None
