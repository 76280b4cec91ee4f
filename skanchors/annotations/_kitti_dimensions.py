"""Three-dimensional sizes of the objects that KITTI labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from skanchors._checks import check_choice
from skanchors.annotations._files import (
    InvalidFileError,
    as_labels,
    check_paths,
    read_bytes,
)
from skanchors.annotations._findings import (
    ON_INVALID,
    Finding,
    raise_finding,
    report,
)
from skanchors.annotations.formats import _kitti


def read_kitti_dimensions(
    paths: Any,
    *,
    classes: Sequence[str] | None = None,
    on_invalid: str = "warn",
) -> np.ndarray:
    """Read the heights, widths and lengths of objects in KITTI label files.

    They are boxes of three sides, for anchors of 3-D detectors; the boxes in the image
    come from `read_annotations`.

    Parameters
    ----------
    paths : sequence of str or path-like
        Files of the folder ``label_2``.
    classes : sequence of str or None, default=None
        Names of the classes to read, such as ``["Car"]``. None reads all.
    on_invalid : {"warn", "raise", "ignore"}, default="warn"
        What to do about lines that cannot be used, as in `read_annotations`. Regions
        that nobody labelled (``DontCare``) have no size and are left out always.

    Returns
    -------
    ndarray of shape (n_objects, 3)
        Height, width and length in metres, in the order of the files.

    Raises
    ------
    ValueError
        With ``on_invalid="raise"``, at the first line that cannot be used.

    See Also
    --------
    read_annotations : The boxes in the image.

    Examples
    --------
    >>> import os, tempfile
    >>> from skanchors.annotations import read_kitti_dimensions
    >>> line = "Car 0 0 -1.5 599 156 629 189 1.5 1.6 3.9 0.4 1.4 69 -1.5"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "000000.txt")
    ...     with open(path, "w") as file:
    ...         n = file.write(line)
    ...     read_kitti_dimensions([path])
    array([[1.5, 1.6, 3.9]])
    """
    check_choice(on_invalid, ON_INVALID, name="on_invalid")
    wanted = as_labels(classes)
    sizes: list[list[float]] = []
    dropped: list[Finding] = []
    n_objects = 0
    paths = check_paths(paths, name="paths")
    for path in paths:
        try:
            rows = _kitti.rows(read_bytes(path, _kitti.MAX_BYTES))
        except InvalidFileError as error:
            rows = []
            dropped.append(Finding(path, None, str(error)))
        for number, line in rows:
            columns = line.split()
            n_objects += 1
            try:
                size = _kitti.parse(columns)[7:10]
            except ValueError as error:
                dropped.append(Finding(path, number, str(error)))
                continue
            if columns[0] == "DontCare" or (wanted and columns[0] not in wanted):
                continue
            if not all(0 < side < np.inf for side in size):
                dropped.append(Finding(path, number, "size is not above 0"))
                continue
            sizes.append(size)
        if dropped and on_invalid == "raise":
            raise_finding(dropped[0])
    report(dropped, [], n_objects, len(paths), on_invalid)
    return np.array(sizes, dtype=np.float64).reshape(-1, 3)
