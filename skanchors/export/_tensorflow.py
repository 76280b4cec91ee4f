"""TensorFlow Object Detection API: its anchor generators, ratio width / height.

The ssd_anchor_generator has scales that are shares of the shorter side of the input;
all levels share the ratios, so free anchors get the nearest set with one scale a level.
The multiscale_anchor_generator, of RetinaNet, has octaves of a scale times the stride;
the grid_anchor_generator, of Faster R-CNN, one level.
"""

import re

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import (
    cross_product,
    nearest_shared_ratios,
    rounded_positive,
)
from skanchors.export._crossed import (
    about_input,
    about_levels,
    about_loss,
    common_ratios,
    common_scales,
    crossed,
    crossed_scales,
    input_said,
    octaves,
    octaves_of,
    reciprocals,
    refuse,
    strides_said,
)
from skanchors.export._form import Form, check_most
from skanchors.export._literal import closing
from skanchors.export._style import Given, Style
from skanchors.export._text import as_float, count, number, scalar, without_comments

NEEDS_SIZE = (
    "The scales of TensorFlow's ssd_anchor_generator are relative to the input; give "
    "input_size."
)
_NAME = re.compile(r"(?:ssd|multiscale|grid)_anchor_generator")
_RESIZER = re.compile(r"fixed_shape_resizer\s*\{([^{}]{0,200})\}")
# What the grid_anchor_generator multiplies its scales by, unless told.
_GRID = 256
_VALUE = re.compile(r"\[[^\[\]{}:]*\]|[^\s\[\],{}:]+")


def write(anchor_set: AnchorSet, precision: int) -> str:
    short = _short_side(anchor_set)
    sizes, ratios = nearest_shared_ratios(anchor_set.groups)
    scales = rounded_positive(sizes / short, precision)
    wide = rounded_positive(1 / ratios, precision)
    boxes = [cross_product([scale * short], 1 / wide) for scale in scales]
    return about_loss(anchor_set, boxes) + _ssd(anchor_set, scales, wide, precision)


def _short_side(anchor_set: AnchorSet) -> int:
    """The shorter side of the input, which scales refer to."""
    if anchor_set.input_size is None:
        raise ValueError(NEEDS_SIZE)
    return min(anchor_set.input_size)


