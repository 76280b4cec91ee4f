"""Long lists of configuration text, broken between their parts.

A terminal that breaks a line itself breaks it within a number, and what is copied from
there may have a break that was not meant. Lists in Python, YAML and C may go on in the
next line.
"""

from skanchors.export._literal import closing

# Narrow terminals have as many columns.
_WIDTH = 60
_COMMENTS = ("#", "//")


def folded(text: str) -> str:
    """The text with lists that are too long for a line, a part a line.

    Numbers alone stand side by side, as many as fit.

    Examples
    --------
    >>> print(folded("sizes=((278.65, 318.91, 376.41), (442.33, 485.84, 533.92)),"))
    sizes=((278.65, 318.91, 376.41), (442.33, 485.84, 533.92)),
    >>> print(folded("    sizes=((278.65, 318.91, 376.41), (442.33, 485.84, 533.92)),"))
        sizes=((278.65, 318.91, 376.41),
               (442.33, 485.84, 533.92)),
    """
    return "\n".join(_folded_line(line) for line in text.split("\n"))


def _folded_line(line: str) -> str:
    if len(line) <= _WIDTH or line.lstrip().startswith(_COMMENTS):
        return line
    found = _longest_list(line)
    if found is None:
        return line
    start, end = found
    *parts, last = _parts(line[start + 1 : end - 1])
    # Of a tuple with one part the comma is what makes it one.
    parts = [f"{part}," for part in parts] + ([last] if last else [])
    indent = " " * (start + 1)
    lines = [""]
    for part in parts:
        has_room = len(indent) + len(lines[-1]) + 1 + len(part) < _WIDTH - 2
        if not lines[-1]:
            lines[-1] = part
        elif has_room and not part.endswith((")", "]", "}", "),", "],", "},")):
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    whole = "\n".join(_folded_line(indent + part) for part in lines)
    return line[: start + 1] + whole.removeprefix(indent) + line[end - 1 :]


def _longest_list(line: str) -> tuple[int, int] | None:
    """Where the longest list begins and ends that is whole on the line."""
    found, place = [], 0
    while place < len(line):
        end = closing(line, place) if line[place] in "([{" else None
        if end is not None:
            found.append((place, end))
        place = place + 1 if end is None else end
    return max(found, key=lambda pair: pair[1] - pair[0], default=None)


def _parts(inner: str) -> list[str]:
    """What stands between the commas of a list, those of lists in it left alone."""
    parts, depth = [""], 0
    for letter in inner:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
