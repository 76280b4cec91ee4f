"""Read files of any format, in batches."""

import os
from contextlib import closing
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs

from skanchors._progress import track
from skanchors.annotations import _coco_reader, _voc_reader, _yolo_reader
from skanchors.annotations._collector import Collector
from skanchors.annotations._dirt import Finding, raise_finding, report
from skanchors.annotations._files import (
    InvalidFileError,
    check_paths,
    read_bytes,
    to_str,
)
from skanchors.annotations._image_sizes import make_sizes
from skanchors.annotations._scaling import check_input_size
from skanchors.annotations._table import AnnotationTable


class Format(NamedTuple):
    """How to read the files of a format."""

    read: Any
    suffix: str
    max_bytes: int
    #: Files that one call of a worker reads.
    batch_size: int
    #: Starting processes takes longer than reading fewer files than this.
    parallel_from: int


FORMATS = {
    "voc": Format(_voc_reader.read_voc, ".xml", _voc_reader.MAX_BYTES, 500, 20_000),
    "coco": Format(_coco_reader.read_coco, ".json", _coco_reader.MAX_BYTES, 1, 2),
    "yolo": Format(_yolo_reader.read_yolo, ".txt", _yolo_reader.MAX_BYTES, 500, 20_000),
}
_BY_SUFFIX = {format.suffix: name for name, format in FORMATS.items()}


class ReadOptions(NamedTuple):
    """What the readers need to know."""

    image_sizes: Any
    class_names: Any = None
    need_image_size: bool = True
    keep_crowd: bool = False

    def only(self, paths):
        """The same with no more sizes than some files need, to send to a process."""
        return self._replace(image_sizes=self.image_sizes.only(paths))


class SizeOptions(NamedTuple):
    """Which boxes to take from a table, and in which unit."""

    scaling: str = "stretch"
    input_size: Any = None
    classes: frozenset | None = None
    difficult: bool = True
    min_size: float = 0


class Sizes(NamedTuple):
    """What an extractor keeps of a batch."""

    boxes: np.ndarray
    path: np.ndarray
    dropped: list
    clipped: list
    n_files: int
    n_objects: int
    first: Finding | None


def read_annotations(
    paths,
    format="auto",
    *,
    image_sizes=None,
    class_names=None,
    crowd=False,
    need_image_size=True,
    on_invalid="warn",
    n_jobs=None,
    verbose=0,
):
    """Read annotation files into a table with one row a box.

    Parameters
    ----------
    paths : sequence of str or path-like
        The files. Formats may be mixed if `format` is "auto".
    format : {"auto", "voc", "coco", "yolo"}, default="auto"
        PASCAL VOC XML, COCO JSON or YOLO label files. "auto" tells them by the ends
        of their names: ``.xml``, ``.json``, ``.txt``.
    image_sizes : mapping, path-like or None, default=None
        Sizes of images, for files that do not tell them: a mapping from the name of
        the image (or of the annotation file) to (width, height) in pixels, or a CSV
        file with the columns name, width, height. With None, for YOLO, the headers of
        the images beside the label files or in the folder ``images`` beside
        ``labels`` are read, where there are some.
    class_names : sequence or mapping of int to str, or None, default=None
        Names of the class numbers in YOLO files. With None the labels are the
        numbers, as text.
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
    paths = check_paths(paths, name="paths")
    table = AnnotationTable.concatenate(
        read_batches(
            paths,
            format,
            image_sizes=image_sizes,
            class_names=class_names,
            need_image_size=need_image_size,
            keep_crowd=crowd,
            on_invalid=on_invalid,
            n_jobs=n_jobs,
            verbose=verbose,
        )
    )
    report(table.dropped, table.clipped, table.n_objects, table.n_files, on_invalid)
    return table


def iter_sizes(
    paths,
    chunk_size=100_000,
    *,
    format="auto",
    scaling="stretch",
    input_size=None,
    classes=None,
    difficult=True,
    min_size=0,
    image_sizes=None,
    class_names=None,
    crowd=False,
    on_invalid="warn",
    n_jobs=None,
    verbose=0,
):
    """Stream the sizes of boxes in chunks, for any number of files.

    Only one chunk and a batch of files are in memory at a time, so that
    ``IoUKMeans.partial_fit`` or ``BoxHistogram.partial_fit`` can take boxes from
    millions of files.

    Parameters
    ----------
    paths : iterable of str or path-like
        The files; here an iterator will do.
    chunk_size : int, default=100_000
        Number of boxes in a chunk; the last may have fewer.
    format : {"auto", "voc", "coco", "yolo"}, default="auto"
        As in `read_annotations`.
    scaling, input_size, classes, difficult, min_size
        As in `VOCBoxExtractor`.
    image_sizes, class_names, crowd, on_invalid, n_jobs, verbose
        As in `read_annotations`. The warning comes after the last chunk.

    Yields
    ------
    ndarray of shape (chunk_size, 2)
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
    _check_choice("on_invalid", on_invalid, ("warn", "raise", "ignore"))
    if chunk_size < 1:
        raise ValueError(f"chunk_size must be 1 or larger, got {chunk_size!r}.")
    check_input_size(scaling, input_size)
    if isinstance(paths, str | bytes | os.PathLike):
        check_paths(paths, name="paths")  # says what to pass
    size_options = SizeOptions(
        scaling, input_size, as_labels(classes), difficult, min_size
    )
    batches = read_batches(
        paths,
        format,
        image_sizes=image_sizes,
        use_sizes=scaling != "stretch",
        class_names=class_names,
        need_image_size=scaling != "pixels",
        keep_crowd=crowd,
        size_options=size_options,
        on_invalid=on_invalid,
        n_jobs=n_jobs,
        verbose=verbose,
    )
    return _chunks(batches, chunk_size, on_invalid)


