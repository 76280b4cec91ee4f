"""A table of annotations in a notebook."""

from typing import Any

from skanchors._tables import Columns, html_page, html_table, html_text

_ROWS = 10
_COLUMNS: Columns = {
    "image": ("image", "{}"),
    "class": ("class", "{}"),
    "width": ("width", "{:.5g}"),
    "height": ("height", "{:.5g}"),
    "image_size": ("image size", "{}"),
    "path": ("file", "{}"),
}


def table_html(table: Any) -> str:
    """Summary and first rows of an `AnnotationTable`, escaped."""
    rows = []
    for i in range(min(len(table), _ROWS)):
        width, height = table.image_width[i], table.image_height[i]
        rows.append(
            {
                "image": str(table.image_id[i]),
                "class": str(table.label[i]),
                "width": float(table.width[i]),
                "height": float(table.height[i]),
                "image_size": f"{width:g} x {height:g}" if width else "unknown",
                "path": str(table.path[i]),
            }
        )
    more = f"{len(table) - _ROWS:,} more boxes" if len(table) > _ROWS else ""
    return html_page(
        *map(html_text, table.summary().splitlines()),
        html_table(rows, _COLUMNS) if rows else "",
        html_text(more) if more else "",
    )
