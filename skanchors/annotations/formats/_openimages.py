"""Read the box files of Open Images: CSV with sides as fractions.

Columns as https://storage.googleapis.com/openimages/web/download_v7.html describes
them: ImageID, Source, LabelName, Confidence, XMin, XMax, YMin, YMax and flags.
"""

from skanchors.annotations._collector import Collector
from skanchors.annotations.formats._csv import MAX_BYTES, read_csv
from skanchors.annotations.formats._format import Format, ReadOptions


def read_openimages(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a box file of Open Images to the collector.

    Boxes around a group of objects are crowd regions.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : str
        Path of the file.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` gives the sizes of images.
    """
    # It stands in for a collector: all that `read_csv` calls is there.
    read_csv(data, path, _Fractions(collector), options)  # type: ignore[arg-type]


class _Fractions:
    """Makes pixels of fractions where the size of the image is known."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._size = (1.0, 1.0)
        self.drop = collector.drop
        self.note = collector.note
        self.may_be_corners = collector.may_be_corners
        self.path = collector.path

    def start_image(
        self, name: str, width: float, height: float, problem: str = ""
    ) -> None:
        self._size = (width, height) if width else (1.0, 1.0)
        self._collector.start_image(name, width, height, problem)

    def add(self, number: int, label: str, box: tuple, **flags: bool) -> None:
        width, height = self._size
        x, y, w, h = box
        scaled = (x * width, y * height, w * width, h * height)
        self._collector.add(number, label, scaled, **flags)


def sniff(head: bytes, path: str) -> bool:
    """Whether the header is that of Open Images, in any order of its columns."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").partition(b"\n")[0]
    return {name.strip(b' \r"') for name in first.split(b",")} >= _COLUMNS


# Whoever has pixels calls the columns otherwise.
_COLUMNS = {b"ImageID", b"XMin", b"XMax", b"YMin", b"YMax"}


FORMAT = Format(
    "openimages",
    read_openimages,
    (".csv",),
    "Open Images boxes",
    sniff,
    max_bytes=MAX_BYTES,
    batch_size=1,
    parallel_from=2,
    fractions=True,
    beside=True,
)
