"""Read the box files of Open Images: CSV with sides as fractions.

Columns as https://storage.googleapis.com/openimages/web/download_v7.html describes
them: ImageID, Source, LabelName, Confidence, XMin, XMax, YMin, YMax and flags.
"""

from skanchors.annotations._collector import Collector
from skanchors.annotations.formats._csv import MAX_BYTES, read_csv
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._fractions import as_pixels


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
    read_csv(data, path, as_pixels(collector), options)


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
