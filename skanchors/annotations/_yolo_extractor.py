"""Sizes of boxes in YOLO label files."""

from typing import Any, ClassVar

from skanchors._compat._sklearn import StrOptions
from skanchors.annotations._extractor import BaseBoxExtractor
from skanchors.annotations.formats import COLUMNS


class YOLOBoxExtractor(BaseBoxExtractor):
    """Read the sizes of boxes from YOLO label files.

    Takes paths, gives one row (width, height) a box. Lines are ``class x y width
    height`` in fractions of the image, perhaps with a confidence, or ``class x1 y1 x2
    y2 x3 y3 ...``, the corners of a segment, whose bounding box is taken.

    Parameters
    ----------
    %(scaling)s
    %(classes)s
    %(min_size)s
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn. Fewer than 20 000 files are read in
        this one, as starting others would take longer. The result is the same.
    %(verbose)s
    image_sizes : mapping, path-like or None, default=None
        Sizes of the images: from the name of the image or of the label file to (width,
        height), or a CSV file with the columns name, width, height. With None the
        header of the image is read, PNG, JPEG, BMP, GIF, WebP or TIFF, which is beside
        the label file or in the folder ``images`` beside ``labels``.
        ``scaling="stretch"`` does without.
    class_names : sequence, mapping of int to str, path-like or None, default=None
        Names of the class numbers. With None the names are the numbers, as text.
    columns : {"auto", "box", "segment"}, default="auto"
        What YOLO lines of more than six columns are: a box with other values, such as
        key points; the corners of a segment; or whatever all such lines of a file can
        be, and the warning says what was decided where they could be both.

    See Also
    --------
    VOCBoxExtractor : The same for PASCAL VOC XML.
    COCOBoxExtractor : The same for COCO JSON.
    read_annotations : Labels, flags and image sizes too.

    Notes
    -----
    %(notes)s

    Examples
    --------
    >>> import tempfile
    >>> from skanchors.annotations import YOLOBoxExtractor
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = folder + "/000001.txt"
    ...     with open(path, "w") as file:
    ...         n = file.write("0 0.5 0.5 0.1 0.2")
    ...     YOLOBoxExtractor().transform([path])
    array([[0.1, 0.2]])
    """

    _format = "yolo"
    _parameter_constraints: ClassVar[dict] = {
        **BaseBoxExtractor._parameter_constraints,
        "class_names": "no_validation",
        "columns": [StrOptions(set(COLUMNS))],
    }

    def __init__(
        self,
        *,
        scaling: Any = "stretch",
        input_size: Any = None,
        classes: Any = None,
        min_size: float = 0,
        on_invalid: str = "warn",
        n_jobs: int | None = None,
        verbose: int = 0,
        image_sizes: Any = None,
        class_names: Any = None,
        columns: Any = "auto",
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
        self.class_names = class_names
        self.columns = columns

    def _read_options(self) -> dict[str, Any]:
        return {
            **super()._read_options(),
            "class_names": self.class_names,
            "columns": self.columns,
        }
