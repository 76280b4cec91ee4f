"""Thumbnails of the gallery say of which example they are."""

import re

from docutils import nodes

_THUMBNAIL = re.compile(r"(auto_examples)/images/thumb/sphx_glr_(\w+)_thumb\.\w+$")


def name_thumbnails(app, doctree, docname):
    """Give thumbnails, which sphinx-gallery leaves without a text, the title."""
    for node in doctree.findall(nodes.image):
        found = _THUMBNAIL.search(node["uri"])
        title = found and app.env.titles.get(f"{found[1]}/{found[2]}")
        if title is not None and not node.get("alt"):
            node["alt"] = f"A picture from the example: {title.astext()}"


def setup(app):
    app.connect("doctree-resolved", name_thumbnails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