def _ssd(
    anchor_set: AnchorSet,
    scales: np.ndarray,
    wide: np.ndarray,
    precision: int | None,
    *,
    extra: str = "0.0",
) -> str:
    """The text of an ssd_anchor_generator.

    Parameters
    ----------
    anchor_set : AnchorSet
        For its levels and input.
    scales : ndarray of shape (n_levels,)
        Shares of the shorter side.
    wide : ndarray of shape (n_ratios,)
        Width / height.
    precision : int or None
        Digits.
    extra : str
        The ratio of the box between this scale and the next one; 0.0 for none.
    """
    fields = "".join(
        [
            f"    num_layers: {len(scales)}\n",
            *(f"    scales: {number(scale, precision)}\n" for scale in scales),
            *(f"    aspect_ratios: {number(ratio, precision)}\n" for ratio in wide),
        ]
    )
    return (
        f"{about_levels(anchor_set)}{about_input(anchor_set)}"
        "# All levels share the ratios (w/h).\n"
        "anchor_generator {\n"
        "  ssd_anchor_generator {\n"
        f"{fields}"
        f"    interpolated_scale_aspect_ratio: {extra}\n"
        "    reduce_boxes_in_lowest_layer: false\n"
        "  }\n"
        "}\n"
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    if form.name == "ssd":
        return _write_ssd_form(anchor_set, form, precision)
    ratios = common_ratios(form, "tensorflow")
    wide = reciprocals(ratios)
    strides = anchor_set.strides
    powers = np.log2(strides)
    scales = common_scales(form, strides)
    octave = None if scales is None else octaves_of(scales)
    consecutive = (powers == np.round(powers)).all() and (np.diff(powers) == 1).all()
    if octave is not None and consecutive and len(strides) > 1:
        return (
            f"{about_input(anchor_set)}# All levels share the ratios (w/h).\n"
            "anchor_generator {\n"
            "  multiscale_anchor_generator {\n"
            f"    min_level: {powers[0]:.0f}\n"
            f"    max_level: {powers[-1]:.0f}\n"
            f"    anchor_scale: {number(octave, precision)}\n"
            f"{''.join(_lines('aspect_ratios', wide, precision))}"
            f"    scales_per_octave: {len(form.sizes[0])}\n"
            "  }\n"
            "}\n"
        )
    if len(form.sizes) == 1:
        shares = [size / _GRID for size in form.sizes[0]]
        return (
            f"{about_input(anchor_set)}# Scales times {_GRID} pixels, ratios w/h.\n"
            "first_stage_anchor_generator {\n"
            "  grid_anchor_generator {\n"
            f"{''.join(_lines('scales', shares, precision))}"
            f"{''.join(_lines('aspect_ratios', wide, precision))}"
            f"    height_stride: {number(strides[0], None)}\n"
            f"    width_stride: {number(strides[0], None)}\n"
            "  }\n"
            "}\n"
        )
    if any(len(row) > 1 for row in form.sizes):
        refuse(
            "tensorflow",
            "its levels have one size each, or octaves of one scale times the stride. "
            "Fit PyramidAnchors(sizes='octave').",
        )
    short = _short_side(anchor_set)
    scale = np.array([row[0] / short for row in form.sizes])
    return _ssd(anchor_set, scale, np.array(wide), precision)


def _lines(key: str, values: list[float], precision: int | None) -> list[str]:
    return [f"    {key}: {number(value, precision)}\n" for value in values]


def _write_ssd_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    short = _short_side(anchor_set)
    ratios = common_ratios(form, "tensorflow")
    firsts = [row[0] / short for row in form.sizes]
    follow = [row[1] / short for row in form.sizes]
    if not np.allclose(follow, [*firsts[1:], 1.0], rtol=1e-9, atol=0):
        refuse(
            "tensorflow",
            "the next size of each level must be the size of the next, and that of the "
            "last the shorter side of the input.",
        )
    wide = np.array([1.0, *(r for each in ratios for r in (each, 1 / each))])
    return _ssd(anchor_set, np.array(firsts), wide, precision, extra="1.0")


def read(text: str, given: Given) -> AnchorSet:
    bare = _generator(without_comments(text))
    wide = _repeated(bare, "aspect_ratios")
    if wide and min(wide) <= 0:
        raise ValueError("The aspect_ratios must be larger than 0.")
    if "multiscale_anchor_generator" in bare:
        return _read_multiscale(text, bare, wide or [1.0, 2.0, 0.5])
    if "grid_anchor_generator" in bare:
        return _read_grid(bare, wide or [0.5, 1.0, 2.0])
    size = given.input_size or _input_of(text)
    if size is None:
        raise ValueError(NEEDS_SIZE)
    if not wide:
        raise ValueError("Found no aspect_ratios in the ssd_anchor_generator.")
    scales = _repeated(bare, "scales")
    if not scales:
        n_layers = count(bare, "num_layers", 6)
        low, high = _field(bare, "min_scale", 0.2), _field(bare, "max_scale", 0.95)
        scales = np.linspace(low, high, n_layers).tolist()
    if min(scales) <= 0:
        raise ValueError("The scales and aspect_ratios must be larger than 0.")
    check_most(len(scales) * (len(wide) + 1))
    extra = _field(bare, "interpolated_scale_aspect_ratio", 1.0)
    reduced = not re.search(r"reduce_boxes_in_lowest_layer\s*:\s*false", bare)
    return _ssd_set(
        np.array(scales) * min(size),
        wide,
        min(size),
        extra=extra,
        reduced=reduced,
        strides=strides_said(text),
        input_size=size,
    )


def _generator(bare: str) -> str:
    """The block of the anchor generator, or all where none is closed."""
    name = _NAME.search(bare)
    if name is None:
        return bare
    start = bare.find("{", name.end())
    if start < 0:
        return bare
    end = closing(bare, start)
    return bare[name.start() : end]


def _input_of(text: str) -> tuple[int, int] | None:
    """The size that a comment of ours says, or the resizer of a whole file."""
    said = input_said(text)
    resizer = _RESIZER.search(without_comments(text))
    if said is not None or resizer is None:
        return said
    width, height = (scalar(resizer[1], side) for side in ("width", "height"))
    if width is None or height is None:
        return None
    return int(width), int(height)


def _ssd_set(
    sizes: np.ndarray,
    wide: list[float],
    short: int,
    *,
    extra: float,
    reduced: bool,
    strides: tuple | None,
    input_size: tuple,
) -> AnchorSet:
    """The anchors of an ssd_anchor_generator.

    Parameters
    ----------
    sizes : ndarray of shape (n_levels,)
        Pixels.
    wide : list of float
        Width / height.
    short : int
        The shorter side of the input in pixels, the size after the last.
    extra : float
        Ratio of the box between a size and the next; 0 or less for none.
    reduced : bool
        Whether the first level has three boxes of its own.
    strides, input_size : tuple or None
        As the text says.
    """
    follow = [*sizes[1:].tolist(), float(short)]
    if strides is not None and len(strides) != len(sizes):
        strides = None
    fields = {"strides": strides, "input_size": input_size}
    tall = reciprocals(wide)
    if extra <= 0 and not reduced:
        return crossed([[size] for size in sizes.tolist()], tall, **fields)
    if extra == 1 and not reduced:
        pairs = _with_reciprocals(wide)
        if pairs is not None:
            rows = list(zip(sizes.tolist(), follow, strict=True))
            return crossed(rows, [pairs] * len(rows), form="ssd", **fields)
    groups = []
    for i, (size, following) in enumerate(zip(sizes.tolist(), follow, strict=True)):
        specs = [(size, ratio) for ratio in tall]
        if extra > 0:
            specs.append(((size * following) ** 0.5, 1 / extra))
        if i == 0 and reduced:
            specs = [(0.1 * short, 1.0), (size, 0.5), (size, 2.0)]
        groups.append(np.concatenate([cross_product([s], [r]) for s, r in specs]))
    return AnchorSet.from_groups(groups, **fields)


def _with_reciprocals(wide: list[float]) -> list[float] | None:
    """The ratios of which each has its reciprocal, beside 1; else None."""
    left = sorted(wide)
    if 1.0 not in left:
        return None
    left.remove(1.0)
    found = []
    while left:
        ratio = left.pop()
        if not left or abs(left[0] * ratio - 1) > 1e-9:
            return None
        left.pop(0)
        found.append(ratio)
    return found[::-1]


def _read_multiscale(text: str, bare: str, wide: list[float]) -> AnchorSet:
    low, high = count(bare, "min_level", 3), count(bare, "max_level", 7)
    if not low <= high <= 20:
        raise ValueError(f"min_level={low} and max_level={high} are no levels.")
    n_scales = count(bare, "scales_per_octave", 2)
    base = _field(bare, "anchor_scale", 4.0)
    strides = [2**level for level in range(low, high + 1)]
    return crossed_scales(
        strides,
        octaves(base, n_scales),
        reciprocals(wide),
        strides=strides,
        input_size=_input_of(text),
    )


def _read_grid(bare: str, wide: list[float]) -> AnchorSet:
    scales = _repeated(bare, "scales") or [0.5, 1.0, 2.0]
    base, across = _field(bare, "height", _GRID), _field(bare, "width", _GRID)
    stride = _field(bare, "height_stride", 16)
    if base != across or stride != _field(bare, "width_stride", 16):
        raise ValueError("The grid_anchor_generator differs by axis.")
    return crossed_scales([base], scales, reciprocals(wide), strides=[stride])


def _field(text: str, key: str, default: float) -> float:
    value = scalar(text, key)
    return default if value is None else value


def _repeated(bare: str, key: str) -> list[float]:
    """The values of a repeated field, written singly or as a list."""
    found = []
    for match in re.finditer(rf"(?<!\w){key}\s*:\s*", bare):
        value = _VALUE.match(bare, match.end())
        if value is None:
            raise ValueError(f"{key} has a list that is not closed, or no value.")
        items = value[0].strip("[]").replace(",", " ").split()
        found += [as_float(item, where=key) for item in items]
    if not np.isfinite(found).all():
        raise ValueError(f"{key} holds a number that is not finite.")
    return found


STYLE = Style(
    "TensorFlow Object Detection API: scales x ratios (w/h), nearest ones for free "
    "pairs",
    write,
    read,
    lambda text: _NAME.search(text) is not None,
    precision=4,
    levels="equal",
    exact=False,
    write_form=write_form,
)
