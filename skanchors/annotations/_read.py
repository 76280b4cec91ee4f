"""Read files into one table."""

from typing import Any

from skanchors.annotations._batches import read_batches
from skanchors.annotations._files import check_paths, is_data_set
from skanchors.annotations._findings import report_table, unused_sizes
from skanchors.annotations._repeats import repeats
from skanchors.annotations._table import AnnotationTable


def read_annotations(
    paths: Any,
    format: Any = "auto",
    *,
    image_sizes: Any = None,
    class_names: Any = None,
    columns: Any = "auto",
    override_sizes: bool = False,
    crowd: Any = False,
    need_image_size: bool = True,
    on_invalid: str = "warn",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> AnnotationTable:
    """Read annotation files into a table with one row a box.

    Parameters
    ----------
    paths : sequence of str or path-like, or path-like
        The files. Formats may be mixed if `format` is "auto". Of one folder, or a
        ``data.yaml``, all files, as `read_dataset` finds them.
    format : {"auto", "voc", "coco", "yolo"}, default="auto"
        PASCAL VOC XML, COCO JSON or YOLO label files. "auto" tells them by the ends
        of their names: ``.xml``, ``.json``, ``.txt``.
    image_sizes : mapping, path-like or None, default=None
        Sizes of images, for files that do not tell them: a mapping from the name of
        the image (or of the annotation file) to (width, height) in pixels, or a CSV
        file with the columns name, width, height. With None, where a file does not
        tell the size, the header of the image beside it is read, or of that in the
        folder ``images`` beside ``labels``, where there is one.
    class_names : sequence, mapping of int to str, path-like or None, default=None
        Names of the class numbers in YOLO and CSV files, or a file of them: a
        ``data.yaml``, or text with one name a line. A mapping of str to str, and Open
        Images' table of its classes, name the texts of CSV files. With None the labels
        are what the files have.
    columns : {"auto", "box", "segment"}, default="auto"
        What YOLO lines of more than six columns are: a box with other values, such as
        key points; the corners of a segment; or whatever all such lines of a file can
        be, and the warning says what was decided where they could be both.
    override_sizes : bool, default=False
        Whether `image_sizes` go before the sizes that VOC and COCO files state.
    crowd : bool, default=False
        Whether to keep the crowd regions of COCO. If not, they are in `dropped`.
    need_image_size : bool, default=True
        Whether to leave out boxes in pixels if the size of their image is unknown.
        Without it only ``scaling="pixels"`` is possible.
    on_invalid : {"warn", "raise", "ignore"}, default="warn"
        What to do about objects and files that cannot be used, and about boxes that
        reach beyond their image. "warn" leaves out what cannot be used, cuts boxes
        to their image, and says in one warning how many, why and in which files.
        "raise" stops at the first. "ignore" is as "warn" without the warning.
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn. Files so few that starting the
        processes would take longer are read in this one. The result is the same.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.

    Returns
    -------
    AnnotationTable
        The boxes, in the order of the files and within them.

    Raises
    ------
    OSError
        If a path does not exist, or is a folder, a device or a pipe.
    TypeError, ValueError
        If `paths` is not a sequence of paths, or a parameter is wrong; with
        ``on_invalid="raise"`` also at the first thing that cannot be used.

    See Also
    --------
    iter_sizes : Stream the sizes of any number of boxes.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> len(table)
    368
    >>> print(table.summary())  # doctest: +SKIP
    """
    if is_data_set(paths):
        # It reads by way of this module, too.
        from skanchors.annotations._read_dataset import read_dataset

        return read_dataset(
            paths,
            format=format,
            image_sizes=image_sizes,
            class_names=class_names,
            columns=columns,
            override_sizes=override_sizes,
            crowd=crowd,
            need_image_size=need_image_size,
            on_invalid=on_invalid,
            n_jobs=n_jobs,
            verbose=verbose,
        )
    paths = check_paths(paths, name="paths")
    table = AnnotationTable.concatenate(
        read_batches(
            paths,
            format,
            image_sizes=image_sizes,
            class_names=class_names,
            columns=columns,
            override_sizes=override_sizes,
            need_image_size=need_image_size,
            keep_crowd=crowd,
            on_invalid=on_invalid,
            n_jobs=n_jobs,
            verbose=verbose,
        )
    )
    table.notes += unused_sizes(table, image_sizes) + repeats(table)
    report_table(table, on_invalid)
    return table
