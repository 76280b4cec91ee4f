"""One self-contained page: no script, no network, readable anywhere."""

import html
from collections.abc import Iterable, Mapping

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #57606a;
  --line: #d0d7de; --card: #f6f8fa; --good: #1a7f37; --warn: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117;
  --faint: #9198a1; --line: #3d444d; --card: #151b23; --good: #3fb950;
  --warn: #d29922; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem 1.2rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.6rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line);
  padding-bottom: 0.2rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
p { margin: 0.5rem 0; overflow-wrap: anywhere; }
.faint { color: var(--faint); }
.verdict { border-left: 4px solid var(--warn); background: var(--card);
  padding: 0.6rem 0.9rem; }
.verdict.replace { border-color: var(--good); }
.skanchors-scroll { margin: 0.5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding: 0.4rem 0 0.2rem;
  max-width: calc(100vw - 3rem); }
th, td { border-bottom: 1px solid var(--line); padding: 0.2rem 0.7rem 0.2rem 0;
  text-align: right; white-space: nowrap; }
th { font-weight: 600; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.7rem; overflow-x: auto; font-size: 0.85rem; }
figure { margin: 0.8rem 0; }
figure img { max-width: 100%; height: auto; }
img.dark { display: none; }
@media screen and (prefers-color-scheme: dark) { img.dark { display: inline; }
  img.light { display: none; } }
figcaption { color: var(--faint); font-size: 0.9rem; overflow-wrap: anywhere; }
.thumbnails { display: grid; gap: 0.8rem;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
.thumbnails figure { margin: 0; }
.thumbnails img { border: 1px solid var(--line); border-radius: 4px; }
@media print { :root { --ink: #000; --paper: #fff; --card: #fff; --faint: #444; }
  main { max-width: none; } figure, tr, pre { break-inside: avoid; }
  h2, caption { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .skanchors-scroll { overflow: visible !important; }
  th, td { white-space: normal; } }
"""


def page(title: str, sections: Iterable[tuple[str, Iterable[str]]], lead: str) -> str:
    """A whole document.

    Parameters
    ----------
    title : str
        Plain text.
    sections : iterable of (str, iterable of str)
        Plain title and parts in HTML of each section; those without parts are left out.
    lead : str
        HTML between the title and the first section.
    """
    body = "".join(
        f"<section><h2>{html.escape(name)}</h2>{inner}</section>\n"
        for name, parts in sections
        if (inner := "\n".join(filter(None, parts)))
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{html.escape(title)}</h1>\n{lead}\n{body}</main>\n"
        "</body>\n</html>\n"
    )


def paragraph(text: str, kind: str = "") -> str:
    """Plain text as a paragraph."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{html.escape(text)}</p>"


def picture(sources: Mapping[str, str], caption: str, alt: str) -> str:
    """A picture for light paper, and one for dark paper if there is one.

    Parameters
    ----------
    sources : dict of str to str
        Data addresses by "light" and "dark".
    caption, alt : str
        Plain text below it, and for those who do not see it.
    """
    # Chosen by style, not by <picture>, which keeps to the screen's choice in print.
    images = [
        f'<img class="{kind if len(sources) > 1 else ""}" src="{html.escape(source)}" '
        f'alt="{html.escape(alt)}">'
        for kind, source in sources.items()
    ]
    return (
        f"<figure>{''.join(images)}"
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )
