"""Rows of values as tables: for a terminal, and in HTML for notebooks and pages."""

import html
import math
import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from skanchors._plain_text import one_line

# For each key of a row its title and its format: a format string, or a function.
Columns = Mapping[str, tuple[str, str | Callable[[Any], str]]]

_GAP = "  "
_LONGEST_NAME = 28
_WHOLE_WORDS: Any = {"break_long_words": False, "break_on_hyphens": False}
# Text stands at the left; numbers stand right under one another.
_LEFT = {"class", "size", "path", "image", "name", "group", "criterion", "interval"}
_LEFT |= {"level", "grid"}
# Inherits the colours of the page, so that it can be read on light and dark ones.
_CELL = "text-align:{};padding:0.15em 0.6em;white-space:nowrap"
# Longer names than these letters break anywhere, so that numbers stay in view.
_LONG = 44
_BREAKS = ";white-space:normal;overflow-wrap:anywhere;min-width:24em;max-width:28em"
# Where the screen is narrow, a table is scrolled and the page is not.
_SCROLLED = "<div class='skanchors-scroll' style='overflow-x:auto' role='group' "


def terminal_width() -> int:
    """Columns of the terminal, 80 where there is none, and never below 40."""
    return max(40, shutil.get_terminal_size().columns)


def size_text(sides: Iterable[float]) -> str:
    """Sizes such as ``12 x 16.5``: four digits are as much as anybody reads."""
    return " x ".join(f"{side:.4g}" for side in sides)


def count_text(count: float) -> str:
    """Counts such as ``15,662``; a sum of weights that is not whole has one digit."""
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"


def counted(count: float, noun: str) -> str:
    """A count and what is counted, in the singular where there is one.

    Examples
    --------
    >>> counted(1, "box"), counted(15662, "box"), counted(0, "class")
    ('1 box', '15,662 boxes', '0 classes')
    """
    if count == 1:
        return f"1 {noun}"
    return f"{count_text(count)} {noun}{'es' if noun[-1] in 'sx' else 's'}"


def only(count: int, noun: str) -> str:
    """That there is not more than this, as the end of "there ...".

    Examples
    --------
    >>> only(1, "box"), only(5, "box")
    ('is only 1 box', 'are only 5 boxes')
    """
    return f"{'is' if count == 1 else 'are'} only {counted(count, noun)}"


def scaling_text(scaling: str, input_size: Sequence | None) -> str:
    """How a detector scales images, and to what.

    Examples
    --------
    >>> scaling_text("letterbox", (640, 640)), scaling_text("pixels", None)
    ('letterbox to 640 x 640', 'pixels')
    >>> scaling_text("shortest_edge", (800, 1333))
    'shortest edge 800 / 1333'
    """
    name = scaling.replace("_", " ").replace("-", " ")
    if input_size is None:
        return name
    low, high = input_size
    if name == "shortest edge":
        return f"{name} {low} / {high}"
    return f"{name} to {low} x {high}"


def percent(share: float) -> str:
    """Shares such as ``93.1 %``."""
    return f"{100 * share:.1f} %"


def shortened(text: str, width: int) -> str:
    """Text of at most `width` characters; the end says most of a path."""
    return text if len(text) <= width else "..." + text[len(text) - max(width - 3, 1) :]


def name_text(name: Any) -> str:
    """Names of at most 28 characters; the beginning says most of them."""
    return excerpt(one_line(str(name)), _LONGEST_NAME)


def excerpt(text: str, width: int = 80) -> str:
    """Text of at most `width` characters; the beginning says most of it."""
    return text if len(text) <= width else text[: width - 3] + "..."


def wrapped(text: str, width: int | None = None) -> str:
    """Lines of prose broken between words, so that no terminal breaks a number."""
    width = terminal_width() if width is None else width
    return "\n".join(
        line if len(line) <= width else textwrap.fill(line, width, **_WHOLE_WORDS)
        for line in text.split("\n")
    )


def text_table(
    rows: Sequence[Mapping], columns: Columns, *, width: int | None = None
) -> str:
    """Lay out rows in columns of equal width.

    Parameters
    ----------
    rows : sequence of dict
    columns : dict of str to (str, str or callable)
        For each key its title and its format. Columns whose key no row has are left
        out.
    width : int, default=None
        No line is longer: what does not fit comes below, with the first column again.
        None takes the width of the terminal.

    Returns
    -------
    str
    """
    width = terminal_width() if width is None else width
    blocks: list[list[list[str]]] = [[]]
    room = width
    for key, cells in _cells(rows, columns):
        longest = max(map(len, cells))
        side = str.ljust if key in _LEFT else str.rjust
        column = [side(cell, longest) for cell in cells]
        if blocks[-1] and longest + len(_GAP) > room and len(blocks[0]) > 1:
            first = blocks[0][0]
            blocks.append([first])
            room = width - len(first[0])
        blocks[-1].append(column)
        room -= longest + len(_GAP) if len(blocks[-1]) > 1 else longest
    return "\n\n".join(
        "\n".join(_GAP.join(line).rstrip() for line in zip(*block, strict=True))
        for block in blocks
    )


