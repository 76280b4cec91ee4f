"""Read files of any format, in batches."""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs

from skanchors._checks import check_choice
from skanchors._progress import track
from skanchors.annotations._class_names import as_class_names, declared
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import (
    InvalidFileError,
    folder_error,
    is_archive,
    not_content,
    read_bytes,
    to_str,
)
from skanchors.annotations._findings import ON_INVALID, Finding, raise_finding
from skanchors.annotations._image_sizes import make_sizes
from skanchors.annotations._table import AnnotationTable
from skanchors.annotations.formats import (
    COLUMNS,
    FORMATS,
    Format,
    ReadOptions,
    choose,
    format_names,
    of_suffix,
)

# Files that may be large share a batch until they hold this much.
_BATCH_BYTES = 1 << 20
_LOOK_AT = 20


class Batch(NamedTuple):
    """Files that are read in one go.

    Attributes
    ----------
    paths : list of str
        The files.
    formats : tuple of Format
        What they may be.
    share : float
        This part of what is worth starting processes for.
    """

    paths: list[str]
    formats: tuple[Format, ...]
    share: float


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
    notes: list


def read_batches(
    paths: Any,
    format: Any = "auto",
    *,
    image_sizes: Any = None,
    use_sizes: Any = True,
    class_names: Any = None,
    need_image_size: bool = True,
    keep_crowd: bool = False,
    columns: Any = "auto",
    override_sizes: bool = False,
    size_options: Any = None,
    on_invalid: str = "warn",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> Iterator[Any]:
    """Read files in batches, in several processes if that is worth it.

    Parameters are those of `read_annotations`; `use_sizes` is whether sizes of images
    are looked for even where a format can do without.

    Yields
    ------
    AnnotationTable or Sizes
        What each batch of files gives, in order; sizes if `size_options` are given.
    """
    check_choice(on_invalid, ON_INVALID, name="on_invalid")
    if not isinstance(format, Format):
        check_format(format)
    check_choice(columns, COLUMNS, name="columns")
    common = (as_class_names(class_names), need_image_size, keep_crowd, columns)
    if override_sizes and image_sizes is None:
        raise ValueError(
            "override_sizes puts image_sizes before the sizes that files state, but no "
            "image_sizes are given."
        )
    # Fractions may do without the sizes of images.
    options = {
        (fractions, beside): ReadOptions(
            make_sizes(image_sizes, beside and (fractions or need_image_size))
            if use_sizes or not fractions
            else make_sizes(None, False),
            *common,
            override_sizes,
        )
        for fractions in (False, True)
        for beside in (False, True)
    }
    batches: Iterable[Batch] = _batches(paths, format)
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


def _batches(paths: Iterable, format: str | Format) -> Iterator[Batch]:
    """The files in batches, each of files that may be of the same formats."""
    row = FORMATS.get(format) if isinstance(format, str) else format
    named = (
        (path, _ending(path) if row is None else "")
        for path in (to_str(path, i, "paths") for i, path in enumerate(paths))
    )
    for key, group in groupby(named, key=itemgetter(1)):
        members = (path for path, _ in group)
        if row is not None:
            formats: tuple[Format, ...] = (row._replace(sniff=None),)
        elif not (formats := of_suffix(key)):
            path = next(members)
            if is_archive(path):
                raise ValueError(f"{path!r} is an archive; unpack it first.")
            if os.path.isdir(path):
                raise folder_error(path)
            raise ValueError(
                f"The format of {path!r} cannot be told by its ending; pass "
                f"format=, one of {sorted(format_names())}. Of images and a data.yaml "
                "read_dataset finds the annotation files."
            )
        yield from _split(members, formats)


def _ending(path: str) -> str:
    """How the name of a file ends, in lower case."""
    start, dot, end = path.rpartition(".")
    if start[-1:] in ("", ".", "/", "\\") or "/" in end or "\\" in end:
        return os.path.splitext(path)[1].lower()
    return (dot + end).lower()


def _split(paths: Iterator[str], formats: tuple[Format, ...]) -> Iterator[Batch]:
    size = max(row.batch_size for row in formats)
    large = min(row.parallel_from for row in formats)
    small = max(row.parallel_from for row in formats)
    batch: list[str] = []
    n_bytes = 0
    for path in paths:
        batch.append(path)
        # Where the first files are small, so are the others.
        if large < small and len(batch) <= _LOOK_AT:
            n_bytes += _n_bytes(path)
        if len(batch) == size or n_bytes >= _BATCH_BYTES:
            yield Batch(batch, formats, _share(batch, n_bytes, large, small))
            batch, n_bytes = [], 0
    if batch:
        yield Batch(batch, formats, _share(batch, n_bytes, large, small))


def _share(batch: list[str], n_bytes: int, large: int, small: int) -> float:
    if n_bytes >= _BATCH_BYTES:
        return 1 / large
    return len(batch) / small


def _n_bytes(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):  # reading it will say what is wrong
        return 0


def _run(
    batches: Iterable[Batch],
    options: dict[tuple[bool, bool], ReadOptions],
    size_options: SizeOptions | None,
    n_jobs: int | None,
) -> Generator[Any, None, None]:
    """Results of the batches, in order."""
    batches = iter(batches)
    first, share = [], 0.0
    if effective_n_jobs(n_jobs) > 1:
        # Look ahead until there is enough to be worth starting processes.
        for batch in batches:
            first.append(batch)
            share += batch.share
            if share >= 1:
                break
    batches = chain(first, batches)
    if share < 1:
        for batch in batches:
            yield _read_batch(batch, options, size_options)
        return
    yield from _parallel(n_jobs)(
        delayed(_read_batch)(batch, _options_of(batch, options), size_options)
        for batch in batches
    )


def _options_of(
    batch: Batch, options: dict[tuple[bool, bool], ReadOptions]
) -> dict[tuple[bool, bool], ReadOptions]:
    """The options with no more sizes of images than the batch can need."""
    if any(row.batch_size == 1 or not row.whole for row in batch.formats):
        return options  # the names of the images are in the files
    return {key: value.only(batch.paths) for key, value in options.items()}


def _parallel(n_jobs: int | None) -> Parallel:
    """Results as they come, or all at once from backends that cannot do otherwise."""
    try:
        return Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:  # the backends of Ray and Spark
        return Parallel(n_jobs=n_jobs)


def _read_batch(
    batch: Batch,
    options: dict[tuple[bool, bool], ReadOptions],
    size_options: SizeOptions | None,
) -> Any:
    """Read some files; each run of files of one format has a collector of its own."""
    row = batch.formats[-1]
    collectors: list[tuple[Format, Collector]] = []
    for path in batch.paths:
        data, reason = b"", None
        try:
            row, data = _load(path, batch.formats)
        except InvalidFileError as error:
            reason = str(error)
        reason = reason or not_content(data)
        if not collectors or collectors[-1][0] is not row:
            chosen = options[row.fractions, row.beside]
            collector = _collector(row, chosen)
            collectors.append((row, collector))
        collector.start_file(path)
        try:
            if reason is not None:
                raise InvalidFileError(reason)
            row.read(data, path, collector, chosen)
        except InvalidFileError as error:
            collector.drop_file(f"{error}{_ends_as(path, row)}")
    tables = [collector.table() for _, collector in collectors]
    table = tables[0] if len(tables) == 1 else AnnotationTable.concatenate(tables)
    return table if size_options is None else _sizes(table, size_options)


def _ends_as(path: str, row: Format) -> str:
    """What a file that cannot be used as one of a format ends as, if as another."""
    ending = _ending(path)
    if not row.suffixes or ending in row.suffixes or not (others := of_suffix(ending)):
        return ""
    names = " or ".join(reversed([other.name for other in others]))
    return f"; a file that ends in {ending} is rather {names}"


def _collector(row: Format, options: ReadOptions) -> Collector:
    collector = Collector(
        need_image_size=options.need_image_size,
        keep_crowd=options.keep_crowd,
        fractions=row.fractions,
        centred=row.centred,
    )
    if options.class_names is not None:
        collector.declare(declared(options.class_names))
    return collector


def _load(path: str, formats: tuple[Format, ...]) -> tuple[Format, bytes]:
    """The format of a file, and its content, or the beginning of that."""
    if not formats[0].max_bytes:
        return formats[0], b""
    if len(formats) == 1 and formats[0].sniff is None and formats[0].whole:
        return formats[0], read_bytes(path, formats[0].max_bytes)
    found = formats[0]

    def limit(head: bytes) -> int | None:
        nonlocal found
        found = choose(formats, head, path)
        return found.max_bytes if found.whole else None

    data = read_bytes(path, limit)
    return found, data


def _sizes(table: Any, options: Any) -> Any:
    """What the extractors keep of a table."""
    table = table.select(options.classes, difficult=options.difficult)
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
        table.notes,
    )


def check_format(format: Any) -> None:
    """Refuse what is no name of a format."""
    check_choice(format, ("auto", *format_names()), name="format")
