"""What a format of annotation files is to the rest of the package."""

from collections.abc import Callable
from typing import Any, NamedTuple


class ReadOptions(NamedTuple):
    """What the readers need to know."""

    image_sizes: Any
    class_names: Any = None
    need_image_size: bool = True
    keep_crowd: bool = False
    #: Meaning of YOLO lines with more than six columns: auto, box or segment.
    columns: str = "auto"
    #: Whether given sizes go before those that files state.
    override_sizes: bool = False

    def size(
        self, stated: tuple[float, float] | None, name: str, near: str | None = None
    ) -> tuple[float, float] | None:
        """Size of an image, or None.

        Parameters
        ----------
        stated : (float, float) or None
            What its annotation file says.
        name : str
            The image, or its annotation file.
        near : str or None, default=None
            The annotation file, if that is of many images.
        """
        if stated is not None and not self.override_sizes:
            return stated
        return self.image_sizes.find(name, near) or stated

    def only(self, paths: list[str]) -> "ReadOptions":
        """The same with no more sizes than some files need, to send to a process."""
        return self._replace(image_sizes=self.image_sizes.only(paths))


class Format(NamedTuple):
    """How to read the files of a format: one row of the table.

    Attributes
    ----------
    name : str
        What ``read_annotations(format=...)`` calls it.
    read : callable
        ``read(data, path, collector, options)`` hands what is in a file to the
        collector. Raises `InvalidFileError` about a file that is of no use at all.
    suffixes : tuple of str
        How the names of its files may end, in lower case. Formats may share an ending.
    summary : str
        The format in a few words.
    sniff : callable or None
        ``sniff(head, path) -> bool``: whether a file that begins with these bytes, and
        ends as the format's files do, is of this format. None: it always is.
    default : bool
        Whether the format takes what no other format of that ending wants, so that
        its reader says what is wrong with it.
    max_bytes : int
        The largest file that is read.
    batch_size : int
        Files that one call of a worker reads.
    parallel_from : int
        Starting processes takes longer than reading fewer files than this.
    fractions : bool
        Whether boxes in an image of unknown size are fractions of it.
    centred : bool
        Whether `read` gives boxes as centre and size, in fractions of the image.
    beside : bool
        Whether sizes of images are looked for in the headers of the images near the
        file.
    whole : bool
        Whether `read` wants the content; if not, it gets the first bytes only, and
        reads the file itself.
    """

    name: str
    read: Callable[..., None]
    suffixes: tuple[str, ...]
    summary: str
    sniff: Callable[[bytes, str], bool] | None = None
    default: bool = False
    max_bytes: int = 16 << 20
    batch_size: int = 500
    parallel_from: int = 20_000
    fractions: bool = False
    centred: bool = False
    beside: bool = False
    whole: bool = True
