"""Where the annotation files of a data set are: one file a layout.

A root is a folder or a file. `find` asks the layouts in turn: a ``data.yaml``,
Darknet's ``.data``, a devkit with image sets, lists of images, and if there is none of
these, the folders themselves. Each gives parts: files to read, and of which split
they are.
"""

from skanchors.annotations.layouts._find import find, once
from skanchors.annotations.layouts._part import Found, Part, canonical

__all__ = ["Found", "Part", "canonical", "find", "once"]
