"""The parts of the extractors' docstrings that all of them share.

A docstring holds ``%(scaling)s`` where such a part belongs: `BaseBoxExtractor` fills it
in when a class is made, so that what is said of a parameter is written once.
"""

SHARED = {
    "scaling": """
scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default="stretch"
    How the detector brings an image to the size of its input:

    - "stretch": width and height each by a factor of their own, as Darknet does;
    - "letterbox": both by the largest factor with which the image fits, the rest
      is padding, as YOLOv5 does;
    - "shortest_edge": both by ``min(shortest / short side, longest / long side)``,
      as torchvision, Detectron2 and MMDetection do before they round;
    - "pixels": not at all.

input_size : int, (int, int) or None, default=None
    Width and height of the network's input; an int for a square. Sizes come out
    in its pixels. With None they are fractions: for "stretch" of the width and
    height of the image, for "letterbox" of its longer side, which is the side of
    the square that it is padded to. For "shortest_edge" it is (shortest, longest)
    and cannot be None.
""",
    "classes": """
classes : sequence of str or None, default=None
    Names of the classes to read. None reads all.
""",
    "min_size": """
min_size : float, default=0
    Leave out boxes with a side below this, in the unit of the output.
on_invalid : {"warn", "raise", "ignore"}, default="warn"
    What to do about objects and files that cannot be used, and about boxes that
    reach beyond their image by more than half a pixel. "warn" leaves out what
    cannot be used, cuts boxes to the part inside the image, which is what a
    detector sees, and says in one `AnnotationWarning` how many, why and in which
    files. "raise" stops at the first with a ValueError. "ignore" is as "warn"
    without the warning.
""",
    "verbose": """
verbose : int, default=0
    Whether to show a progress bar on a terminal.
""",
    "notes": """
The extractor learns nothing: `transform` works without `fit`.

It changes the number of rows, one a file to one a box, which scikit-learn does not
provide for. What works: the first step of a Pipeline whose last step needs no
`y`, such as `IoUKMeans`, with `fit`, `predict`, `score`, `cross_validate`,
`GridSearchCV` (the folds are of files, so that no image is in two of them),
`clone` and pickling. What does not: `sample_weight` or `y` with one entry a box
handed through cross-validation; a FeatureUnion or a ColumnTransformer with
columns of another source.

``Pipeline(memory=...)`` knows files by their paths. So that an edited file is
read anew, pass the paths through `stamp_paths`.
""",
}


def filled(doc: str) -> str:
    """A docstring with the shared parts in it, indented as it is."""
    for name, text in SHARED.items():
        lines = text.strip("\n").splitlines()
        indented = "\n".join(f"    {line}" if line else "" for line in lines)
        doc = doc.replace(f"    %({name})s", indented)
    return doc
