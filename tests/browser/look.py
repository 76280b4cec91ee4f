"""Look at all pages of a built documentation in a real browser.

    python tests/browser/look.py docs/_build/html [auto_examples/*.html ...]

Each page is shown as wide as a desk and as narrow as a phone, light and dark, without a
network. What is cut, empty, faint or wider than the screen is printed; the exit code is
1 if there is any.
"""

import sys
import tempfile
from pathlib import Path

import chrome
import probe

SCREENS = [(width, dark) for width in (1280, 390) for dark in (False, True)]
# Colours are what they are to be once nothing moves.
SETTLED = "Promise.all(document.getAnimations().map((each) => each.finished)).then()"


def pages_of(folder, patterns):
    """Pages below a folder, but for parts of the theme and lists set as tables."""
    found = {path for pattern in patterns for path in folder.glob(pattern)}
    left_out = {"_static", "genindex.html"}
    return sorted(
        path for path in found if path.relative_to(folder).parts[0] not in left_out
    )


def look(browser, page):
    """What is wrong, by screen: yields width, darkness, kind and what."""
    for width, dark in SCREENS:
        browser.show(page.as_uri(), width=width, dark=dark)
        browser.ask(SETTLED)
        found = browser.ask(probe.PROBLEMS)
        # What the theme logs is no fault.
        found["error"] = [
            event["params"]
            for event in browser.complaints()
            if event["method"] != "Runtime.consoleAPICalled"
        ]
        found["asks the network"] = [
            url for url in browser.requests() if not url.startswith(("file:", "data:"))
        ]
        for kind, faults in found.items():
            yield from ((width, dark, kind, fault) for fault in faults)


def main(folder, *patterns):
    """Look at the pages; how many faults there are."""
    program = chrome.find()
    if program is None:
        sys.exit(f"No browser is here: none of {', '.join(chrome.NAMES)}.")
    folder = Path(folder).resolve()
    pages = pages_of(folder, patterns or ["**/*.html"])
    n_faults = 0
    with tempfile.TemporaryDirectory() as profile:
        browser = chrome.Chrome(program, profile)
        for page in pages:
            for width, dark, kind, fault in look(browser, page):
                n_faults += 1
                screen = f"{width} {'dark' if dark else 'light'}"
                said = " ".join(str(fault).split())
                print(f"{page.relative_to(folder)}, {screen}: {kind}: {said}")
        browser.close()
    print(f"{len(pages)} pages, {n_faults} faults")
    return n_faults


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
