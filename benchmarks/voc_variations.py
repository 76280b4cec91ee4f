"""Does a harmless variation of PASCAL VOC files make reading much slower?

Writes the same boxes in many ways that programs write them, and times
`read_annotations` on each in turn, over and over. Prints the median ratio of the
processor's time to that of the plain files beside it: nothing should take three times
as long.

    python benchmarks/voc_variations.py [--files 500] [--repeats 5]
"""

import argparse
import os
import re
import tempfile
import time
from statistics import median

from skanchors.annotations import read_annotations
from skanchors.datasets import list_annotations, make_voc_annotations

CORNERS = re.compile(r"(<xmin>.*?)(<ymin>.*?)(<xmax>.*?)(<ymax>.*?</ymax>)", re.DOTALL)
PART = (
    "<part><name>head</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax>"
    "<ymax>4</ymax></bndbox></part>"
)


def replaced(old, new):
    return lambda text: re.sub(old, new, text, flags=re.DOTALL)


VARIATIONS = {
    "plain": lambda text: text,
    "a line end first": lambda text: "\n" + text,
    "<folder />": replaced("<filename>", "<folder /><filename>"),
    "<folder></folder>": replaced("<filename>", "<folder></folder><filename>"),
    "declaration": lambda text: f'<?xml version="1.0" encoding="utf-8"?>\n{text}',
    "Latin-1 declared": lambda text: f'<?xml version="1.0" encoding="latin-1"?>{text}',
    "CRLF": replaced("\n", "\r\n"),
    "no line ends": replaced(r">\s+<", "><"),
    "attribute of the root": replaced("<annotation>", '<annotation a="1" b="x">'),
    "attribute of objects": replaced("<object>", '<object id="1">'),
    "comments": replaced("<object>", "<!-- next --><object>"),
    "comment at the end": lambda text: f"{text}<!-- end -->\n",
    "CDATA": replaced("<name>([^<]*)</name>", r"<name><![CDATA[\1]]></name>"),
    "entities": replaced("<name>", "<name>a &amp; b "),
    "other elements": replaced("<name>", "<a>1</a><b><c>2</c></b><name>"),
    "deeper elements": replaced("<name>", "<a><b><c><d>1</d></c></b></a><name>"),
    "parts": replaced("</object>", f"{PART}</object>"),
    "corners by axis": lambda text: CORNERS.sub(r"\1\3\2\4", text),
    "y before x": lambda text: CORNERS.sub(r"\2\1\4\3", text),
    "decimals": replaced(r"<(xmin|ymax)>(\d+)", r"<\1>\2.25"),
    "box before name": replaced(
        "(<name>[^<]*</name>)(((?!</object>).)*)</object>", r"\2\1</object>"
    ),
    "size at the end": replaced(
        "(<size>.*?</size>)(.*)</annotation>", r"\2\1</annotation>"
    ),
    "namespace": replaced("<annotation>", '<annotation xmlns="http://example.org">'),
    "UTF-16": lambda text: text.encode("utf-16"),
}


def write(paths, change, folder):
    """The files as changed, in a folder of their own."""
    os.makedirs(folder)
    written = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            plain = file.read()
        text = change(plain)
        changes = change is not VARIATIONS["plain"] and "<object>" in plain
        assert (text != plain) >= changes
        written.append(os.path.join(folder, os.path.basename(path)))
        with open(written[-1], "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        make_voc_annotations(os.path.join(root, "0"), args.files, random_state=0)
        paths = list_annotations(os.path.join(root, "0"))
        expected = read_annotations(paths).sizes()
        times = {name: [] for name in VARIATIONS}
        sets = {}
        for i, (name, change) in enumerate(VARIATIONS.items(), 1):
            sets[name] = write(paths, change, os.path.join(root, str(i)))
            assert name == "decimals" or (
                (read_annotations(sets[name]).sizes() == expected).all()
            ), name
        for _ in range(args.repeats):
            for name, written in sets.items():
                start = time.process_time()
                read_annotations(written)
                times[name].append(time.process_time() - start)
    for name, seconds in times.items():
        ratios = [a / b for a, b in zip(seconds, times["plain"], strict=True)]
        print(f"{name:22} {median(ratios):5.2f} x plain")


if __name__ == "__main__":
    main()
