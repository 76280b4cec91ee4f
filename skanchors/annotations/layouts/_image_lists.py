"""Lists of images, a path a line."""

import os
from collections.abc import Sequence

from skanchors.annotations.layouts._pairing import LabelFinder
from skanchors.annotations.layouts._part import Part, split_of
from skanchors.annotations.layouts._resolve import Resolver
from skanchors.annotations.layouts._tree import Tree, read_text


def part_of_list(
    path: str, split: str | None, tree: Tree, bases: Sequence[str] = ()
) -> tuple[Part, list[str]]:
    """The label files of the images that a list names.

    Parameters
    ----------
    path : str
        The list.
    split : str or None
        Name of the split that it is.
    tree : Tree
        Lists folders.
    bases : sequence of str
        Further folders that paths in it may start from.

    Returns
    -------
    part : Part
        Images that neither have a label file nor exist count as images without
        objects, if others of the list were found by their labels alone: then there
        are no images to tell by.
    notes : list of str
        What was not found.
    """
    here = os.path.dirname(path)
    near = [here, *bases, os.path.dirname(here)]
    resolver = Resolver([*near, "."], near)
    labels = LabelFinder(tree)

    def exists(image: str) -> bool:
        return labels.find(image) is not None or tree.find(image) is not None

    part = Part(split, [])
    lines = [line.strip() for line in read_text(path).splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    missing = []
    any_image = False
    for line in lines:
        image = resolver.find(line, exists)
        if image is None:
            missing.append(line)
            continue
        any_image = any_image or tree.find(image) is not None
        if (label := labels.find(image)) is not None:
            part.paths.append(label)
        else:
            part.empty.append(image)
    if not part.paths:
        if not lines:
            return part, [f"{path} is empty"]
        what = "labels" if part.empty else "images or labels"
        return Part(split, []), [
            f"no {what} of the {len(lines)} images in {path} are there, such as "
            f"{lines[0]}"
        ]
    part.paths = list(dict.fromkeys(part.paths))
    if any_image and missing:
        part.missing = (
            f"{len(missing)} of the {len(lines)} images in {path} are not there, such "
            f"as {missing[0]}"
        )
        return part, [part.missing]
    part.empty += missing
    return part, []


def split_of_list(path: str) -> str | None:
    """The split that the name of a list tells."""
    stem = os.path.splitext(os.path.basename(path))[0]
    return split_of([stem, *stem.replace("-", "_").split("_")]) or stem
