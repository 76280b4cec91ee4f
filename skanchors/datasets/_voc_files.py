"""Synthetic annotations in PASCAL VOC's format, and the bundled sample of them."""

from numbers import Integral
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from sklearn.utils import check_random_state, check_scalar

from skanchors._checks import check_number
from skanchors._whole_file import whole_file

# Seed and number of files of the sample; a test writes it anew and compares.
_SAMPLE = {"n_images": 120, "random_state": 20070}

# Image shapes (width, height): the two usual of PASCAL VOC, a square, wide, tall.
_IMAGE_SHAPES = ((500, 375), (375, 500), (500, 333), (640, 640), (1280, 720))

# Typical share of the image's area and typical width / height of common classes.
_CLASSES = {
    "person": (0.08, 0.45),
    "car": (0.10, 1.8),
    "dog": (0.18, 1.1),
    "bottle": (0.02, 0.35),
    "bus": (0.30, 1.3),
    "chair": (0.05, 0.8),
}

_OBJECT = """\
\t<object>
\t\t<name>{name}</name>
\t\t<pose>Unspecified</pose>
\t\t<truncated>{truncated}</truncated>
\t\t<difficult>{difficult}</difficult>
\t\t<bndbox>
\t\t\t<xmin>{xmin}</xmin>
\t\t\t<ymin>{ymin}</ymin>
\t\t\t<xmax>{xmax}</xmax>
\t\t\t<ymax>{ymax}</ymax>
\t\t</bndbox>
\t</object>
"""

_FILE = """\
<annotation>
\t<folder>{folder}</folder>
\t<filename>{stem}.jpg</filename>
\t<source>
\t\t<database>skanchors synthetic</database>
\t</source>
\t<size>
\t\t<width>{width}</width>
\t\t<height>{height}</height>
\t\t<depth>3</depth>
\t</size>
\t<segmented>0</segmented>
{objects}</annotation>
"""


def make_voc_annotations(
    folder: Any,
    n_images: int = 100,
    *,
    objects_per_image: float = 3.0,
    difficult_share: float = 0.15,
    classes: Any = tuple(_CLASSES),
    image_shapes: Any = _IMAGE_SHAPES,
    overwrite: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> list[str]:
    """Write synthetic annotation files in PASCAL VOC's XML format.

    There are no images, only annotations. Areas are log-normal around a typical
    value of each class, and so are aspect ratios; boxes lie inside the image
    and have whole pixels, as in the real data sets.

    Parameters
    ----------
    folder : str or path-like
        Where to write; created if it is missing.
    n_images : int, default=100
        Number of files, named ``000001.xml`` and so on.
    objects_per_image : float, default=3.0
        Mean number of objects in a file. The numbers are Poisson distributed,
        so that some files have none.
    difficult_share : float, default=0.15
        Share of objects marked difficult; they are the smaller ones.
    classes : sequence of str, default=the names of six common classes
        Names of the classes. A name that is not among the six gets a typical
        size and shape of its own, drawn at random.
    image_shapes : sequence of (int, int), default=five common shapes
        Widths and heights of images, in pixels, drawn with equal probability.
    overwrite : bool, default=False
        Whether files that exist may be replaced.
    random_state : int, RandomState instance or None, default=None
        Determines everything. Pass an int for the same files at each call.

    Returns
    -------
    list of str
        The paths of the files, sorted.

    Raises
    ------
    FileExistsError
        If a file exists and `overwrite` is false.

    See Also
    --------
    load_sample_paths : A folder written by this function, shipped with skanchors.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from skanchors.datasets import make_voc_annotations
    >>> with TemporaryDirectory() as folder:
    ...     paths = make_voc_annotations(folder, 3, random_state=0)
    >>> [path[-10:] for path in paths]
    ['000001.xml', '000002.xml', '000003.xml']
    """
    check_scalar(n_images, "n_images", Integral, min_val=1)
    check_number(objects_per_image, name="objects_per_image")
    check_number(difficult_share, name="difficult_share", maximum=1)
    if isinstance(classes, str) or not len(classes):
        raise ValueError(f"classes must be a sequence of names, got {classes!r}.")
    shapes = np.asarray(image_shapes)
    if shapes.ndim != 2 or shapes.shape[1] != 2 or shapes.min() < 8:
        raise ValueError(
            "image_shapes must be a sequence of (width, height), each at least 8 "
            f"pixels, got {image_shapes!r}."
        )
    rng = check_random_state(random_state)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [_kind(name, rng) for name in classes]
    paths = []
    for number in range(1, n_images + 1):
        path = folder / f"{number:06d}.xml"
        shape = shapes[rng.randint(len(shapes))]
        objects = [
            _draw_object(kinds[rng.randint(len(kinds))], shape, difficult_share, rng)
            for _ in range(rng.poisson(objects_per_image))
        ]
        text = _FILE.format(
            folder="synthetic",
            stem=path.stem,
            width=shape[0],
            height=shape[1],
            objects="".join(_OBJECT.format(**fields) for fields in objects),
        )
        if not overwrite and path.exists():
            raise FileExistsError(
                f"{path} exists. Pass overwrite=True to replace it, or another folder."
            )
        with whole_file(path, encoding="utf-8", newline="\n") as file:
            file.write(text)
        paths.append(str(path))
    return paths


def load_sample_paths() -> list[str]:
    """Return the paths of the synthetic sample that comes with skanchors.

    It has 120 small files in PASCAL VOC's XML format with six classes, five
    image shapes, and some difficult objects, written by `make_voc_annotations`.

    Returns
    -------
    list of str
        The paths, sorted.

    See Also
    --------
    make_voc_annotations : Write more files of this kind.

    Examples
    --------
    >>> from skanchors.datasets import load_sample_paths
    >>> len(load_sample_paths())
    120
    """
    return sorted(str(path) for path in _sample_folder().glob("*.xml"))


def _sample_folder() -> Any:
    return Path(__file__).with_name("sample")


def _kind(name: str, rng: np.random.RandomState) -> tuple[Any, ...]:
    """Name, typical share of the image's area and typical width / height."""
    if name in _CLASSES:
        return (name, *_CLASSES[name])
    return name, np.exp(rng.uniform(-4.5, -1.2)), np.exp(rng.normal(scale=0.5))


def _draw_object(
    kind: Any, shape: Any, difficult_share: float, rng: np.random.RandomState
) -> dict[str, Any]:
    name, share, aspect_ratio = kind
    factor = np.exp(rng.normal(scale=0.9))
    area = share * factor * shape[0] * shape[1]
    ratio = aspect_ratio * np.exp(rng.normal(scale=0.3))
    size = np.rint(np.sqrt([area * ratio, area / ratio])).astype(int)
    # VOC counts pixels from 1, so a box is at most one less than the image.
    size = np.clip(size, 3, shape - 1)
    low = [1 + rng.randint(shape[side] - size[side]) for side in range(2)]
    cut = size == shape - 1
    # Mostly the small boxes are hard to see.
    chance = 2 * difficult_share if factor < 1 else 0.0
    return {
        "name": escape(name),
        "truncated": int(cut.any() or rng.uniform() < 0.1),
        "difficult": int(rng.uniform() < chance),
        "xmin": low[0],
        "ymin": low[1],
        "xmax": low[0] + size[0],
        "ymax": low[1] + size[1],
    }
