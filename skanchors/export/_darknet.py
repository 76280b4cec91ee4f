"""Darknet cfg of YOLOv3 and YOLOv4: pixels, one line, masks for the levels."""

import re
from typing import Any

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import as_pairs, pairs, split_numbers

YOLO = ("yolo", "gaussian_yolo")

# A line of numbers after "anchors =", in no section: from the tool that prints it.
BARE_LINE = re.compile(r"^[ \t]*anchors[ \t]*=[ \t]*[-+.\d]", re.MULTILINE)


def sections(text: str) -> list[tuple[str, dict[str, str]]]:
    """Read a cfg: a list of (section in lower case, options); "" before the first."""
    found: list[tuple[str, dict[str, str]]] = [("", {})]
    for line in text.splitlines():
        line = re.split("[#;]", line, maxsplit=1)[0].strip()
        if line.startswith("["):
            found.append((line.strip("[] \t").lower(), {}))
        elif "=" in line:
            key, _, value = line.partition("=")
            found[-1][1][key.strip()] = value.strip()
    return found


def network_size(
    found: list[tuple[str, dict[str, str]]],
) -> tuple[int | None, int | None] | None:
    """(width, height) of the [net] section, or None."""
    for name, options in found:
        if name in ("net", "network") and {"width", "height"} <= options.keys():
            return whole_number(options, "width"), whole_number(options, "height")
    return None


def whole_number(options: dict[str, str], key: str) -> int | None:
    """An option that is a whole number, or None where it does not stand."""
    if key not in options:
        return None
    try:
        return int(options[key])
    except ValueError:
        raise ValueError(
            f"The cfg says {key}={options[key]}, not a whole number."
        ) from None


def read_pairs(options: dict[str, str]) -> np.ndarray:
    """The pairs of the options of one section, checked against ``num``."""
    line = split_numbers(options["anchors"], where="The anchors line")
    found = as_pairs(line, where="The anchors line")
    num = whole_number(options, "num")
    if num is not None and num != len(found):
        raise ValueError(
            f"The cfg says num={num} but its anchors line holds {len(found)} pairs."
        )
    return found


def _whole(values: Any) -> list[Any]:
    # What is no whole number stays as it is, and AnchorSet refuses it.
    return [int(value) if value == value // 1 else value for value in values]


def write(anchor_set: AnchorSet, precision: int) -> str:
    blocks = []
    line = pairs(anchor_set.anchors, precision, "{},{}", ",  ")
    # Coarsest first, the order of the [yolo] sections in yolov3.cfg.
    levels = zip(anchor_set.levels[::-1], anchor_set.strides[::-1], strict=True)
    for level, stride in levels:
        n_classes = anchor_set.n_classes
        if n_classes is None:
            filters = f"# filters=(classes+5)*{len(level)}"
            classes = "# classes="
        else:
            filters = f"filters={(n_classes + 5) * len(level)}"
            classes = f"classes={n_classes}"
        blocks.append(
            f"# stride {stride:.12g}\n"
            f"[convolutional]\nsize=1\nstride=1\npad=1\n{filters}\nactivation=linear\n\n"
            f"[yolo]\nmask = {','.join(map(str, level))}\nanchors = {line}\n"
            f"{classes}\nnum={len(anchor_set)}\n"
        )
    return "\n".join(blocks)


def read(text: str, given: Given) -> AnchorSet:
    found = sections(text)
    heads = [
        options for name, options in found if name in YOLO and "anchors" in options
    ]
    if not heads:
        heads = [
            options for name, options in found if not name and "anchors" in options
        ]
    if not heads:
        raise ValueError("The cfg has no [yolo] section with an anchors line.")
    anchors = read_pairs(heads[0])
    for other in heads[1:]:
        if (read_pairs(other).tolist()) != anchors.tolist():
            raise ValueError(
                "The [yolo] sections of the cfg hold different anchors lines; Darknet "
                "wants the same line in each."
            )
    masks = [options["mask"] for options in heads if "mask" in options]
    levels = [_whole(split_numbers(mask, where="The mask line")) for mask in masks]
    return AnchorSet(
        anchors,
        levels=levels or None,
        input_size=network_size(found),
        n_classes=whole_number(heads[0], "classes"),
    )


def recognise(text: str) -> bool:
    names = {name for name, _ in sections(text)}
    if names & {*YOLO, "region"}:
        return not names.isdisjoint(YOLO)
    return bool(BARE_LINE.search(text))


STYLE = Style(
    "Darknet cfg, YOLOv3 and YOLOv4: pixels, with masks and filters",
    write,
    read,
    recognise,
    precision=0,
    levels="masks",
)
