"""keras-retinanet ini: a size a level, scales and ratios (h/w) shared by all levels."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import (
    cross_product,
    nearest_shared_ratios,
    rounded_positive,
)
from skanchors.export._crossed import (
    about_loss,
    common_ratios,
    common_scales,
    crossed_scales,
    need_cross,
    refuse,
)
from skanchors.export._form import Form
from skanchors.export._style import RETINANET_STRIDES, Given, Style
from skanchors.export._text import as_float, numbers

_LINE = re.compile(r"^[ \t]*(sizes|strides|ratios|scales)[ \t]*[=:]([^\n]*)$", re.M)
_SECTION = re.compile(r"^\[anchor_parameters\][ \t]*$", re.MULTILINE)


def write(anchor_set: AnchorSet, precision: int) -> str:
    sizes, ratios = nearest_shared_ratios(anchor_set.groups)
    sizes = rounded_positive(sizes, precision)
    ratios = rounded_positive(ratios, precision + 2)
    boxes = [cross_product([size], ratios) for size in sizes]
    return about_loss(anchor_set, boxes) + _ini(
        numbers(sizes, precision, " "),
        anchor_set,
        numbers(ratios, precision + 2, " "),
        "1",
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    need_cross(form, "keras-retinanet")
    ratios = common_ratios(form, "keras-retinanet")
    base = [row[0] for row in form.sizes]
    scales = common_scales(form, base)
    if scales is None:
        refuse(
            "keras-retinanet",
            "its levels have one size each and share the scales, and these sizes are "
            "not in the same proportion on each level. Fit PyramidAnchors(n_sizes=1) "
            "or PyramidAnchors(sizes='stride').",
        )
    return _ini(
        numbers(base, precision, " "),
        anchor_set,
        numbers(ratios, precision, " "),
        numbers(scales, precision, " "),
    )


def _ini(sizes: str, anchor_set: AnchorSet, ratios: str, scales: str) -> str:
    return (
        "[anchor_parameters]\n"
        f"sizes   = {sizes}\n"
        f"strides = {numbers(anchor_set.strides, None, ' ')}\n"
        "# height / width\n"
        f"ratios  = {ratios}\n"
        f"scales  = {scales}\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    section = _SECTION.search(text)
    if section is not None:
        text = text[section.end() :].split("\n[", 1)[0]
    found = {}
    for key, line in _LINE.findall(text):
        tokens = re.split("[#;]", line, maxsplit=1)[0].split()
        found[key] = [as_float(token, where=key) for token in tokens]
    missing = [key for key in ("sizes", "ratios", "scales") if not found.get(key)]
    if missing:
        raise ValueError(f"The [anchor_parameters] lack {' and '.join(missing)}.")
    return crossed_scales(
        found["sizes"], found["scales"], found["ratios"], strides=found.get("strides")
    )


STYLE = Style(
    "keras-retinanet ini: sizes, scales and ratios (h/w), nearest ones for free pairs",
    write,
    read,
    lambda text: _SECTION.search(text) is not None,
    precision=2,
    levels="equal",
    exact=False,
    write_form=write_form,
    usual_strides=RETINANET_STRIDES,
)
