"""The table of formats, and which of them a file is."""

from importlib.metadata import entry_points

from skanchors._warnings import warn
from skanchors.annotations._files import HEAD_BYTES, InvalidFileError
from skanchors.annotations._text import as_utf8
from skanchors.annotations.formats import (
    _coco,
    _csv,
    _cvat,
    _keras_yolo3,
    _kitti,
    _labelme,
    _openimages,
    _voc,
    _yolo,
)
from skanchors.annotations.formats._format import Format

# In this order formats are listed, asked for their files, and preferred where a folder
# holds as much of one as of another.
FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        _voc,
        _coco,
        _yolo,
        _cvat,
        _labelme,
        _kitti,
        _csv,
        _openimages,
        _keras_yolo3,
    )
}
BUILT_IN = frozenset(FORMATS)

ENTRY_POINTS = "skanchors.formats"
_pending = True


def load_plugins() -> None:
    """Enter the formats of installed packages, once."""
    global _pending
    if not _pending:
        return
    _pending = False
    from skanchors.annotations.formats._plugin import register_format

    for point in entry_points(group=ENTRY_POINTS):
        try:
            register_format(point.name, **point.load())
        except Exception as error:  # of another package, whose fault is not ours
            warn(
                f"The format {point.name!r} of the entry point {point.value!r} is not "
                f"there: {type(error).__name__}: {error}",
                RuntimeWarning,
            )


def format_names() -> list[str]:
    """Names of all formats."""
    load_plugins()
    return list(FORMATS)


def suffixes() -> tuple[str, ...]:
    """Endings of all formats."""
    load_plugins()
    return tuple(dict.fromkeys(s for row in FORMATS.values() for s in row.suffixes))


def of_suffix(suffix: str) -> tuple[Format, ...]:
    """Formats whose files may end so, in the order in which they are asked.

    Those that came last are asked first, so that a plug-in is heard before what this
    package has; one that takes what the others leave is asked last.
    """
    load_plugins()
    rows = [row for row in FORMATS.values() if suffix.lower() in row.suffixes]
    rows.reverse()
    return tuple(sorted(rows, key=lambda row: row.default))


def recognise(candidates: tuple[Format, ...], head: bytes, path: str) -> Format | None:
    """The format that a file looks like, or None.

    Parameters
    ----------
    candidates : tuple of Format
        What `of_suffix` gives.
    head : bytes
        The first bytes of the file.
    path : str
        Path of the file.

    Returns
    -------
    Format or None
        The first that knows the file as its own.
    """
    head = head[:HEAD_BYTES]
    text = as_utf8(head)
    for row in candidates:
        # Files of a plug-in need not be text.
        if row.sniff is None or row.sniff(text if row.name in BUILT_IN else head, path):
            return row
    return None


def choose(candidates: tuple[Format, ...], head: bytes, path: str) -> Format:
    """The format of a file, among those that share its ending.

    Parameters
    ----------
    candidates : tuple of Format
        What `of_suffix` gives; at least one.
    head : bytes
        The first bytes of the file.
    path : str
        Path of the file.

    Returns
    -------
    Format
        The first that knows the file, or the one that takes what is left.

    Raises
    ------
    InvalidFileError
        If none does.
    """
    *special, last = candidates
    if not last.default:
        special.append(last)
    if (row := recognise(tuple(special), head, path)) is not None:
        return row
    if last.default:
        return last
    names = ", ".join(row.name for row in candidates)
    raise InvalidFileError(f"its beginning is not that of any known format: {names}")
