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
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default="stretch"
        How the detector brings an image to the size of its input:

        - "stretch": width and height each by a factor of their own, as Darknet does;
        - "letterbox": both by the largest factor with which the image fits, the rest
          is padding, as YOLOv5 does;
        - "shortest_edge": both by ``min(shortest / short side, longest / long side)``,
          as torchvision, Detectron2 and MMDetection do before they round;
        - "pixels": not at all.

    input_size : int, (int, int) or None, default=None
        Width and height of the network's input; an int for a square. Sizes come out
        in its pixels. With None they are fractions: for "stretch" of the width and
        height of the image, for "letterbox" of its longer side, which is the side of
        the square that it is padded to. For "shortest_edge" it is (shortest, longest)
        and cannot be None.
    classes : sequence of str or None, default=None
        Names of the classes to read. None reads all.
    min_size : float, default=0
        Leave out boxes with a side below this, in the unit of the output.
    on_invalid : {"warn", "raise", "ignore"}, default="warn"
        What to do about objects and files that cannot be used, and about boxes that
        reach beyond their image by more than half a pixel. "warn" leaves out what
        cannot be used, cuts boxes to the part inside the image, which is what a
        detector sees, and says in one `AnnotationWarning` how many, why and in which
        files. "raise" stops at the first with a ValueError. "ignore" is as "warn"
        without the warning.
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn. Fewer than 20 000 files are read in
        this one, as starting others would take longer. The result is the same.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.
    image_sizes : mapping, path-like or None, default=None
        Sizes of the images: from the name of the image or of the label file to (width,
        height), or a CSV file with the columns name, width, height. With None the
        header of the image is read, PNG, JPEG or BMP, which is beside the label file
        or in the folder ``images`` beside ``labels``. ``scaling="stretch"`` does
        without.
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
    The extractor learns nothing: `transform` works without `fit`.

    It changes the number of rows, one a file to one a box, which scikit-learn does not
    provide for. What works: the first step of a Pipeline whose last step needs no
    `y`, such as `IoUKMeans`, with `fit`, `predict`, `score`, `cross_validate`,
    `GridSearchCV` (the folds are of files, so that no image is in two of them),
    `clone` and pickling. What does not: `sample_weight` or `y` with one entry a box
    handed through cross-validation; a FeatureUnion or a ColumnTransformer with
    columns of another source.

    ``Pipeline(memory=...)`` knows files by their paths. So that an edited file is
    read anew, pass the paths through `stamp_paths`.

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
        "image_sizes": "no_validation",
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
        self.scaling = scaling
        self.input_size = input_size
        self.classes = classes
        self.min_size = min_size
        self.on_invalid = on_invalid
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.image_sizes = image_sizes
        self.class_names = class_names
        self.columns = columns

    def _read_options(self) -> dict[str, Any]:
        return {
            **super()._read_options(),
            "class_names": self.class_names,
            "columns": self.columns,
        }
