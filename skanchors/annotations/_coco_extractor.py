"""Sizes of boxes in COCO JSON."""

from typing import Any, ClassVar

from skanchors.annotations._extractor import BaseBoxExtractor


class COCOBoxExtractor(BaseBoxExtractor):
    """Read the sizes of boxes from COCO JSON files.

    Takes paths, gives one row (width, height) a box. Usually there is one file for
    each part of a data set, with all its images and annotations in it.

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
    crowd : bool, default=False
        Whether to read crowd regions, which stand for many objects.
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
        Number of processes, as in scikit-learn. Each file is read by one process.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.
    image_sizes : mapping, path-like or None, default=None
        Sizes of images for files that do not tell them: from ``file_name`` to
        (width, height), or a CSV file with the columns name, width, height.

    See Also
    --------
    VOCBoxExtractor : The same for PASCAL VOC XML.
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
    >>> import json, tempfile
    >>> from skanchors.annotations import COCOBoxExtractor
    >>> content = {
    ...     "images": [{"id": 1, "width": 640, "height": 480}],
    ...     "annotations": [
    ...         {"id": 1, "image_id": 1, "category_id": 1, "bbox": [8, 9, 64, 96]}
    ...     ],
    ... }
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = folder + "/instances.json"
    ...     with open(path, "w") as file:
    ...         json.dump(content, file)
    ...     COCOBoxExtractor().transform([path])
    array([[0.1, 0.2]])
    """

    _format = "coco"
    _parameter_constraints: ClassVar[dict] = {
        **BaseBoxExtractor._parameter_constraints,
        "crowd": ["boolean"],
        "image_sizes": "no_validation",
    }

    def __init__(
        self,
        *,
        scaling: Any = "stretch",
        input_size: Any = None,
        classes: Any = None,
        crowd: Any = False,
        min_size: float = 0,
        on_invalid: str = "warn",
        n_jobs: int | None = None,
        verbose: int = 0,
        image_sizes: Any = None,
    ) -> None:
        self.scaling = scaling
        self.input_size = input_size
        self.classes = classes
        self.crowd = crowd
        self.min_size = min_size
        self.on_invalid = on_invalid
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.image_sizes = image_sizes

    def _read_options(self) -> dict[str, Any]:
        return {**super()._read_options(), "keep_crowd": self.crowd}
