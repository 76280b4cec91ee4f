"""Stream sizes of any number of boxes."""

import os
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from skanchors._checks import check_count, check_number
from skanchors.annotations._batches import SizeOptions, read_batches
from skanchors.annotations._files import as_labels, check_paths, is_data_set
from skanchors.annotations._findings import report
from skanchors.annotations._scaling import check_scaling
from skanchors.annotations.layouts import find


def iter_sizes(
    paths: Any,
    chunk_size: int = 100_000,
    *,
    format: Any = "auto",
    scaling: Any = "stretch",
    input_size: Any = None,
    classes: Any = None,
    difficult: Any = True,
    min_size: float = 0,
    image_sizes: Any = None,
    class_names: Any = None,
    columns: Any = "auto",
    crowd: Any = False,
    on_invalid: str = "warn",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> Iterator[Any]:
    """Stream the sizes of boxes in chunks, for any number of files.

    Only one chunk and a batch of files are in memory at a time, so that
    ``IoUKMeans.partial_fit`` or ``BoxHistogram.partial_fit`` can take boxes from
    millions of files.

    Parameters
    ----------
    paths : iterable of str or path-like, or path-like
        The files; here an iterator will do. Of one folder, or a ``data.yaml``, all
        files.
    chunk_size : int, default=100_000
        Number of boxes in a chunk; the last may have fewer.
    format : {"auto", "voc", "coco", "yolo"}, default="auto"
        As in `read_annotations`.
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default="stretch"
        As in `VOCBoxExtractor`, and so are the next four.
    input_size : int, (int, int) or None, default=None
        Width and height of the network's input.
    classes : sequence of str or None, default=None
        Names of the classes to read.
    difficult : bool, default=True
        Whether to read objects marked difficult.
    min_size : float, default=0
        Leave out boxes with a side below this, in the unit of the output.
    image_sizes : mapping, path-like or None, default=None
        As in `read_annotations`, and so are the rest.
    class_names : sequence, mapping of int to str, path-like or None, default=None
        Names of the class numbers in YOLO files.
    columns : {"auto", "box", "segment"}, default="auto"
        What YOLO lines of more than six columns are.
    crowd : bool, default=False
        Whether to read the crowd regions of COCO.
    on_invalid : {"warn", "raise", "ignore"}, default="warn"
        What to do about findings. The warning comes after the last chunk.
    n_jobs : int or None, default=None
        Number of processes.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.

    Returns
    -------
    iterator of ndarray of shape (chunk_size, 2)
        Widths and heights.

    See Also
    --------
    read_annotations : Labels, flags and image sizes too.

    Examples
    --------
    >>> from skanchors.annotations import iter_sizes
    >>> from skanchors.datasets import load_sample_paths
    >>> [len(chunk) for chunk in iter_sizes(load_sample_paths(), 150)]
    [150, 150, 68]
    """
    chunk_size = check_count(chunk_size, name="chunk_size")
    check_number(min_size, name="min_size")
    check_scaling(scaling, input_size)
    if is_data_set(paths):
        parts = [
            (part.paths, part.class_names if class_names is None else class_names)
            for part in find(os.fspath(paths), None, format).parts
        ]
    elif isinstance(paths, str | bytes | os.PathLike):
        check_paths(paths, name="paths")  # says what to pass
    else:
        parts = [(paths, class_names)]
    size_options = SizeOptions(
        scaling, input_size, as_labels(classes), difficult, min_size
    )
    options = {
        "image_sizes": image_sizes,
        "use_sizes": scaling != "stretch",
        "columns": columns,
        "need_image_size": scaling != "pixels",
        "keep_crowd": crowd,
        "size_options": size_options,
        "on_invalid": on_invalid,
        "n_jobs": n_jobs,
        "verbose": verbose,
    }
    batches = chain.from_iterable(
        [
            read_batches(files, format, class_names=names, **options)
            for files, names in parts
        ]
    )
    return _chunks(batches, chunk_size, on_invalid)


def _chunks(batches: Any, chunk_size: int, on_invalid: str) -> Iterator[Any]:
    waiting, n_waiting = [], 0
    dropped, clipped, notes, n_objects, n_files = [], [], [], 0, 0
    for batch in batches:
        dropped += batch.dropped
        clipped += batch.clipped
        notes += batch.notes
        n_objects += batch.n_objects
        n_files += batch.n_files
        waiting.append(batch.boxes)
        n_waiting += len(batch.boxes)
        if n_waiting >= chunk_size:
            boxes = np.concatenate(waiting)
            whole = n_waiting - n_waiting % chunk_size
            yield from np.split(boxes[:whole], whole // chunk_size)
            waiting, n_waiting = [boxes[whole:].copy()], n_waiting - whole
    if n_waiting:
        yield np.concatenate(waiting)
    report(dropped, clipped, n_objects, n_files, on_invalid, notes)
