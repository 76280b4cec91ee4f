"""Sizes of boxes in COCO JSON."""

from typing import Any, ClassVar

from skanchors.annotations._extractor import BaseBoxExtractor


class COCOBoxExtractor(BaseBoxExtractor):
    """Read the sizes of boxes from COCO JSON files.

    Takes paths, gives one row (width, height) a box. Usually there is one file for
    each part of a data set, with all its images and annotations in it.

    Parameters
    ----------
    %(scaling)s
    %(classes)s
    crowd : bool, default=False
        Whether to read crowd regions, which stand for many objects.
    %(min_size)s
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn. Each file is read by one process.
    %(verbose)s
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
    %(notes)s

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
        self.crowd = crowd

    def _read_options(self) -> dict[str, Any]:
        return {**super()._read_options(), "keep_crowd": self.crowd}
