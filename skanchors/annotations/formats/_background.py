"""Images that have no annotation file, as they have no objects."""

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import stem
from skanchors.annotations.formats._format import Format, ReadOptions


def read_background(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand an image without objects to the collector.

    Parameters
    ----------
    data : bytes
        Nothing.
    path : str
        Path of the image, which need not exist.
    collector : Collector
        Takes the image.
    options : ReadOptions
        `image_sizes` gives the sizes of images.
    """
    collector.n_files -= 1  # there is none
    collector.start_image(stem(path), *(options.image_sizes.find(path) or (0, 0)))


# Not in the table: nobody has files of it.
WITHOUT_OBJECTS = Format(
    "image", read_background, (), "images without objects", max_bytes=0, beside=True
)
