"""Sizes of boxes in PASCAL VOC XML."""

from typing import Any, ClassVar

from skanchors.annotations._batches import SizeOptions
from skanchors.annotations._extractor import BaseBoxExtractor


class VOCBoxExtractor(BaseBoxExtractor):
    """Read the sizes of boxes from PASCAL VOC XML files.

    Takes paths, gives one row (width, height) a box.

    A width is ``xmax - xmin``, without the 1 that some tools add. Boxes of parts
    (``<part>``) are not boxes of objects. Files with a document type declaration are
    refused.

    Parameters
    ----------
    %(scaling)s
    %(classes)s
    difficult : bool, default=True
        Whether to read objects marked difficult.
    %(min_size)s
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn. Fewer than 20 000 files are read in
        this one, as starting others would take longer. The result is the same.
    %(verbose)s
    image_sizes : mapping, path-like or None, default=None
        Sizes of images for files that do not tell them: from the name of the image to
        (width, height), or a CSV file with the columns name, width, height.

    See Also
    --------
    COCOBoxExtractor : The same for COCO JSON.
    YOLOBoxExtractor : The same for YOLO label files.
    read_annotations : Labels, flags and image sizes too.

    Notes
    -----
    %(notes)s

    Examples
    --------
    >>> from skanchors.annotations import VOCBoxExtractor
    >>> from skanchors.datasets import load_sample_paths
    >>> paths = load_sample_paths()
    >>> X = VOCBoxExtractor(scaling="letterbox", input_size=416).transform(paths)
    >>> X.shape
    (368, 2)
    """

    _format = "voc"
    _parameter_constraints: ClassVar[dict] = {
        **BaseBoxExtractor._parameter_constraints,
        "difficult": ["boolean"],
    }

    def __init__(
        self,
        *,
        scaling: Any = "stretch",
        input_size: Any = None,
        classes: Any = None,
        difficult: Any = True,
        min_size: float = 0,
        on_invalid: str = "warn",
        n_jobs: int | None = None,
        verbose: int = 0,
        image_sizes: Any = None,
    ) -> None:
        super().__init__(
            scaling=scaling,
            input_size=input_size,
            classes=classes,
            min_size=min_size,
            on_invalid=on_invalid,
            n_jobs=n_jobs,
            verbose=verbose,
            image_sizes=image_sizes,
        )
        self.difficult = difficult

    def _size_options(self) -> SizeOptions:
        return super()._size_options()._replace(difficult=self.difficult)