def _chunks(batches, chunk_size, on_invalid):
    waiting, n_waiting = [], 0
    dropped, clipped, n_objects, n_files = [], [], 0, 0
    for batch in batches:
        dropped += batch.dropped
        clipped += batch.clipped
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
    report(dropped, clipped, n_objects, n_files, on_invalid)


def as_labels(classes):
    """Class names to keep as a set of text, or None for all."""
    if classes is None:
        return None
    if isinstance(classes, str):
        raise TypeError(f"classes must be a list of names, such as [{classes!r}].")
    return frozenset(map(str, classes))


def read_batches(
    paths,
    format="auto",
    *,
    image_sizes=None,
    use_sizes=True,
    class_names=None,
    need_image_size=True,
    keep_crowd=False,
    size_options=None,
    on_invalid="warn",
    n_jobs=None,
    verbose=0,
):
    """Read files in batches, in several processes if that is worth it.

    Parameters are those of `read_annotations`; `use_sizes` is whether sizes of images
    are looked for even where a format can do without.

    Yields
    ------
    AnnotationTable or Sizes
        What each batch of files gives, in order; sizes if `size_options` are given.
    """
    _check_choice("on_invalid", on_invalid, ("warn", "raise", "ignore"))
    _check_choice("format", format, ("auto", *FORMATS))
    common = (class_names, need_image_size, keep_crowd)
    options = {
        name: ReadOptions(make_sizes(image_sizes, False), *common) for name in FORMATS
    }
    yolo_sizes = make_sizes(image_sizes, True) if use_sizes else make_sizes(None, False)
    options["yolo"] = ReadOptions(yolo_sizes, *common)
    batches = _batches(paths, format)
    if hasattr(paths, "__len__"):
        batches = list(batches)
        total = len(batches)
    else:
        total = None
    results = _run(batches, options, size_options, n_jobs)
    with closing(results):
        for result in track(
            results, total=total, description="Reading annotations", verbose=verbose
        ):
            if on_invalid == "raise" and result.first is not None:
                raise_finding(result.first)
            yield result


def _batches(paths, format):
    """Lists of paths, each of one format, with the format's name."""
    named = (
        (path, _format_of(path) if format == "auto" else format)
        for path in (to_str(path, i, "paths") for i, path in enumerate(paths))
    )
    for name, group in groupby(named, key=itemgetter(1)):
        while batch := [p for p, _ in islice(group, FORMATS[name].batch_size)]:
            yield batch, name


def _format_of(path):
    suffix = os.path.splitext(path)[1].lower()
    try:
        return _BY_SUFFIX[suffix]
    except KeyError:
        raise ValueError(
            f"The format of {path!r} cannot be told by its ending; pass format=, one "
            f"of {sorted(FORMATS)}."
        ) from None


def _run(batches, options, size_options, n_jobs):
    """Results of the batches, in order."""
    batches = iter(batches)
    first, share = [], 0.0
    if effective_n_jobs(n_jobs) > 1:
        # Look ahead until there is enough to be worth starting processes.
        for batch, name in batches:
            first.append((batch, name))
            share += len(batch) / FORMATS[name].parallel_from
            if share >= 1:
                break
    batches = chain(first, batches)
    if share < 1:
        for batch, name in batches:
            yield _read_batch(batch, name, options[name], size_options)
        return
    yield from Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_read_batch)(batch, name, options[name].only(batch), size_options)
        for batch, name in batches
    )


def _read_batch(paths, format, options, size_options):
    """Read some files of one format."""
    read, _, max_bytes, *_ = FORMATS[format]
    collector = Collector(
        need_image_size=options.need_image_size,
        keep_crowd=options.keep_crowd,
        fractions=format == "yolo",
    )
    for path in paths:
        collector.start_file(path)
        try:
            read(read_bytes(path, max_bytes), path, collector, options)
        except InvalidFileError as error:
            collector.drop_file(str(error))
    table = collector.table()
    return table if size_options is None else _sizes(table, size_options)


def _sizes(table, options):
    """What the extractors keep of a table."""
    keep = np.ones(len(table), dtype=bool)
    if options.classes is not None:
        keep &= [label in options.classes for label in table.label.tolist()]
    if not options.difficult:
        keep &= ~table.difficult
    if not keep.all():
        table = table[keep]
    boxes = table.sizes(options.scaling, options.input_size)
    path = table.path
    if options.min_size > 0:
        keep = boxes.min(axis=1, initial=np.inf) >= options.min_size
        boxes, path = boxes[keep], path[keep]
    return Sizes(
        boxes,
        path,
        table.dropped,
        table.clipped,
        table.n_files,
        table.n_objects,
        table.first,
    )


def _check_choice(name, value, choices):
    if value not in choices:
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}.")
