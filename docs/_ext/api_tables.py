"""The tables of the API reference say what their columns are, as all tables do."""

from docutils import nodes
from sphinx.ext.autosummary import autosummary_table

TITLES = ("Name", "In short")


def head(titles):
    """A row of headers."""
    cells = [nodes.entry("", nodes.paragraph("", title)) for title in titles]
    return nodes.thead("", nodes.row("", *cells))


def name_columns(app, doctree):
    """Put it above each table of names; autosummary leaves it out."""
    for table in doctree.findall(autosummary_table):
        for group in table.findall(nodes.tgroup):
            group.insert(group.first_child_matching_class(nodes.tbody), head(TITLES))


def setup(app):
    app.connect("doctree-read", name_columns)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
