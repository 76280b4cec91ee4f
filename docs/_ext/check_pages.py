"""After the build: links lead somewhere, pictures are there and have a text.

Only what is inside the documentation is looked at; nothing is fetched.
"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.errors import ExtensionError

_PLACES = ("href", "src")


class _Page(HTMLParser):
    """Links, targets and pictures of one page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.targets, self.nameless = set(), {""}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.targets |= {found[key] for key in ("id", "name") if found.get(key)}
        self.links |= {found[key] for key in _PLACES if found.get(key)}
        if tag == "img" and not (found.get("alt") or "").strip():
            self.nameless.append(found.get("src"))


def problems(folder):
    """What is wrong with the pages below a folder, one line each."""
    folder = Path(folder).resolve()
    files = [
        path
        for path in sorted(folder.rglob("*.html"))
        # Templates of the theme, which nobody is shown.
        if path.relative_to(folder).parts[0] != "_static"
    ]
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in files}
    found = []
    for path, page in pages.items():
        where = path.relative_to(folder)
        found += [f"{where}: no text for picture {name}" for name in page.nameless]
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = path
            if parts.path:
                base = folder if parts.path.startswith("/") else path.parent
                target = (base / unquote(parts.path).lstrip("/")).resolve()
            if not target.is_file():
                found.append(f"{where}: {link} leads nowhere")
            elif (
                target in pages and unquote(parts.fragment) not in pages[target].targets
            ):
                found.append(f"{where}: {link} names no place on its page")
    return found


def missing_pages(folder):
    """Pages that diagrams of estimators link to and that are not there."""
    import skanchors
    from skanchors._doc_link import DOCS_URL, DocLinkMixin

    links = [
        getattr(skanchors, name)()._get_doc_link()
        for name in skanchors.__all__
        if isinstance(getattr(skanchors, name), type)
        and issubclass(getattr(skanchors, name), DocLinkMixin)
    ]
    assert links
    return [
        f"diagrams lead to {link}, which is not there"
        for link in links
        if not (Path(folder) / link.removeprefix(DOCS_URL).lstrip("/")).is_file()
    ]


def check(app, exception):
    """Fail the build if anything is wrong."""
    if exception is not None or app.builder.name != "html":
        return
    found = problems(app.outdir) + missing_pages(app.outdir)
    if found:
        raise ExtensionError("\n".join(["The pages have faults:", *found]))


def setup(app):
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