def html_table(rows: Sequence[Mapping], columns: Columns, *, caption: str = "") -> str:
    """The same table in HTML, with everything escaped.

    Parameters
    ----------
    rows, columns
        See `text_table`.
    caption : str, default=""
        Plain text above the table.

    Returns
    -------
    str
    """
    found = _cells(rows, columns)
    styles = [_CELL.format("left" if key in _LEFT else "right") for key, _ in found]
    lines = list(zip(*(cells for _, cells in found), strict=True))
    head = _html_row("th scope='col'", lines[0], styles) if lines else ""
    body = "".join(_html_row("td", line, styles) for line in lines[1:])
    # A table of few columns must not break its short title.
    style = " style='white-space:nowrap'" if len(caption) < _LONG else ""
    title = f"<caption{style}>{html.escape(caption)}</caption>" if caption else ""
    return html_scrolling(
        "<table class='skanchors-table'>"
        f"{title}<thead>{head}</thead><tbody>{body}</tbody></table>",
        caption,
    )


def html_definitions(
    rows: Mapping[str, Any], name: str, *, with_caption: bool = False
) -> str:
    """Two columns, names and values; `name` says of what."""
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left">{html.escape(str(name))}</th>'
        f'<td style="text-align:left;white-space:normal">{html.escape(str(value))}</td>'
        "</tr>"
        for name, value in rows.items()
    )
    title = html.escape(name)
    caption = f"<caption>{title}</caption>" if with_caption else ""
    table = f'<table aria-label="{title}">{caption}<tbody>{cells}</tbody></table>'
    return html_scrolling(table, name)


def html_scrolling(table: str, name: str) -> str:
    """A table that is scrolled where the screen is narrow, by keys too.

    Parameters
    ----------
    table : str
        HTML.
    name : str
        Plain text, for those who do not see the table.
    """
    label = html.escape(name or "Table")
    return f"{_SCROLLED}tabindex='0' aria-label=\"{label}\">{table}</div>"


def isolated(text: str) -> str:
    """A name within a sentence, whose direction of writing is its own."""
    return f"\u2068{text}\u2069"


def html_page(*parts: str) -> str:
    """Parts one below the other; texts among them must be escaped already."""
    return "<div class='skanchors'>" + "".join(filter(None, parts)) + "</div>"


def html_text(text: str) -> str:
    """A paragraph of plain text, escaped."""
    text = "\n".join(map(one_line, text.split("\n")))
    return f"<p>{html.escape(text)}</p>"


def html_code(text: str) -> str:
    """Text to copy, which is scrolled where the screen is narrow."""
    style = "overflow-x:auto;max-width:100%"
    return f"<pre style='{style}' tabindex='0'><code>{html.escape(text)}</code></pre>"


def rounded(value: Any, digits: int = 8, *, finite: bool = False) -> Any:
    """Plain values with floats of at most so many significant digits, for JSON.

    `finite` makes None of what is infinite or not a number, which JSON does not know.
    """
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if finite and not math.isfinite(value):
            return None
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {k: rounded(item, digits, finite=finite) for k, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item, digits, finite=finite) for item in value]
    return rounded(value.item(), digits, finite=finite)


def _cells(rows: Sequence[Mapping], columns: Columns) -> list[tuple[str, list[str]]]:
    """Title and cells of each column that some row has."""
    return [
        (key, [title, *(_cell(row.get(key), form) for row in rows)])
        for key, (title, form) in columns.items()
        if any(key in row for row in rows)
    ]


def _cell(value: Any, form: str | Callable[[Any], str]) -> str:
    if value is None:
        return "-"
    # Names come from files, and may hold anything.
    return one_line(form.format(value) if isinstance(form, str) else form(value))


def _html_row(tag: str, line: Sequence[str], styles: Sequence[str]) -> str:
    cells = ""
    for cell, style in zip(line, styles, strict=True):
        breaks = _BREAKS if len(cell) > _LONG else ""
        end = tag.split()[0]
        cells += f"<{tag} style='{style}{breaks}'>{html.escape(cell)}</{end}>"
    return f"<tr>{cells}</tr>"
