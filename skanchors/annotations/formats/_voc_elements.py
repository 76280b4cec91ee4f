"""Any layout of PASCAL VOC XML, as dicts of its elements.

The pattern for the common layout leaves what it does not know: attributes, comments,
CDATA, entities, namespaces, another order. What is made here of such a file is what
xmltodict would make of it, several times faster, as it has no options. Any doubt, and
xmltodict reads it.
"""

from typing import Any
from xml.parsers import expat

from skanchors.annotations._files import InvalidFileError
from skanchors.annotations.formats._xml import MAX_DEPTH, refuse_doctype


def read_elements(data: bytes, encoding: str | None) -> dict[str, Any] | None:
    """The elements of a file by their names, or None for xmltodict to say what it is.

    Parameters
    ----------
    data : bytes
        Content of the file.
    encoding : str or None
        How to read it, whatever it declares; None for what it declares.

    Returns
    -------
    dict or None
        The root by its name. An element is its text without space around it, None
        if that is empty; or, if there are elements in it, a dict of these, where
        several of one name, and any ``object``, are a list. Names are without
        namespaces.
    """
    # What is in each of the elements that are open; first that of the document.
    elements: list[Any] = [None]
    text: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(elements) > MAX_DEPTH:
            raise InvalidFileError("too deep")
        elements.append(None)
        text.clear()

    def end(name: str) -> None:
        value = elements.pop()
        if value is None:
            value = "".join(text).strip() or None
        text.clear()
        if ":" in name:
            name = name.rpartition(":")[2]
        parent = elements[-1]
        if parent is None:
            elements[-1] = {name: [value] if name == "object" else value}
        elif name not in parent:
            parent[name] = [value] if name == "object" else value
        elif type(parent[name]) is list:
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]

    try:
        parser = expat.ParserCreate(encoding, ":")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text.append
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        return None
    return elements[0]
