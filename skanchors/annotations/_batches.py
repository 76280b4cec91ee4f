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
from skanchors.annotations._dirt import Finding, raise_finding
from skanchors.annotations._files import (
    InvalidFileError,
    read_bytes,
    to_str,
)
from skanchors.annotations._image_sizes import make_sizes


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
    keep_path: bool = False


class Sizes(NamedTuple):
    """What an extractor keeps of a batch."""

    boxes: np.ndarray
    path: np.ndarray | None
    dropped: list
    clipped: list
    n_files: int
    n_objects: int
    first: Finding | None


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
        path if options.keep_path else None,
        table.dropped,
        table.clipped,
        table.n_files,
        table.n_objects,
        table.first,
    )


def _check_choice(name, value, choices):
    if value not in choices:
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}.")
