"""The formats of annotation files: one file and one row of the table each.

To add one, write ``_NAME.py`` with a function ``read(data, path, collector, options)``,
perhaps a function ``sniff(head, path)``, and a row ``FORMAT``; then list it in
``_table.py``. The readers, the command line, the search for files and the tests that
all formats share know it from there. Formats of other packages come in by
`register_format`.
"""

from skanchors.annotations.formats._background import WITHOUT_OBJECTS
from skanchors.annotations.formats._class_numbers import has_text_keys
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._plugin import register_format, unregister_format
from skanchors.annotations.formats._table import (
    FORMATS,
    choose,
    format_names,
    of_suffix,
    recognise,
    suffixes,
)
from skanchors.annotations.formats._yolo_columns import COLUMNS

__all__ = [
    "COLUMNS",
    "FORMATS",
    "WITHOUT_OBJECTS",
    "Format",
    "ReadOptions",
    "choose",
    "format_names",
    "has_text_keys",
    "of_suffix",
    "recognise",
    "register_format",
    "suffixes",
    "unregister_format",
]
