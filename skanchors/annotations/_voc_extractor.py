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
    difficult : bool, default=True
        Whether to read objects marked difficult.
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
        Sizes of images for files that do not tell them: from the name of the image to
        (width, height), or a CSV file with the columns name, width, height.

    See Also
    --------
    COCOBoxExtractor : The same for COCO JSON.
    YOLOBoxExtractor : The same for YOLO label files.
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
        "image_sizes": "no_validation",
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
        self.scaling = scaling
        self.input_size = input_size
        self.classes = classes
        self.difficult = difficult
        self.min_size = min_size
        self.on_invalid = on_invalid
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.image_sizes = image_sizes

    def _size_options(self) -> SizeOptions:
        return super()._size_options()._replace(difficult=self.difficult)
