"""Read the data set below a root."""

import os
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from skanchors._plain_text import one_line
from skanchors._warnings import warn
from skanchors.annotations._batches import check_format, read_batches
from skanchors.annotations._files import check_paths
from skanchors.annotations._findings import (
    AnnotationWarning,
    Finding,
    raise_finding,
    report_table,
    unused_sizes,
)
from skanchors.annotations._repeats import repeats
from skanchors.annotations._table import AnnotationTable
from skanchors.annotations.formats import FORMATS, WITHOUT_OBJECTS
from skanchors.annotations.layouts import Found, Part, find, once


def read_dataset(
    root: Any,
    split: str | None = None,
    *,
    format: str = "auto",
    image_sizes: Any = None,
    class_names: Any = None,
    columns: str = "auto",
    override_sizes: bool = False,
    crowd: bool = False,
    need_image_size: bool = True,
    on_invalid: str = "warn",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> AnnotationTable:
    """Read a data set from the folder or file where it begins.

    Parameters
    ----------
    root : str or path-like, or sequence of these
        One of, or several of:

        - the folder of a data set, an export of a labelling tool for instance;
        - a ``data.yaml`` of Ultralytics or Roboflow, which needs PyYAML;
        - a ``.data`` of Darknet, or a text file that lists images, one a line, whose
          label files are beside them or in ``labels`` beside ``images``;
        - an annotation file.

    split : str or None, default=None
        Read only this part, such as "train", "val" or "test"; other usual names of
        these, such as "valid" or "train2017", mean the same. For a devkit of PASCAL
        VOC the name of any image set. None reads all.
    format : str, default="auto"
        As in `read_annotations`. "auto" reads the format of which there are most
        files.
    image_sizes : mapping, path-like or None, default=None
        As in `read_annotations`, and so are the rest.
    class_names : sequence, mapping of int to str, path-like or None, default=None
        Names of the class numbers. With None those that the data set has: in its
        ``data.yaml``, ``obj.names``, ``classes.txt`` or ``notes.json``, and for Open
        Images in ``class-descriptions-boxable.csv``.
    columns : {"auto", "box", "segment"}, default="auto"
        What YOLO lines of more than six columns are: a box with other values, such as
        key points; the corners of a segment; or whatever all such lines of a file can
        be, and the warning says what was decided where they could be both.
    override_sizes : bool, default=False
        Whether `image_sizes` go before the sizes that VOC and COCO files state.
    crowd : bool, default=False
        Whether to keep the crowd regions of COCO.
    need_image_size : bool, default=True
        Whether to leave out boxes in pixels if the size of their image is unknown.
    on_invalid : {"warn", "raise", "ignore"}, default="warn"
        What to do about what cannot be used, folders that cannot be listed too.
        "warn" also says in one line which annotation files are there but were not
        read, and what a description names that is not there.
    n_jobs : int or None, default=None
        Number of processes.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.

    Returns
    -------
    AnnotationTable
        The boxes of all splits, with the name of the split of each box in the column
        `split`: "train", "val", "test", another name that the data set gives, or None.
        A file that two splits name is in the first.

    Raises
    ------
    FileNotFoundError
        If there are no annotation files, or no such split.
    ValueError
        If a file that should describe the data set does not.

    See Also
    --------
    read_annotations : Read files that are known already.
    skanchors.datasets.list_annotations : The paths of the files alone.

    Notes
    -----
    If there is a ``data.yaml``, a ``.data``, a devkit with image sets or a list of
    images, it decides; else the folders do: ``train/labels`` or ``labels/train`` beside
    ``images``, files that are named after splits, or a plain folder of annotation
    files. Paths that are wrong here, as they were right on another machine, are looked
    for beside the file that names them, by ever shorter ends. Images of YOLO data
    that have no label file are images without objects.

    Examples
    --------
    >>> import os, tempfile
    >>> from skanchors.annotations import read_dataset
    >>> with tempfile.TemporaryDirectory() as root:
    ...     for split in ("train", "val"):
    ...         folder = os.path.join(root, split, "labels")
    ...         os.makedirs(folder)
    ...         with open(os.path.join(folder, "1.txt"), "w") as file:
    ...             n = file.write("0 0.5 0.5 0.1 0.2")
    ...     table = read_dataset(root)
    >>> table.split.tolist()
    ['train', 'val']
    """
    check_format(format)
    roots = [root] if isinstance(root, str | os.PathLike) else root
    roots = check_paths(roots, name="root", example="['train', 'valid']")
    options = {
        "image_sizes": image_sizes,
        "need_image_size": need_image_size,
        "keep_crowd": crowd,
        "columns": columns,
        "override_sizes": override_sizes,
        "on_invalid": on_invalid,
        "n_jobs": n_jobs,
        "verbose": verbose,
    }
    founds = find_all(roots, split, format)
    tables: list[AnnotationTable] = []
    for part in _merged(founds):
        names = part.class_names if class_names is None else class_names
        batches = [*read_batches(part.paths, format, class_names=names, **options)]
        if part.empty:
            batches += read_batches(part.empty, WITHOUT_OBJECTS, **options)
        for batch in batches:
            if names is None and part.n_classes:
                batch.class_names = [str(number) for number in range(part.n_classes)]
            splits = np.full(len(batch.images.path), part.split, dtype=object)
            batch.images = batch.images._replace(split=splits)
        tables += batches
    table = AnnotationTable.concatenate(tables)
    findings = _problems(founds)
    if findings and on_invalid == "raise":
        raise_finding(findings[0])
    table.dropped += findings
    table.notes += unused_sizes(table, image_sizes) + repeats(table)
    report_table(table, on_invalid)
    if on_invalid != "ignore" and (text := _unread(founds, table.n_files)):
        warn(one_line(text), AnnotationWarning)
    return table


def find_all(roots: list[str], split: str | None, format: str) -> list[Found]:
    """What is found in each of the roots; a split may be in some of them only."""
    founds, missing = [], []
    for root in roots:
        try:
            founds.append(find(root, split, format))
        except FileNotFoundError as error:
            missing.append(error)
    if missing and (split is None or not founds):
        raise missing[0]
    once(founds)
    return founds


def _merged(founds: list[Found]) -> list[Part]:
    """Parts, with single files in a row as one."""
    parts: list[Part] = []
    for part in (part for found in founds for part in found.parts):
        last = parts[-1] if parts else None
        if (
            last is not None
            and (last.split, last.class_names, last.n_classes)
            == (part.split, part.class_names, part.n_classes)
            and not last.empty
        ):
            parts[-1] = replace(part, paths=last.paths + part.paths)
        else:
            parts.append(part)
    return parts


def _problems(founds: list[Found]) -> list[Finding]:
    """Folders and files that the file system did not give."""
    return [
        Finding(path, None, f"cannot be read: {why}")
        for found in founds
        for path, why in found.problems
    ]


def _unread(founds: list[Found], n_read: int) -> str:
    """One line about what is there but was not read, and what is not there."""
    unread: Counter = Counter()
    for found in founds:
        unread.update(found.unread)
    texts = list(dict.fromkeys(note for found in founds for note in found.notes))
    if unread:
        counts = [f"{n} {FORMATS[name].summary}" for name, n in unread.most_common()]
        texts.insert(
            0,
            f"Read {n_read} annotation files, but left unread {', '.join(counts)}; "
            "to read these, name them, their folder or their format",
        )
    return f"{'; '.join(texts)}." if texts else ""
